"use strict";
const box = document.getElementById("find");
const rows = Array.from(document.querySelectorAll("[data-find]"));
box.addEventListener("input", () => {
  const wanted = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    row.classList.toggle("away", !wanted.every((word) => row.dataset.find.includes(word)));
  }
  for (const block of document.querySelectorAll("[data-block]")) {
    block.classList.toggle("away", wanted.length > 0 && !block.querySelector("[data-find]:not(.away)"));
  }
  for (const more of document.querySelectorAll("details")) {
    more.open = wanted.length > 0 && more.querySelector("[data-find]:not(.away)") !== null;
  }
});
