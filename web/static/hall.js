// Says beside the button how much of a ballot is marked; without it the server says so after sending.
(function () {
  "use strict";
  document.querySelectorAll("form").forEach(function (form) {
    var out = form.querySelector("[data-picked]");
    if (!out) return;
    function show() {
      var chosen = form.querySelectorAll("input[name=option]:checked").length;
      var points = 0, filled = 0;
      form.querySelectorAll(".pick.number input").forEach(function (field) {
        points += Number(field.value) || 0;
        filled += field.value.trim() ? 1 : 0;
      });
      var marked = out.hasAttribute("data-points") ? points : chosen || filled;
      out.textContent = out.dataset.picked + " " + marked + " / " + out.dataset.of;
    }
    form.addEventListener("input", show);
    show();
  });
})();
