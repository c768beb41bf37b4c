// On a narrow screen one column of the board is open, the first in which something waits for the reader; of the dashboard
// the first two panels.
(function () {
  "use strict";
  if (!window.matchMedia("(max-width: 48rem)").matches) return;
  var folds = Array.from(document.querySelectorAll(".board details"));
  var filled = folds.filter(function (fold) { return fold.querySelector(".bcard"); });
  var first = filled.find(function (fold) { return "mine" in fold.dataset; }) || filled[0];
  folds.forEach(function (fold) { fold.open = fold === first; });
  document.querySelectorAll("details.pfold:not([data-later])").forEach(function (fold, place) { fold.open = place < 2; });
  document.querySelectorAll("details.pfold[data-later]").forEach(function (fold) { fold.open = false; });
})();
