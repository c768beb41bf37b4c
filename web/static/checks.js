// On a phone the points of a check come one by one, each with its passage of the sheet; what the system knows stays above.
(function () {
  "use strict";
  var form = document.getElementById("f-points");
  if (!form) return;

  // A point counts as answered where the system knows it or somebody has chosen; a "no" opens the field for its remark.
  form.addEventListener("change", function (event) {
    var all = Array.prototype.slice.call(form.querySelectorAll("[data-point]"));
    form.querySelector("[data-answered]").textContent = all.filter(function (point) { return point.querySelector("input[type=radio]:checked"); }).length;
    if (event.target.matches("input[type=radio][value=no]")) event.target.closest("[data-point]").querySelector("details.remark").open = true;
  });

  if (!window.matchMedia("(max-width: 48rem)").matches) return;
  var points = Array.prototype.slice.call(form.querySelectorAll("[data-point]:not([data-known])"));
  if (points.length < 2) return;

  function passagesOf(point) {
    point.dataset.passages.split(" ").forEach(function (name) {
      var section = name && document.getElementById("s-" + name);
      if (!section) return;
      var copy = document.createElement("details");
      var summary = document.createElement("summary");
      copy.className = "passage";
      copy.open = true;
      summary.textContent = form.dataset.sayPassage + ": " + section.querySelector("h3").textContent;
      copy.appendChild(summary);
      Array.prototype.slice.call(section.children, 1).forEach(function (child) {
        var shown = child.cloneNode(true);
        shown.removeAttribute("id");
        shown.querySelectorAll("[id]").forEach(function (one) { one.removeAttribute("id"); });
        shown.querySelectorAll("[aria-labelledby]").forEach(function (one) {
          one.removeAttribute("aria-labelledby");
          one.removeAttribute("role");
          one.removeAttribute("tabindex");
        });
        if (shown.hasAttribute("aria-labelledby")) ["aria-labelledby", "role", "tabindex"].forEach(function (name) { shown.removeAttribute(name); });
        copy.appendChild(shown);
      });
      point.appendChild(copy);
    });
    var links = point.querySelector(".passages");
    if (links) links.remove();
  }

  var bar = document.createElement("p");
  var place = document.createElement("span");
  var before = document.createElement("button");
  var next = document.createElement("button");
  bar.className = "actions";
  before.type = next.type = "button";
  before.className = next.className = "button";
  before.textContent = form.dataset.sayBefore;
  next.textContent = form.dataset.sayNext;
  place.setAttribute("role", "status");
  bar.append(before, place, next);
  form.insertBefore(bar, form.querySelector(":scope > .actions"));
  points.forEach(passagesOf);
  var at = Math.max(points.findIndex(function (point) { return !point.querySelector("input[type=radio]:checked"); }), 0);

  function show(number, focus) {
    at = number;
    points.forEach(function (point, index) { point.hidden = index !== at; });
    form.querySelectorAll(":scope > h2").forEach(function (head) {
      var one = head.nextElementSibling, seen = false;
      while (one && one.matches("[data-point]")) {
        seen = seen || !one.hidden;
        one = one.nextElementSibling;
      }
      head.hidden = !seen;
    });
    before.disabled = at === 0;
    next.disabled = at === points.length - 1;
    place.textContent = at + 1 + " / " + points.length;
    if (focus) {
      var field = points[at].querySelector("input[type=radio]:checked, input[type=radio]");
      if (field) field.focus();
    }
  }

  before.addEventListener("click", function () { show(at - 1, true); });
  next.addEventListener("click", function () { show(at + 1, true); });
  show(at, false);
})();
