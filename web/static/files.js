// Says at once when a chosen file is too large, before minutes are spent on sending it.
(function () {
  "use strict";
  document.querySelectorAll("form[data-largest]").forEach(function (form) {
    var field = form.querySelector("input[type=file]");
    field.addEventListener("change", function () {
      var chosen = field.files[0];
      var large = chosen && chosen.size > Number(form.dataset.largest);
      field.setCustomValidity(large ? form.dataset.sayLarge : "");
      if (large) field.reportValidity();
    });
  });
})();
