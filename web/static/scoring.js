/* Comfort for the committee: the sum of a card while it is filled in, keys J and K, a swipe. Pages work without it. */
(function () {
  "use strict";
  var form = document.querySelector("[data-score-card]");
  var toggle = document.querySelector("[data-keys]");
  var KEY = "partnerstwo:keys";

  function chosen(crit) { return crit.querySelector("input:checked"); }

  // The sums are whole numbers: weights times points.
  function count() {
    var sum = 0, most = 0, given = 0, missing = [];
    form.querySelectorAll(".crit").forEach(function (crit) {
      var weight = Number(crit.dataset.weight), input = chosen(crit), out = crit.querySelector(".crit-sum");
      var points = input && input.value !== "" ? Number(input.value) : null;
      most += weight * Number(crit.dataset.most);
      if (points === null) {
        out.textContent = crit.dataset.say;
        if (crit.dataset.required) missing.push(crit.dataset.name);
        return;
      }
      given += 1;
      sum += weight * points;
      var result = document.createElement("b");
      result.textContent = weight * points;
      out.replaceChildren(points + " × " + weight + " = ", result);
    });
    document.querySelectorAll("[data-sum]").forEach(function (place) { place.textContent = sum; });
    document.querySelectorAll("[data-given]").forEach(function (place) { place.textContent = given; });
    var button = form.querySelector("[data-hand-in]"), why = form.querySelector("[data-why]");
    var ready = !missing.length && given > 0;
    if (ready) button.removeAttribute("aria-disabled"); else button.setAttribute("aria-disabled", "true");
    why.textContent = ready ? why.dataset.ready : why.dataset.missing + " " + missing.join(", ");
  }

  function keysOn() {
    try { return localStorage.getItem(KEY) !== "off"; } catch (error) { return true; }
  }

  function go(rel) {
    var link = document.querySelector("a[data-go='" + rel + "']");
    if (link) { location.href = link.href; return; }
    var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
    if (!rows.length) return;
    var here = rows.indexOf(document.activeElement);
    var next = here < 0 ? 0 : here + (rel === "next" ? 1 : -1);
    if (rows[next]) rows[next].focus();
  }

  function wireKeys() {
    toggle.closest("[hidden]").hidden = false;
    toggle.checked = keysOn();
    toggle.addEventListener("change", function () {
      try { localStorage.setItem(KEY, toggle.checked ? "on" : "off"); } catch (error) { /* kept for this page alone */ }
    });
    document.addEventListener("keydown", function (event) {
      if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])")) return;
      var key = event.key.toLowerCase();
      if (key === "j") go("next");
      if (key === "k") go("prev");
    });
  }

  // A swipe over the sheet leads to the neighbouring project; tables that scroll keep their own.
  function wireSwipe(pane) {
    var start = null;
    pane.addEventListener("touchstart", function (event) {
      var inTable = event.target.closest(".table-box");
      start = event.touches.length === 1 && !inTable ? event.touches[0] : null;
    }, { passive: true });
    pane.addEventListener("touchend", function (event) {
      if (!start) return;
      var across = event.changedTouches[0].clientX - start.clientX, down = event.changedTouches[0].clientY - start.clientY;
      if (Math.abs(across) > 90 && Math.abs(across) > 3 * Math.abs(down)) go(across < 0 ? "next" : "prev");
      start = null;
    }, { passive: true });
  }

  // Whoever goes to a part of the sheet finds it unfolded.
  window.addEventListener("hashchange", function () {
    var named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var part = named && named.closest("details");
    if (part) part.open = true;
  });

  if (form) {
    form.addEventListener("change", count);
    form.addEventListener("input", count);
    count();
  }
  if (toggle) wireKeys();
  var pane = document.querySelector(".sheet-pane");
  if (pane) wireSwipe(pane);
})();
