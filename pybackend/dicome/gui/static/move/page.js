// The page "Move": dcm_move's switches, the plan, the run, and the way back.

import { get, post } from "/static/api.js";
import { button, debounced, el, fill, notice } from "/static/dom.js";
import { makeFields } from "/static/move/fields.js";
import { showPlan } from "/static/move/plan.js";
import { showOutcome, showRuns } from "/static/move/runs.js";
import { follow } from "/static/progress.js";

export function makeMove(section, { start }) {
  let fields = null;
  let plan = null;
  let studies = [];
  let bad = false;
  let busy = false;
  const side = el("aside", { class: "side scroll", "aria-label": "Switches of dcm_move" });
  const command = el("code", { id: "move-command" });
  const wrong = el("span", { class: "warn-text" });
  const problem = el("p", { class: "bad-text", role: "alert" });
  const progress = el("div");
  const body = el("div", { class: "move-body" });
  const look = button("Show the plan", makePlan, { class: "primary", id: "move-plan" });
  const run = button("Move", runPlan, { id: "move-run", disabled: true });
  const earlier = button("Earlier runs", () => quietly(showEarlier), { class: "quiet" });
  fill(section, el("div", { class: "two move" }, side,
    el("div", { class: "sheet" }, el("div", { class: "row" }, look, run, el("span", { class: "grow" }), earlier),
      el("div", { class: "row command" }, el("span", { class: "muted" }, "The same on the command line"), command, wrong), problem, progress,
      el("div", { class: "scroll grow-y" }, body))));
  intro();

  const ready = get("/api/move/options").then((options) => {
    fields = makeFields(options, start.folder, changed);
    fill(side, fields.element);
    fields.fillIn({ quiet_for: options.quiet_for, ...start.fields });
  });

  function intro() {
    fill(body, el("div", { class: "empty" }, el("h2", {}, "Rename and move DICOM files"),
      el("p", {}, "Choose a source folder and show the plan: the studies found, and where every file would go. Nothing moves before you say so, nothing is ever overwritten, and every run can be undone."),
      el("p", {}, "Info files may hold the patient's name and other private information; ‑i leaves them out.")));
  }

  const told = debounced(150, async (options) => {
    try {
      command.textContent = (await post("/api/move/command", { options })).command;
    } catch (failure) {
      command.textContent = "";
      wrong.textContent = failure.kind === "lost" ? "" : failure.message;
      return;
    }
    wrong.textContent = "";
  });

  function changed(options) {
    if (plan) { plan = null; intro(); }
    run.textContent = options.copy ? "Copy" : options.rename ? "Rename" : "Move";
    update();
    told(options);
  }

  function update() {
    look.disabled = busy;
    run.disabled = busy || !plan || !(studies.length || bad) || plan.unfinished.length > 0;
    run.classList.toggle("primary", !run.disabled);
    look.classList.toggle("primary", run.disabled);
    for (const one of side.querySelectorAll("fieldset")) one.disabled = busy;
  }

  // One piece of long work at a time; what goes wrong is said where the user looks.
  async function quietly(work) {
    if (busy) return;
    busy = true;
    problem.textContent = "";
    update();
    try {
      await work();
    } catch (failure) {
      problem.textContent = failure.message;
    }
    busy = false;
    update();
  }

  function makePlan() {
    return quietly(async () => {
      await ready;
      plan = await follow(progress, "Looking at files", "/api/move/plan", { options: fields.read() });
      if (!plan) return;
      showPlan(body, plan, (uids, invalid) => { studies = uids; bad = invalid; update(); });
      if (plan.unfinished.length) {
        body.prepend(el("div", { class: "warn row" }, el("span", { class: "grow" }, "An earlier run into this destination was cut short. It has to be finished, or undone, first."),
          button("Finish it", () => finish(plan.target)), button("Earlier runs", () => quietly(showEarlier))));
      }
    });
  }

  function runPlan() {
    return quietly(async () => {
      const { key } = plan;
      plan = null;
      finished(await follow(progress, `${run.textContent} files`, "/api/move/run", { key, studies, bad }));
    });
  }

  function undo(journal) {
    return quietly(async () => finished(await follow(progress, "Putting files back", "/api/move/undo", { journal })));
  }

  function finish(target) {
    return quietly(async () => {
      const found = await follow(progress, "Finishing", "/api/move/finish", { target });
      plan = null;
      finished(found?.outcomes.at(-1));
    });
  }

  function finished(outcome) {
    if (outcome) showOutcome(body, outcome, undo);
    else intro();
  }

  async function showEarlier() {
    plan = null;
    const options = fields.read();
    await showRuns(body, options.rename ? options.source : options.destination ?? start.folder, undo);
  }

  return {
    async open(given) {
      await ready;
      fields.fillIn({ ...fields.read(), ...given.fields, ...(given.paths?.length ? { source: given.paths[0] } : {}) });
    },
    where: () => plan?.target ?? "",
    restarted: () => {
      if (plan) { plan = null; intro(); update(); notice("The server was started anew: show the plan again."); }
    },
  };
}
