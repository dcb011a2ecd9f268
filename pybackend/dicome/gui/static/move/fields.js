// Every switch of dcm_move as a field, with its letter.

import { choose } from "/static/chooser.js";
import { button, check, el, unique } from "/static/dom.js";

const letter = (words) => el("kbd", { class: "switch" }, words);

// folder: of the server, the destination when none is given. changed() is called after every change.
export function makeFields({ modalities, quiet_for: quietFor }, folder, changed) {
  const text = (placeholder = "") => el("input", { type: "text", class: "grow", spellcheck: "false", placeholder });
  const source = text("folder with the files");
  const destination = text(folder);
  const modality = el("select", {}, el("option", { value: "" }, "all"), modalities.map((one) => el("option", { value: one }, one)));
  const quiet = el("input", { type: "number", min: 0, step: "any", value: quietFor, class: "short" });
  const flag = (words, key, title) => {
    const made = check(words, false, { "data-option": key });
    if (title) made.label.title = title;
    return made;
  };
  const flags = {
    recursive: flag("All sub-directories", "recursive"), everything: flag("All studies, without asking", "everything"),
    suffix: flag("End names with .dcm", "suffix"), no_breakdown: flag("No echo, phase or dynamic", "no_breakdown", "Image numbers instead"),
    no_info: flag("No info files", "no_info", "Info files may hold the patient's name"),
    ignore_location: flag("Ignore the location in the header", "ignore_location", "#-#<directory> in Patient History"),
  };
  const action = radios("What is done", [["move", "Move", ""], ["copy", "Copy, leaving the originals", "-c"], ["rename", "Rename in place, flat", "-r"]]);
  const names = radios("Names", [["tree", "Directories: study / series / slice", ""], ["flat", "Flat names", "-f"], ["uid_names", "SOP Instance UIDs (unmove)", "-u"]]);
  const line = (made, words) => el("div", { class: "switch-line" }, made.label, letter(words));
  const browse = (input, what) => button("…", async () => {
    const found = await choose("folder", input.value || folder, what);
    if (found) { [input.value] = found.paths; tell(); }
  }, { "aria-label": `Choose: ${what}` });
  const named = (words, switchWords, input, more) => {
    input.id = unique("move");
    return el("div", { class: "stack tight" }, el("div", { class: "switch-line" }, el("label", { for: input.id }, words), switchWords ? letter(switchWords) : null), el("div", { class: "row" }, input, more));
  };
  const destinationBox = named("Destination", "", destination, browse(destination, "Destination"));

  const element = el("form", { class: "move-fields", onsubmit: (event) => event.preventDefault() },
    group("Input", named("Source folder", "-s", source, browse(source, "Source folder")), line(flags.recursive, "-R"),
      el("div", { class: "switch-line" }, el("label", { for: "move-modality" }, "Modality sub-directory"), modality, letter("-m")),
      line(flags.everything, "-a"),
      el("div", { class: "switch-line" }, el("label", { for: "move-quiet" }, "Leave younger files"), quiet, "s", letter("--quiet-for"))),
    group("Output", action.element, destinationBox, names.element, line(flags.suffix, "-d"), line(flags.no_breakdown, "-n"),
      line(flags.no_info, "-i"), line(flags.ignore_location, "-l")));
  modality.id = "move-modality";
  quiet.id = "move-quiet";
  source.dataset.option = "source";
  destination.dataset.option = "destination";
  modality.dataset.option = "modality";
  quiet.dataset.option = "quiet_for";

  function tell() {
    const renaming = action.value() === "rename";
    for (const one of destinationBox.querySelectorAll("input, button")) one.disabled = renaming;
    names.disable("tree", renaming);
    if (renaming && names.value() === "tree") names.set("flat");
    changed(read());
  }

  function read() {
    const found = { source: source.value.trim(), modality: modality.value || null, quiet_for: quiet.valueAsNumber >= 0 ? quiet.valueAsNumber : quietFor };
    found.destination = action.value() === "rename" || !destination.value.trim() ? null : destination.value.trim();
    for (const [key, made] of Object.entries(flags)) found[key] = made.box.checked;
    found.copy = action.value() === "copy";
    found.rename = action.value() === "rename";
    found.flat = names.value() === "flat" && !found.rename;
    found.uid_names = names.value() === "uid_names";
    return found;
  }

  // given: some of the options, by their names.
  function fillIn(given) {
    if (given.source) source.value = given.source;
    if (given.destination) destination.value = given.destination;
    if (given.modality) modality.value = given.modality;
    if (given.quiet_for !== undefined) quiet.value = given.quiet_for;
    for (const [key, made] of Object.entries(flags)) if (key in given) made.box.checked = given[key];
    action.set(given.copy ? "copy" : given.rename ? "rename" : "move");
    names.set(given.uid_names ? "uid_names" : given.flat ? "flat" : "tree");
    tell();
  }

  element.addEventListener("input", tell);
  return { element, read, fillIn, focus: () => source.focus() };
}

const group = (title, ...children) => el("fieldset", {}, el("legend", {}, title), children);

function radios(title, choices) {
  const name = unique("choice");
  const boxes = Object.fromEntries(choices.map(([value, , ], k) => [value, el("input", { type: "radio", name, value, checked: k === 0, "data-option": value })]));
  const lines = choices.map(([value, words, switchWords]) => el("div", { class: "switch-line" }, el("label", { class: "check" }, boxes[value], words), switchWords ? letter(switchWords) : null));
  return {
    element: el("div", { class: "stack tight", role: "radiogroup", "aria-label": title }, lines),
    value: () => Object.keys(boxes).find((value) => boxes[value].checked),
    set: (value) => { boxes[value].checked = true; },
    disable: (value, off) => { boxes[value].disabled = off; },
  };
}
