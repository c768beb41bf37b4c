// Comfort on top of pages that work without it: menu, drafts of typed text, focus and voice after partial updates.
(function () {
  "use strict";
  var body = document.body;
  var say = body.dataset;
  var live = document.getElementById("live");
  var DAY = 86400000;

  function announce(text) {
    if (!live) return;
    live.textContent = "";
    setTimeout(function () { live.textContent = text; }, 60);
  }

  // The menu is a link to #menu; with this script it becomes a button that opens and closes it.
  function wireMenu() {
    var toggle = document.querySelector("[data-menu]");
    var menu = document.getElementById("menu");
    if (!toggle || !menu) return;
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-controls", "menu");
    function show(open) {
      menu.classList.toggle("open", open);
      toggle.setAttribute("aria-expanded", String(open));
    }
    show(false);
    toggle.addEventListener("click", function (event) {
      event.preventDefault();
      show(!menu.classList.contains("open"));
    });
    toggle.addEventListener("keydown", function (event) {
      if (event.key === " ") { event.preventDefault(); toggle.click(); }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.classList.contains("open")) { show(false); toggle.focus(); }
    });
  }

  // Drop-down menus are <details>: Escape and a click elsewhere close them.
  function wireDrops() {
    function closeDrops(except) {
      document.querySelectorAll("details.drop[open]").forEach(function (drop) {
        if (drop !== except) drop.open = false;
      });
    }
    document.addEventListener("click", function (event) { closeDrops(event.target.closest("details.drop")); });
    document.addEventListener("keydown", function (event) {
      var drop = event.key === "Escape" && event.target.closest("details.drop[open]");
      if (drop) { drop.open = false; drop.querySelector("summary").focus(); }
    });
  }

  // ---- drafts: what was typed stays on this device until the office has accepted it ----
  function prefix() { return "partnerstwo:draft:" + (say.scope || "guest") + ":"; }

  function store(action) {
    // A full or forbidden store must never stop anybody from working.
    try { return action(window.localStorage); } catch (error) { return null; }
  }

  // Besides what is typed, the digests of the texts that it was typed over: brought back without them it could hide a newer text.
  function typed(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      if (/^(base-|windows$)/.test(field.name)) return true;
      return field.name && !/^(hidden|password|file|submit|button|reset)$/.test(field.type) && field.tagName !== "BUTTON" && field.tagName !== "FIELDSET";
    });
  }

  function read(form) {
    return typed(form).map(function (field) {
      var box = field.type === "checkbox" || field.type === "radio";
      return [field.name, field.value, box ? field.checked : null];
    });
  }

  function write(form, rows) {
    var seen = {};
    rows.forEach(function (row) {
      var fields = typed(form).filter(function (field) {
        return field.name === row[0] && (row[2] === null || field.value === row[1]);
      });
      if (row[2] !== null) { if (fields[0]) fields[0].checked = row[2]; return; }
      var turn = seen[row[0]] || 0;
      seen[row[0]] = turn + 1;
      // The draft of the window in which it was typed goes with it when it is saved.
      if (fields[turn]) fields[turn].value = row[0] === "windows" ? fields[turn].value + " " + row[1] : row[1];
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What is written, to tell two texts apart: fields in which nothing is, and the numbers of rows of a table, tell nothing.
  function words(rows) {
    var places = {};
    return JSON.stringify(rows.filter(function (row) {
      return !/^(base-|windows$)/.test(row[0]) && (row[2] === null ? row[1].trim() : row[2]);
    }).map(function (row) {
      return [row[0].replace(/^([a-z_]+)-(\d+)-/, function (all, set, number) {
        var known = places[set] = places[set] || [];
        if (known.indexOf(number) < 0) known.push(number);
        return set + "-" + known.indexOf(number) + "-";
      }), row[1], row[2]];
    }));
  }

  function target(form) { return new URL(form.getAttribute("action") || location.href, location.href).pathname; }

  // Answers whether this device has kept the text.
  function keep(form, sent) {
    return store(function (box) {
      box.setItem(prefix() + form.dataset.draft, JSON.stringify({ at: Date.now(), sent: sent, to: target(form), rows: read(form) }));
      return true;
    }) === true;
  }

  function drafted(form) {
    return store(function (box) { return JSON.parse(box.getItem(prefix() + form.dataset.draft)); });
  }

  function forget(key) { store(function (box) { box.removeItem(prefix() + key); }); }

  // Says that there is text of before, and puts it back at once for whoever has just signed in.
  function offer(form, draft, start) {
    var bar = document.createElement("div");
    bar.className = "notice draft-offer";
    bar.setAttribute("role", "status");
    var inside = document.createElement("div"), text = document.createElement("p"), actions = document.createElement("p");
    inside.className = "notice-body";
    actions.className = "actions";
    function restore() {
      // A form that grows makes room for what comes back.
      form.dispatchEvent(new CustomEvent("draft:restore", { detail: draft.rows }));
      write(form, draft.rows);
      announce(say.sayRestored);
    }
    function add(label, look, act) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = look;
      button.textContent = say[label];
      button.addEventListener("click", function () {
        act();
        bar.remove();
        var first = typed(form).filter(function (field) { return field.type !== "hidden"; })[0];
        if (first) first.focus();
      });
      actions.appendChild(button);
    }
    var returned = "returned" in say;
    if (returned) restore(); else add("sayRestore", "button primary", restore);
    add("sayForget", "button", function () {
      if (returned) write(form, start);
      forget(form.dataset.draft);
    });
    text.textContent = returned ? say.sayRestored : say.sayDraft;
    inside.append(text, actions);
    bar.appendChild(inside);
    form.parentNode.insertBefore(bar, form);
  }

  function wireForm(form) {
    if (form.dataset.wired) return;
    form.dataset.wired = "yes";
    var rows = read(form);
    var start = words(rows);
    var timer = null;
    form.dirty = function () { return refused() || words(read(form)) !== start; };
    form.isHeld = function () { return form.dirty() ? keep(form, false) : true; };
    if (form.dataset.draft) {
      var draft = drafted(form);
      if (draft && words(draft.rows) !== start) offer(form, draft, rows);
      form.addEventListener("input", function () {
        clearTimeout(timer);
        timer = setTimeout(function () {
          if (form.dirty()) keep(form, false); else forget(form.dataset.draft);
        }, 400);
      });
      // Kept on the server, it need not lie on this device.
      form.addEventListener("draft:kept", function () { forget(form.dataset.draft); });
    }
    form.addEventListener("submit", function (event) {
      clearTimeout(timer);
      // A button with an address of its own, such as a preview, leaves what was typed unsaved.
      var aside = Boolean(event.submitter && event.submitter.hasAttribute("formaction"));
      if (form.dataset.draft && (form.dirty() || drafted(form))) keep(form, !aside);
      form.leaving = true;
    });
  }

  // Every form in which people write keeps what they write, whether its page gave it a name for that or not.
  function nameDrafts() {
    var many = {};
    if (!say.scope) return;
    document.querySelectorAll('form[method="post"]').forEach(function (form) {
      var to = target(form);
      many[to] = (many[to] || 0) + 1;
      var isWritten = form.querySelector("textarea:not([readonly])") && !form.querySelector("input[type=password]");
      if (isWritten && !form.dataset.draft) form.dataset.draft = to + "#" + many[to];
    });
  }

  function wireForms(root) {
    nameDrafts();
    root.querySelectorAll("form[data-draft], form[data-guard]").forEach(wireForm);
    root.querySelectorAll("textarea[data-max]").forEach(wireCounter);
    showPickers(root);
  }

  function refused() {
    return say.outcome === "refused" || location.pathname === "/login" || Boolean(document.querySelector("[data-refused]"));
  }

  // A draft is dropped when the server says that it has taken its form; until then it is offered again.
  function dropTaken() {
    var taken = (say.taken || "").split(" ");
    store(function (box) {
      Object.keys(box).forEach(function (name) {
        if (name.indexOf("partnerstwo:draft:") !== 0) return;
        var draft = store(function () { return JSON.parse(box.getItem(name)); }) || { at: 0 };
        var mine = name.indexOf(prefix()) === 0;
        if (Date.now() - draft.at > 30 * DAY || (mine && draft.sent && taken.indexOf(draft.to) >= 0)) box.removeItem(name);
      });
    });
  }

  function wireCounter(area) {
    if (area.dataset.counted) return;
    area.dataset.counted = "yes";
    var line = document.createElement("p");
    var max = Number(area.dataset.max);
    line.className = "counter";
    area.insertAdjacentElement("afterend", line);
    function count() {
      // As the server counts: whole characters, composed, without blanks around them.
      var left = max - Array.from(area.value.normalize("NFC").trim()).length;
      // Nobody counts at the beginning of a text.
      line.hidden = left > max / 2;
      line.textContent = (left < 0 ? say.sayOver : say.sayLeft) + " " + Math.abs(left);
    }
    area.addEventListener("input", count);
    count();
  }

  window.addEventListener("beforeunload", function (event) {
    var lost = Array.prototype.some.call(document.querySelectorAll("form[data-guard]"), function (form) {
      return form.dirty && form.dirty() && !form.leaving;
    });
    if (lost) event.preventDefault();
  });

  // Signing out on a shared computer leaves no text of that person behind.
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-logout]")) return;
    store(function (box) {
      Object.keys(box).forEach(function (name) { if (name.indexOf(prefix()) === 0) box.removeItem(name); });
    });
  });

  // ---- going back: a form that was sent has the same key again, so that sending it once more does nothing twice ----
  function keyed(action) {
    return Array.prototype.filter.call(document.querySelectorAll("input[name=form_key]"), function (field) {
      return field.form && field.form.action === action;
    });
  }

  function keepKey(form) {
    var field = form.querySelector("input[name=form_key]");
    if (!field) return;
    var sent = { action: form.action, place: keyed(form.action).indexOf(field), key: field.value };
    try { history.replaceState({ sentForm: sent }, ""); } catch (error) { /* The page works without. */ }
  }

  function takeKey() {
    var way = performance.getEntriesByType("navigation")[0];
    var sent = history.state && history.state.sentForm;
    if (!sent || !way || way.type !== "back_forward") return;
    var field = keyed(sent.action)[sent.place];
    if (field) field.value = sent.key;
  }

  document.addEventListener("submit", function (event) { keepKey(event.target); });

  // A button that is grey explains itself instead of doing nothing.
  document.addEventListener("click", function (event) {
    var button = event.target.closest('[aria-disabled="true"]');
    if (!button) return;
    event.preventDefault();
    var why = document.getElementById(button.getAttribute("aria-describedby"));
    if (why) announce(why.textContent.replace(/\s+/g, " ").trim());
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  // ---- days: a field takes a day as people write it; a button opens the calendar of the device beside it ----
  function isoOf(text) {
    var dotted = /^\s*(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\s*$/.exec(text);
    if (!dotted) return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? text.trim() : "";
    return dotted[3] + "-" + dotted[2].padStart(2, "0") + "-" + dotted[1].padStart(2, "0");
  }

  function written(iso) {
    var day = iso.split("-").map(Number);
    if (document.documentElement.lang === "pl") return day[2] + "." + day[1] + "." + day[0];
    return new Date(Date.UTC(day[0], day[1] - 1, day[2])).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  function showPickers(root) {
    if (!("showPicker" in HTMLInputElement.prototype)) return;
    root.querySelectorAll("[data-pick][hidden]").forEach(function (button) { button.hidden = false; });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-pick]");
    if (!button) return;
    var field = button.parentNode.querySelector("[data-date]");
    var calendar = document.createElement("input");
    calendar.type = "date";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    calendar.value = isoOf(field.value);
    calendar.addEventListener("change", function () {
      if (!calendar.value) return;
      field.value = written(calendar.value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    calendar.addEventListener("blur", function () { calendar.remove(); });
    button.parentNode.appendChild(calendar);
    calendar.showPicker();
  });

  // ---- partial updates ----
  var focused = null;
  document.addEventListener("htmx:before:swap", function () {
    focused = document.activeElement && document.activeElement.id;
  });
  document.addEventListener("htmx:after:swap", function (event) {
    var place = event.target && event.target.querySelectorAll ? event.target : document;
    wireForms(document);
    var summary = place.querySelector(".error-summary");
    var spoken = place.querySelector("[data-announce]") || document.querySelector("[data-announce]");
    if (summary) summary.focus();
    else if (focused && document.activeElement === body) {
      var again = document.getElementById(focused) || document.querySelector("#main h1");
      if (again) again.focus();
    }
    if (spoken) announce(spoken.dataset.announce || spoken.textContent);
  });
  // A live part was fetched again (live.js): what it says is spoken where it says something else than before.
  document.addEventListener("live:swapped", function (event) {
    function words(part) {
      var spoken = part.querySelector("[data-announce]");
      return spoken ? spoken.dataset.announce || spoken.textContent.trim() : "";
    }
    wireForms(document);
    var now = words(event.target);
    if (now && now !== words(event.detail.before)) announce(now);
  });
  document.addEventListener("htmx:error", function () {
    document.querySelectorAll("form[data-draft]").forEach(function (form) {
      if (form.leaving) keep(form, false);
      form.leaving = false;
    });
    announce(say.sayLost);
  });
  window.addEventListener("offline", function () { announce(say.sayLost); });
  window.addEventListener("online", function () { announce(say.sayBack); });

  // On a phone secondary parts of a page begin folded; where the address names a place in one, it stays open.
  function foldOnPhones() {
    if (!window.matchMedia("(max-width: 48rem)").matches) return;
    document.querySelectorAll("details[data-phone-closed]").forEach(function (part) {
      var named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!(named && part.parentNode.contains(named)) && !part.querySelector(".error-text")) part.open = false;
    });
  }

  // A link within the page leads into a part that is folded.
  function openNamed() {
    var named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var part = named && named.closest("details");
    if (part && !part.open) { part.open = true; named.scrollIntoView(); }
  }
  window.addEventListener("hashchange", openNamed);

  // The tab of this page is seen, also where the line of tabs is longer than the screen.
  function showCurrentTab() {
    var tab = document.querySelector(".tabs [aria-current]");
    if (tab) tab.closest("ul").scrollLeft = tab.offsetLeft - tab.closest("ul").offsetLeft - 24;
  }

  document.querySelectorAll("[data-print][hidden]").forEach(function (button) { button.hidden = false; });
  foldOnPhones();
  showCurrentTab();
  takeKey();
  wireMenu();
  wireDrops();
  dropTaken();
  wireForms(document);
  var refusal = document.querySelector(".error-summary");
  if (refusal) refusal.focus();
})();
