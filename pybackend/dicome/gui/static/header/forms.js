// The tables of the page "Header": how each is asked for and drawn. A table gives draw(place, fits) -> lines, and notes.

import { post } from "/static/api.js";
import { button, counted, el, fill } from "/static/dom.js";

const MOST_DRAWN = 3000;

const cells = (row, kind = "td") => row.map((cell, k) => el(kind, kind === "th" ? { scope: "col" } : { class: k === 0 ? "tag" : "" }, cell ?? el("span", { class: "muted" }, "absent")));

function grid(names, rows, cls = "") {
  const shown = rows.slice(0, MOST_DRAWN);
  return el("div", {}, el("table", { class: `sheet-table ${cls}` }, el("thead", {}, el("tr", {}, cells(names, "th"))),
    el("tbody", {}, shown.map((row) => el("tr", {}, cells(row))))),
  rows.length > shown.length ? el("p", { class: "muted pad" }, `${(rows.length - shown.length).toLocaleString("en")} more lines: narrow them down by a search.`) : null);
}

const notes = (...lines) => lines.filter(Boolean);

async function fields({ paths }) {
  const { rows, problem } = await post("/api/header/fields", { path: paths[0] });
  return {
    notes: notes(problem),
    draw(place, fits) {
      const shown = rows.filter(fits);
      fill(place, grid(["Tag", "VR", "Name", "Value"], shown, "of-fields"));
      return shown.length;
    },
  };
}

// Sequences above a line that fits are shown with it.
async function whole({ paths }) {
  const { rows, problem } = await post("/api/header/whole", { path: paths[0] });
  return {
    notes: notes(problem),
    draw(place, fits) {
      const above = [];
      const shown = new Set();
      for (const row of rows) {
        const level = row[4];
        above.length = level;
        above[level] = row;
        if (fits(row.slice(0, 4))) above.forEach((one) => shown.add(one));
      }
      const lines = rows.filter((row) => shown.has(row));
      const made = grid(["Tag", "VR", "Name", "Value"], lines.map(([tag, vr, name, value, level]) => [tag, vr, el("span", { class: `level-${Math.min(level, 8)}` }, name), value]), "of-fields");
      fill(place, made);
      return lines.length;
    },
  };
}

async function overFrames({ paths }) {
  let now = await post("/api/header/frames", { paths });
  const { constant } = now;
  const table = {
    notes: [counted(now.frames, "frame"), "the search looks at the frames shown"],
    draw(place, fits) {
      const same = constant.filter(fits);
      const rows = now.rows.filter(fits);
      const last = now.first + now.rows.length - 1;
      const turn = async (first) => { now = await post("/api/header/frames", { paths, first }); table.draw(place, fits); };
      fill(place,
        el("h3", { class: "pad" }, `Varies: frames ${now.first.toLocaleString("en")} to ${last.toLocaleString("en")} of ${now.frames.toLocaleString("en")} `,
          button("‹", () => turn(Math.max(now.first - now.page, 1)), { disabled: now.first === 1, "aria-label": "Frames before" }),
          button("›", () => turn(last + 1), { disabled: last >= now.frames, "aria-label": "Frames after" })),
        now.names.length > 1 ? grid(now.names, rows, "narrow") : el("p", { class: "muted pad" }, "Nothing varies."),
        el("h3", { class: "pad" }, "The same in all frames"), grid(["Name", "Value"], same, "pairs"));
      return same.length + rows.length;
    },
  };
  return table;
}

async function alongAxes({ paths }) {
  const { axes, several } = await post("/api/header/axes", { paths });
  return {
    notes: notes(several.length && `along several dimensions: ${several.join(", ")}`),
    draw(place, fits) {
      let count = 0;
      fill(place, axes.map(({ name, unit, names, rows }) => {
        const shown = rows.filter(fits);
        count += shown.length;
        return [el("h3", { class: "pad" }, `${name}${unit ? ` (${unit})` : ""}: ${counted(rows.length, "position")}`), grid(names, shown, "narrow")];
      }));
      return count;
    },
  };
}

async function compare({ paths, tags, everywhere }) {
  const { files, different, same, problems } = await post("/api/header/compare", { paths, tags, everywhere });
  const there = same.filter((row) => row[2] !== null);
  return {
    notes: notes(counted(files.length, "file"), ...problems),
    draw(place, fits) {
      const [first, second] = [different.filter(fits), there.filter(fits)];
      fill(place,
        files.length > 1 ? [el("h3", { class: "pad" }, `Different (${different.length})`),
          first.length ? grid(["Tag", "Name", ...files], first, "compare") : el("p", { class: "muted pad" }, "Nothing differs.")] : null,
        el("h3", { class: "pad" }, files.length > 1 ? `The same in all (${there.length})` : "Fields"), grid(["Tag", "Name", "Value"], second, "compare"));
      return first.length + second.length;
    },
  };
}

export const FORMS = {
  fields: { title: "Fields", hint: "All fields of a file, each once (dcminfo -l)", make: fields },
  whole: { title: "Whole file", hint: "From begin to end (dcminfo -a)", make: whole },
  frames: { title: "Over frames", hint: "What varies from frame to frame (dcminfo --frames)", make: overFrames, several: true },
  axes: { title: "Along dimensions", hint: "What varies along one dimension (dcminfo --axes)", make: alongAxes, several: true },
  compare: { title: "Compare", hint: "Files side by side (dcminfo)", make: compare, several: true },
};
