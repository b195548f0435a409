// Without this file every verdict is shown. With it: only those of the answers and of the reasons that are ticked.
"use strict";
const filters = [...document.querySelectorAll("[data-filter]")];
const ticked = (boxes) => new Set([...boxes.querySelectorAll("input:checked")].map((box) => box.value));
const show = () => {
  const wanted = filters.map((boxes) => [boxes.dataset.filter, ticked(boxes)]);
  for (const row of document.querySelectorAll("[data-outcome]"))
    row.hidden = !wanted.every(([by, values]) => values.has(row.dataset[by]));
};
for (const boxes of filters) boxes.addEventListener("change", show);
