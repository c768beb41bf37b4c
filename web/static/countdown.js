// Counts a clock of the server on: the page says how many seconds were left when it was written, this device how many have passed.
(function () {
  "use strict";
  var WARNING = 60;

  function text(left) {
    var all = Math.abs(left);
    var seconds = all % 60;
    return (left < 0 ? "+" : "") + Math.floor(all / 60) + ":" + (seconds < 10 ? "0" : "") + seconds;
  }

  function show(clock) {
    if (clock.began === undefined) clock.began = performance.now();
    var passed = clock.dataset.runs === "1" ? Math.floor((performance.now() - clock.began) / 1000) : 0;
    var left = Number(clock.dataset.left) - passed;
    var total = Number(clock.dataset.total) || 1;
    var share = Math.max(0, Math.min(100, (100 * left) / total));
    var words = clock.querySelector("[data-clock]");
    var ring = clock.querySelector("[data-ring]");
    var bar = clock.parentElement && clock.parentElement.querySelector("[data-bar]");
    if (words && words.textContent !== text(left)) words.textContent = text(left);
    if (ring) ring.setAttribute("stroke-dasharray", share + " 100");
    if (bar) bar.setAttribute("width", 100 - share + "%");
    clock.classList.toggle("over", left < 0);
    clock.classList.toggle("short", left >= 0 && left <= WARNING);
  }

  function all() { document.querySelectorAll("[data-left]").forEach(show); }

  document.addEventListener("live:swapped", all);
  setInterval(all, 250);
  all();
})();
