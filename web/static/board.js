// On a narrow screen only one column of the board is open: the first in which something waits for the reader.
(function () {
  "use strict";
  if (!window.matchMedia("(max-width: 48rem)").matches) return;
  var folds = Array.from(document.querySelectorAll(".board details"));
  var filled = folds.filter(function (fold) { return fold.querySelector(".bcard"); });
  var first = filled.find(function (fold) { return "mine" in fold.dataset; }) || filled[0];
  folds.forEach(function (fold) { fold.open = fold === first; });
})();
