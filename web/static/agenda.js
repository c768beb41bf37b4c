// Drags an item of an agenda to another place. Without this script the buttons up and down do the same.
(function () {
  "use strict";
  var dragged = null;

  function items(list) { return Array.prototype.slice.call(list.children); }

  function send(item, by) {
    var form = item.closest("form");
    if (!by || !form) return;
    form.elements.by.value = String(by);
    form.action = item.dataset.move;
    form.requestSubmit ? form.requestSubmit() : form.submit();
  }

  function wire() {
    document.querySelectorAll("[data-order] > li").forEach(function (item) { item.draggable = true; });
  }

  document.addEventListener("dragstart", function (event) {
    var item = event.target.closest && event.target.closest("[data-order] > li");
    if (!item) return;
    dragged = { item: item, from: items(item.parentElement).indexOf(item) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.id);
    item.classList.add("dragged");
  });

  document.addEventListener("dragover", function (event) {
    var over = dragged && event.target.closest && event.target.closest("[data-order] > li");
    if (!over || over.parentElement !== dragged.item.parentElement) return;
    event.preventDefault();
    if (over === dragged.item) return;
    var half = over.getBoundingClientRect();
    over[event.clientY < half.top + half.height / 2 ? "before" : "after"](dragged.item);
  });

  document.addEventListener("drop", function (event) { if (dragged) event.preventDefault(); });

  document.addEventListener("dragend", function () {
    if (!dragged) return;
    var was = dragged;
    dragged = null;
    was.item.classList.remove("dragged");
    send(was.item, items(was.item.parentElement).indexOf(was.item) - was.from);
  });

  document.addEventListener("live:swapped", wire);
  wire();
})();
