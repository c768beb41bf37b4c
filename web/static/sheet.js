// Comfort for the sheet: rows that come and go, drafts kept on the server, who else is here, a sum. All of it optional.
(function () {
  "use strict";
  var form = document.querySelector("form[data-desk]");
  var live = document.getElementById("live");
  var QUIET = 1500;
  var POLL = 15000;
  var TIMEOUT = 10000;

  function announce(text) {
    if (live) { live.textContent = ""; setTimeout(function () { live.textContent = text; }, 60); }
  }

  // ---- rows ----
  function entries(set) { return Array.prototype.slice.call(set.querySelectorAll(":scope > .row-entry")); }

  function isEmpty(entry) {
    return Array.prototype.every.call(entry.querySelectorAll("input, textarea, select"), function (field) {
      return field.type === "checkbox" ? !field.checked : !field.value.trim();
    });
  }

  // A copy of a row with nothing in it, under the next number.
  function blank(set, number) {
    var copy = entries(set)[0].cloneNode(true);
    copy.querySelectorAll("input, textarea, select").forEach(function (field) {
      field.name = field.name.replace(/-\d+-/, "-" + number + "-");
      field.id = "f-" + field.name;
      if (field.type === "checkbox") field.checked = false; else field.value = "";
    });
    copy.querySelectorAll("label").forEach(function (label) { label.htmlFor = label.htmlFor.replace(/-\d+-/, "-" + number + "-"); });
    copy.querySelectorAll(".row-remove").forEach(function (button) { button.remove(); });
    copy.querySelector("legend").textContent = set.dataset.sayRow.replace("#", number + 1);
    return copy;
  }

  function nextNumber(set) {
    return entries(set).reduce(function (most, entry) {
      return Math.max(most, Number(entry.querySelector("[name]").name.match(/-(\d+)-/)[1]) + 1);
    }, 0);
  }

  function addRow(set) {
    var number = nextNumber(set);
    var entry = blank(set, number);
    set.insertBefore(entry, set.querySelector(".row-add").parentNode);
    dress(set, entry);
    return entry;
  }

  function dress(set, entry) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small row-remove";
    button.textContent = set.dataset.sayRemove.replace("#", entry.querySelector("legend").textContent.replace(/\D/g, ""));
    button.addEventListener("click", function () {
      var next = entry.nextElementSibling;
      if (entries(set).length > 1) entry.remove();
      else entry.querySelectorAll("input, textarea, select").forEach(function (field) { if (field.type === "checkbox") field.checked = false; else field.value = ""; });
      announce(set.dataset.sayGone);
      (next.querySelector("input, textarea, button") || next).focus();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    entry.appendChild(button);
  }

  function wireRows(set) {
    var place = document.createElement("p");
    var add = document.createElement("button");
    add.type = "button";
    add.className = "button row-add";
    add.textContent = set.dataset.sayAdd;
    add.addEventListener("click", function () { addRow(set).querySelector("input, textarea, select").focus(); });
    place.appendChild(add);
    set.appendChild(place);
    // Empty rows are for pages without this script; one stays as an invitation, but not beside a row that is wrong.
    var filled = entries(set).some(function (entry) { return !isEmpty(entry); });
    entries(set).filter(isEmpty).slice(filled && set.classList.contains("has-error") ? 0 : 1).forEach(function (entry) { entry.remove(); });
    entries(set).forEach(function (entry) { dress(set, entry); });
  }

  // Text brought back from this device may have more rows than the page.
  function makeRoom(rows) {
    rows.forEach(function (row) {
      var match = row[0].match(/^([a-z_]+)-(\d+)-/);
      var set = match && form.querySelector('[data-rows="' + match[1] + '"]');
      while (set && nextNumber(set) <= Number(match[2])) addRow(set);
    });
  }

  // ---- the sum of a budget ----
  // By the rule of the server (scalar_types.read_money), whose patterns the page carries; null for what it would ask back.
  function grosze(text, rule) {
    var one = new RegExp("^(?:" + rule.amount + ")$"), two = new RegExp("^(?:" + rule.twoSigns + ")$");
    var plain = text.replace(/\p{Cf}/gu, "").replace(/\s+/g, " ").trim().replace(/ ?(?:zł|PLN)\.?$/i, "").trim();
    if (!plain) return 0;
    if (!one.test(plain) && !two.test(plain)) return null;
    plain = plain.replace(/ /g, "");
    if (two.test(plain)) {
      var hasGrosze = /[.,]/.test(plain[plain.length - 3]);
      plain = hasGrosze ? plain.slice(0, -3).replace(/[.,]/g, "") + "." + plain.slice(-2) : plain.replace(/[.,]/g, "");
    }
    return Math.round(Number(plain.replace(",", ".")) * 100);
  }

  function addUp() {
    var place = document.querySelector("[data-sum]");
    if (!place) return;
    var fields = Array.prototype.slice.call(form.querySelectorAll('[name^="budget_lines-"][name$="-amount"]'));
    // With an amount that nobody can read there is no sum.
    var sum = fields.reduce(function (total, field) {
      var amount = grosze(field.value, place.dataset);
      return total === null || amount === null ? null : total + amount;
    }, 0);
    place.hidden = !sum;
    // The cost follows from the lines: an empty field for it would only ask again; what was typed there stays to be seen.
    var cost = form.querySelector('[name="cost"]');
    if (cost && cost.closest(".field")) cost.closest(".field").hidden = Boolean(sum) && !cost.value.trim();
    place.textContent = place.dataset.sum + " " + (sum / 100).toLocaleString(document.documentElement.lang, { style: "currency", currency: "PLN" });
  }

  // ---- drafts on the server, and who else is here ----
  var timer = null;
  var unsent = false;
  var busy = false;
  var fresh = true;

  function time() { return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }); }

  // A server that does not answer is no better than one that is not there.
  function ask(url, options) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, TIMEOUT);
    options.credentials = "same-origin";
    options.signal = stop.signal;
    return fetch(url, options).finally(function () { clearTimeout(late); });
  }

  function send(typed) {
    if (busy) return;
    busy = true;
    if (typed) unsent = false;
    var body = new URLSearchParams(new FormData(form));
    if (typed) body.append("typed", "1");
    ask(form.dataset.desk, { method: "POST", body: body }).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.ok && !answer.redirected) return text;
        throw { status: answer.status, code: answer.headers.get("X-Refused") || "", text: text };
      });
    }).then(function (html) {
      var place = document.getElementById("presence");
      if (place && place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
      fresh = true;
      if (typed && !unsent) {
        show(form.dataset.sayKept + " " + time());
        form.dispatchEvent(new CustomEvent("draft:kept"));
      } else if (!unsent) show("", "lost");
    }).catch(function (error) {
      // What is typed stays on this device (app.js) and goes again with the next beat.
      if (typed) unsent = true;
      return fail(error);
    }).then(function () { busy = false; });
  }

  // Nothing is being kept on the server: why, and what to do about it.
  function fail(error) {
    // Once for each beat.
    if (error.code === "old_form" && fresh) return renew();
    fresh = true;
    var reason = form.dataset.sayLost;
    if (error.code === "signed_out") reason = form.dataset.saySignedOut;
    else if (error.code === "somebody_else") reason = form.dataset.saySomebodyElse;
    else if (error.code === "old_form") reason = form.dataset.sayOldForm;
    else if (error.status >= 400 && error.status < 500) reason = form.dataset.sayRefused + " " + error.text;
    if (form.isHeld && !form.isHeld()) reason += " " + form.dataset.sayNowhere;
    show(reason, "lost", error.code === "signed_out" || error.code === "somebody_else");
  }

  // The page is older than the session in which its reader has signed in anew: the same person goes on with a new token.
  function renew() {
    return ask(location.href, {}).then(function (answer) { return answer.text(); }).then(function (html) {
      var page = new DOMParser().parseFromString(html, "text/html");
      var token = page.querySelector("form[data-desk] [name=csrf_token]");
      if (!page.body.dataset.scope) return fail({ code: "signed_out" });
      if (page.body.dataset.scope !== document.body.dataset.scope) return fail({ code: "somebody_else" });
      if (!token) return fail({ code: "old_form" });
      document.querySelectorAll("[name=csrf_token]").forEach(function (field) { field.value = token.value; });
      fresh = false;
      setTimeout(function () { send(unsent); }, 0);
    }, function () { fail({}); });
  }

  // Takes the place of what was said before; "lost" alone takes back only that nothing was kept.
  function show(text, kind, withLink) {
    var place = document.querySelector("[data-draft-state]");
    if (!place || (!text && !place.classList.contains("lost"))) return;
    if (place.dataset.said === text) return;
    place.dataset.said = text;
    place.textContent = text;
    place.classList.toggle("lost", Boolean(text) && kind === "lost");
    if (withLink) {
      var link = document.createElement("a");
      link.href = "/login?next=" + encodeURIComponent(location.pathname);
      link.target = "_blank";
      link.textContent = form.dataset.saySignIn;
      place.append(" ", link);
    }
    if (kind === "lost" && text) announce(text);
  }

  function wireDesk() {
    form.addEventListener("input", function () {
      unsent = true;
      addUp();
      clearTimeout(timer);
      timer = setTimeout(function () { send(true); }, QUIET);
    });
    setInterval(function () { if (!document.hidden) send(unsent); }, POLL);
    // Whoever leaves the page without saving is not at work on it any more; what was typed is kept.
    window.addEventListener("pagehide", function () {
      if (busy || !navigator.onLine) return;
      var body = new URLSearchParams(new FormData(form));
      body.append("away", "1");
      if (unsent) body.append("typed", "1");
      navigator.sendBeacon(form.dataset.desk, body);
    });
    window.addEventListener("online", function () { send(unsent); });
    window.addEventListener("offline", function () { fail({}); });
    // Back from signing in beside this page, or a closed lid.
    document.addEventListener("visibilitychange", function () { if (!document.hidden) send(unsent); });
    // Before app.js hears of it: without a connection nothing is sent, and what is typed stays on this device.
    document.addEventListener("submit", function (event) {
      if (event.target !== form) return;
      clearTimeout(timer);
      busy = navigator.onLine;
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      show(form.dataset.sayOffline, "lost");
    }, true);
    form.addEventListener("draft:restore", function (event) { makeRoom(event.detail); });
  }

  if (!form) return;
  form.querySelectorAll("[data-rows]").forEach(wireRows);
  wireDesk();
  addUp();
})();
