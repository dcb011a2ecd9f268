// The page "View".

import { post } from "/static/api.js";
import { choose, chooseSeries, rememberFolder } from "/static/chooser.js";
import { button, counted, el, fill, notice } from "/static/dom.js";
import { Cine } from "/static/view/cine.js";
import { makeCurve } from "/static/view/curve.js";
import { showExport } from "/static/view/exporting.js";
import { makeHeaderPanel } from "/static/view/headerpanel.js";
import { makeReadout } from "/static/view/readout.js";
import { makeSliders } from "/static/view/sliders.js";
import { Stage } from "/static/view/stage.js";
import { ViewState } from "/static/view/state.js";
import { makeToolbar } from "/static/view/toolbar.js";
import { viewKey } from "/static/view/viewkeys.js";
import { makeWindowing } from "/static/view/windowing.js";

export function makeView(section, { start }) {
  const state = new ViewState();
  let opening = 0; // counts what was opened, so that a late reply does not replace what came after it
  const part = (cls) => el("div", { class: cls });
  const [title, sliders, windowing, cineBox, toolbar, middle, readoutBox, header, curve] =
    ["scan", "sliders", "windowing", "cine", "toolbar", "stage", "readout", "header-panel", "curve-panel"].map(part);
  const viewer = el("div", { class: "viewer", hidden: true },
    el("aside", { class: "side scroll", "aria-label": "Dimensions and window" }, title, el("h2", {}, "Dimensions"), sliders, cineBox, el("h2", {}, "Values and window"), windowing),
    el("div", { class: "centre" }, toolbar, middle, readoutBox),
    el("aside", { class: "side right", "aria-label": "Header and curve" }, header, curve));
  const empty = el("div", { class: "empty" }, el("h2", {}, "Open an image"),
    el("p", {}, "Enhanced DICOM files, folders of classic DICOM, PAR/REC: whatever dicome reads."),
    button("Open …", () => api.choose(), { class: "primary", id: "open-first" }), el("div", { class: "busy", role: "status" }));
  fill(section, empty, viewer);

  const stage = new Stage(middle, state, makeReadout(readoutBox, state), failed);
  const cine = new Cine(state, () => stage.drawn());
  makeSliders(sliders, state, cine);
  makeCine(cineBox, cine);
  makeWindowing(windowing, state, () => stage.auto());
  makeToolbar(toolbar, state, stage, { open: () => api.choose(), write: () => showExport(state) });
  const panel = makeHeaderPanel(header, state, () => stage.frame?.frames[0] ?? 0);
  makeCurve(curve, state);
  state.on("image", () => {
    makeTitle(title, state.image);
    cineBox.hidden = !state.image.axes.length;
  });

  async function failed(problem) {
    if (problem.kind === "notOpen") await reopen();
    else if (problem.kind !== "lost" && problem.kind !== "refused") notice(problem.message, true);
  }

  async function reopen() {
    const { paths, series } = state.image;
    const mine = opening;
    try {
      const facts = await post("/api/open", { paths, series });
      if (mine === opening) state.setImage(facts, true);
    } catch (problem) {
      if (problem.kind !== "lost" && problem.kind !== "refused") notice(problem.message, true);
    }
  }

  const api = {
    state, stage, cine, panel,
    current: () => (state.image?.files === 1 ? [`${state.image.folder}/${state.image.name}`] : state.image?.paths ?? []),
    where: () => (state.image ? `${state.image.folder}/${state.image.name}` : ""),
    found: () => { if (state.image) stage.load(); },
    restarted: () => { if (state.image) reopen(); },
    choose: async () => {
      const found = await choose("open", state.image?.folder ?? start.folder);
      if (found) await api.open(found);
    },
    async open({ paths, series = null }) {
      if (!paths?.length) return;
      cine.stop();
      const mine = ++opening;
      section.querySelector(".busy").textContent = "Opening …";
      try {
        const facts = await post("/api/open", { paths, series });
        if (mine !== opening) return;
        empty.hidden = true;
        viewer.hidden = false;
        state.setImage(facts);
        rememberFolder(facts.folder);
        document.dispatchEvent(new Event("dicome-where"));
      } catch (problem) {
        if (problem.kind === "series" && paths.length === 1) await api.ofFolder(paths[0]);
        else notice(problem.message, true);
      } finally {
        if (mine === opening) section.querySelector(".busy").textContent = "";
      }
    },
    // A folder with several series: the user says which.
    async ofFolder(folder) {
      const found = await chooseSeries(folder);
      if (found) await api.open(found);
    },
    key: (event) => viewKey(event, api, { write: () => showExport(state) }),
  };
  section.viewer = api; // for tests
  return api;
}

function makeCine(place, cine) {
  const rate = el("input", { type: "number", min: 1, max: 60, step: 1, value: cine.rate, id: "cine-rate" });
  rate.addEventListener("change", () => { cine.rate = Math.max(1, Math.min(60, rate.valueAsNumber || 10)); rate.value = cine.rate; });
  fill(place, el("label", { for: "cine-rate" }, "Speed"), rate, el("span", { class: "muted" }, "frames/s"));
}

function makeTitle(place, image) {
  const { head } = image;
  const name = head.Description || head.Protocol || image.name;
  const about = [head.Series && `series ${head.Series}`, counted(image.frames, "frame"), `${image.rows} × ${image.columns}`, image.files > 1 && counted(image.files, "file")];
  const list = (title, lines, cls) => (lines.length ? el("details", { class: cls, open: cls === "warnings" }, el("summary", {}, title), lines.map((line) => el("p", {}, line))) : null);
  const facts = Object.entries(head).map(([key, value]) => `${key}: ${value}`);
  fill(place, el("h2", { class: "name", title: name }, name), el("p", { class: "muted" }, about.filter(Boolean).join(" · ")),
    list(counted(image.warnings.length, "warning"), image.warnings, "warnings"),
    list("About this scan", [...facts, ...image.evidence], "about"));
}
