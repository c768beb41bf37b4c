// Live parts of a page: while it is visible, their version is asked for every two seconds, and a part that has changed is
// fetched again. A part is an element with an id, data-live-url (where its version is) and data-live-version (which one it shows).
(function () {
  "use strict";
  var EVERY = 2000;
  var SLOWEST = 30000;
  var TIMEOUT = 10000;
  var failures = 0;
  var timer = null;
  var busy = false;

  function parts() { return Array.prototype.slice.call(document.querySelectorAll("[data-live-url]")); }

  function get(url, headers) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, TIMEOUT);
    return fetch(url, { headers: headers, credentials: "same-origin", cache: "no-store", signal: stop.signal }).finally(function () { clearTimeout(late); });
  }

  // Whether a field holds something else than the page came with.
  function changed(field) {
    if (field.type === "hidden" || field.type === "submit") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return !untouched(field) && Array.prototype.some.call(field.options, function (option) { return option.selected !== option.defaultSelected; });
    return field.value !== field.defaultValue;
  }

  // A list without a chosen option shows its first one.
  function untouched(field) {
    return !field.multiple && field.selectedIndex === 0 && !field.querySelector("option[selected]");
  }

  function isTyping(part) {
    var field = document.activeElement;
    return field && part.contains(field) && field.matches("input:not([type=hidden]), textarea, select");
  }

  // Nothing that somebody is typing or has chosen is replaced; it waits until that is sent or taken back.
  function inUse(part) {
    return isTyping(part) || Array.prototype.some.call(part.querySelectorAll("input, textarea, select"), changed);
  }

  // The whole page is shown again, unless something on it has been typed and not sent; a ballot of a vote that is over is dropped.
  function reload() {
    var kept = Array.prototype.filter.call(document.forms, function (form) { return !form.hasAttribute("data-live-discard"); });
    if (kept.some(inUse)) throw new Error("the page has changed, and something on it has not been sent");
    location.reload();
  }

  // What an element is called where it has no id: what it says and where it leads.
  function called(element) {
    var shown = element.matches("details") ? element.querySelector("summary") : element;
    var form = element.form;
    return [shown ? shown.textContent : "", element.name || "", element.getAttribute("href") || "", form ? form.action : ""].join("|");
  }

  // The same element in another copy of the part: by its id, or the one so called, of several the one as far down.
  function counterpart(element, from, to) {
    if (element.id) return to.querySelector("#" + CSS.escape(element.id));
    function alike(root) {
      return Array.prototype.filter.call(root.querySelectorAll(element.tagName), function (other) { return called(other) === called(element); });
    }
    return alike(to)[alike(from).indexOf(element)] || null;
  }

  function put(part, html) {
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById(part.id);
    // The page has become another one.
    if (!fresh) return reload();
    fresh = document.importNode(fresh, true);
    part.querySelectorAll("details[open], details[data-phone-closed]").forEach(function (shown) {
      var again = counterpart(shown, part, fresh);
      if (again) again.open = shown.open;
    });
    var focused = part.contains(document.activeElement) ? counterpart(document.activeElement, part, fresh) : null;
    part.replaceWith(fresh);
    if (focused) focused.focus({ preventScroll: true });
    fresh.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true, detail: { before: part } }));
  }

  function refresh(part) {
    if (inUse(part)) return Promise.resolve();
    return get(location.href, { "X-Fragment": part.id }).then(function (answer) {
      if (answer.redirected || answer.status === 404) return reload();
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text().then(function (html) { if (!inUse(part)) put(part, html); });
    });
  }

  function ask(url, shown) {
    var known = shown[0].dataset.liveVersion;
    return get(url, { "If-None-Match": '"' + known + '"' }).then(function (answer) {
      // The signed address has grown old, or there is nothing any more: the page itself says which.
      if (answer.status === 404) return reload();
      if (answer.status === 304) return { version: known };
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (told) {
      if (!told) return null;
      // A part that had to wait may be older than the first one.
      var changed = shown.filter(function (part) { return part.dataset.liveVersion !== String(told.version); });
      return Promise.all(changed.map(refresh));
    });
  }

  function lost(now) {
    if ((document.documentElement.dataset.live === "lost") === now) return;
    document.documentElement.dataset.live = now ? "lost" : "on";
    document.dispatchEvent(new CustomEvent(now ? "live:lost" : "live:back"));
  }

  function round() {
    clearTimeout(timer);
    if (document.hidden || busy) return;
    busy = true;
    var byUrl = {};
    parts().forEach(function (part) { (byUrl[part.dataset.liveUrl] = byUrl[part.dataset.liveUrl] || []).push(part); });
    Promise.all(Object.keys(byUrl).map(function (url) { return ask(url, byUrl[url]); })).then(function () {
      failures = 0;
      lost(false);
    }, function () {
      failures += 1;
      lost(failures > 1);
    }).then(function () {
      busy = false;
      if (parts().length) timer = setTimeout(round, Math.min(SLOWEST, EVERY * Math.pow(2, Math.max(0, failures - 2))));
    });
  }

  document.addEventListener("visibilitychange", round);
  window.addEventListener("online", round);
  document.documentElement.dataset.live = "on";
  timer = setTimeout(round, EVERY);
})();
