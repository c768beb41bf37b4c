/* Comfort for lists with rows to tick: all of a page, a row of them with the shift key, and how many there are. */
for (const form of document.querySelectorAll("[data-ticks]")) {
  const all = form.querySelector("[data-tick-all]");
  const boxes = [...form.querySelectorAll("tbody [type=checkbox]")];
  const told = form.querySelector("[data-ticked]");
  let last = null;

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    told.textContent = ticked ? ` (${told.dataset.say.toLowerCase()} ${ticked})` : "";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      count();
    });
  }
  count();
}
