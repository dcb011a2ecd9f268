// Writing the open image in another format. Nothing is replaced unless that is asked for.

import { get } from "/static/api.js";
import { button, check, el, field, notice } from "/static/dom.js";
import { choose } from "/static/chooser.js";
import { follow } from "/static/progress.js";

const FORMATS = {
  ".mat": "MATLAB and Octave (.mat)", ".h5": "HDF5 (.h5)", ".nii": "NIfTI (.nii)", ".nii.gz": "NIfTI, compressed (.nii.gz)",
  ".par": "Philips PAR/REC (.par)", ".png": "Picture (.png)",
};
let lastFolder = null;

export async function showExport(state) {
  const { formats, folder, stem } = await get("/api/export", { id: state.image.id });
  const format = el("select", {}, formats.map((suffix) => el("option", { value: suffix }, FORMATS[suffix] ?? suffix)));
  format.value = formats.includes(".mat") ? ".mat" : formats[0];
  const where = el("input", { type: "text", id: "export-folder", value: lastFolder ?? folder, spellcheck: "false", class: "grow" });
  const name = el("input", { type: "text", value: stem + format.value, spellcheck: "false", class: "grow" });
  const scale = el("select", {}, el("option", { value: "" }, "as usual (FP, else DV)"), state.image.scales.map((one) => el("option", { value: one }, one.toUpperCase())));
  const split = el("select", {}, el("option", { value: "" }, "one file"), state.image.axes.map((axis) => el("option", { value: axis.name }, `one per ${axis.name}`)));
  const switches = {
    compress: check("Compress (smaller, slower)"), fullInfo: check("Nested header of every frame (.mat)"),
    v73: check("MATLAB 7.3 file (.mat)"), force: check("Replace files that exist"),
  };
  const place = el("div");
  const problem = el("p", { role: "alert", class: "bad-text" });
  const write = el("button", { type: "submit", class: "primary" }, "Write");
  format.addEventListener("change", () => {
    const known = formats.toSorted((a, b) => b.length - a.length).find((suffix) => name.value.toLowerCase().endsWith(suffix));
    name.value = (known ? name.value.slice(0, -known.length) : name.value) + format.value;
  });
  const browse = button("…", async () => {
    const found = await choose("folder", where.value);
    if (found) [where.value] = found.paths;
  }, { "aria-label": "Choose the folder" });

  async function go(event) {
    event.preventDefault();
    problem.textContent = "";
    write.disabled = true;
    lastFolder = where.value;
    const given = { id: state.image.id, folder: where.value, name: name.value, scale: scale.value, split: split.value };
    for (const [key, { box }] of Object.entries(switches)) given[key] = box.checked;
    try {
      const done = await follow(place, "Writing", "/api/export", given);
      if (done) {
        dialog.close();
        notice(`Written:\n${done.files.slice(0, 8).join("\n")}${done.files.length > 8 ? `\nand ${done.files.length - 8} more` : ""}`);
      }
    } catch (failure) {
      problem.textContent = failure.message;
    }
    write.disabled = false;
  }

  const dialog = el("dialog", { class: "small", "aria-label": "Export" },
    el("form", { method: "dialog", onsubmit: go }, el("h2", {}, "Export"),
      el("div", { class: "fields" }, field("Format", format), el("label", { for: "export-folder" }, "Folder"), el("div", { class: "row" }, where, browse), field("File name", name),
        field("Values", scale), field("Files", split),
        el("div", { class: "wide stack" }, Object.values(switches).map((one) => one.label))),
      place, problem, el("div", { class: "dialog-foot" }, button("Cancel", () => dialog.close()), write)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
