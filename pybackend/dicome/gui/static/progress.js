// Long work in sight: a bar with what is done, and a button that stops it.

import { stop, work } from "/static/api.js";
import { button, el, fill } from "/static/dom.js";

// Runs the work with its progress in `place`, which is empty again afterwards. Gives the result, null when stopped.
export async function follow(place, title, path, given) {
  const bar = el("progress", { max: 1, "aria-label": title });
  const words = el("p", { class: "muted", role: "status" }, title);
  let current = null;
  const ending = button("Stop", async () => {
    ending.disabled = true;
    if (current) await stop(current);
  });
  fill(place, el("div", { class: "progress" }, el("div", { class: "row" }, el("div", { class: "grow" }, words), ending), bar));
  try {
    return await work(path, given, (job) => {
      current = job;
      if (job.total > 0) bar.value = job.done / job.total;
      words.textContent = line(title, job);
    });
  } finally {
    fill(place);
  }
}

function line(title, job) {
  const count = (n) => Math.round(n).toLocaleString("en");
  if (job.note) return `${title}: ${job.note}`;
  if (job.total > 0) return `${title}: ${count(job.done)} of ${count(job.total)}`;
  return job.done > 0 ? `${title}: ${count(job.done)}` : title;
}
