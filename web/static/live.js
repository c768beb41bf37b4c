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

  // Nothing that somebody is typing or choosing is replaced; it waits until the field is left.
  function inUse(part) {
    var field = document.activeElement;
    var typing = field && part.contains(field) && field.matches("input:not([type=hidden]), textarea, select");
    return typing || Array.prototype.some.call(part.querySelectorAll("form"), function (form) { return form.dirty && form.dirty(); });
  }

  function put(part, html) {
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById(part.id);
    // The page has become another one: the whole of it is shown again.
    if (!fresh) return location.reload();
    var focused = part.contains(document.activeElement) ? document.activeElement.id : null;
    part.querySelectorAll("details[open][id]").forEach(function (shown) {
      var again = fresh.querySelector("#" + CSS.escape(shown.id));
      if (again) again.open = true;
    });
    fresh = document.importNode(fresh, true);
    part.replaceWith(fresh);
    var again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    fresh.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true, detail: { before: part } }));
  }

  function refresh(part) {
    if (inUse(part)) return Promise.resolve();
    return get(location.href, { "X-Fragment": part.id }).then(function (answer) {
      if (answer.redirected || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text().then(function (html) { if (!inUse(part)) put(part, html); });
    });
  }

  function ask(url, shown) {
    var version = shown[0].dataset.liveVersion;
    return get(url, { "If-None-Match": '"' + version + '"' }).then(function (answer) {
      if (answer.status === 304) return null;
      // The signed address has grown old, or there is nothing any more: the page itself says which.
      if (answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json().then(function (told) {
        var changed = shown.filter(function (part) { return part.dataset.liveVersion !== String(told.version); });
        return Promise.all(changed.map(refresh));
      });
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
