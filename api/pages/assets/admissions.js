// Without this file every verdict is shown. With it: only those of the answers that are ticked.
"use strict";
for (const boxes of document.querySelectorAll("[data-filter]"))
  boxes.addEventListener("change", () => {
    const shown = new Set([...boxes.querySelectorAll("input:checked")].map((box) => box.value));
    for (const row of document.querySelectorAll("[data-outcome]")) row.hidden = !shown.has(row.dataset.outcome);
  });
