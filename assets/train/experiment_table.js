// The table of an experiment: one trial in a row, with what can be done with its network.

import { $, make } from "../shared/dom.js";
import { exactPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { nameTrial } from "./experiment_words.js";
import { compareAll, explainWith, readWith } from "./use.js";

const FIGURES = ["ink", "outliers"];

// onRun(id) shows the curves of a trial.
export function drawTrialTable(study, onRun) {
  const points = Object.keys(study.trials[0].point).filter((name) => name !== "seed" || study.settings.seeds > 1);
  const figures = FIGURES.filter((name) => study.trials.some((trial) => typeof trial[name] === "number"));
  const hasTest = study.trials.some(({ test }) => test !== null);
  const names = ["number", ...points, "validation", ...figures, ...(hasTest ? ["test"] : []), "parameters", "seconds", "model"];
  const table = $("#experiment-table");
  const focused = table.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  table.tHead.replaceChildren(make("tr", {}, ...names.map((name) => make("th", { scope: "col", textContent: t(`experiment_column_${name}`) }))));
  table.tBodies[0].replaceChildren(...study.trials.map((trial, index) => drawRow(study, trial, { index, names, onRun })));
  if (focused) table.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

function drawRow(study, trial, { index, names, onRun }) {
  const isBest = trial === study.trials.find(({ state, validation }) => state === "done" && validation === study.best);
  const row = make("tr", { className: isBest ? "best" : "" });
  row.dataset.state = trial.state;
  const percentOf = (value) => (typeof value === "number" ? `${exactPercent(value)}%` : "");
  const cells = {
    number: () => index + 1,
    validation: () => (trial.state === "done" ? percentOf(trial.validation) + (isBest ? ` ${t("experiment_best_mark")}` : "") : tellTrial(trial)),
    test: () => (trial.state === "done" ? percentOf(trial.test) : ""),
    ink: () => percentOf(trial.ink),
    outliers: () => trial.outliers?.toFixed(3) ?? "",
    parameters: () => trial.parameters?.toLocaleString() ?? "",
    seconds: () => (trial.found ? t("experiment_found") : trial.seconds?.toFixed(1) ?? ""),
    model: () => addUses(study, trial, { index, onRun }),
  };
  row.append(...names.map((name, place) => {
    const cell = make(place ? "td" : "th", { title: name === "validation" ? trial.problem : "" });
    if (!place) cell.scope = "row";
    cell.append(cells[name] ? cells[name]() : trial.point[name]);
    return cell;
  }));
  return row;
}

function addUses(study, trial, { index, onRun }) {
  const uses = make("span", { className: "uses" });
  const add = (key, action) => {
    const button = make("button", { type: "button", textContent: t(key) });
    button.setAttribute("aria-label", `${t(key)}: ${nameTrial(study, index)}`);
    button.addEventListener("click", action);
    uses.append(button);
  };
  if (trial.model) {
    uses.dataset.model = trial.model;
    add("experiment_use", () => readWith(trial.model));
    add("experiment_explain", () => explainWith(trial.model));
    add("experiment_compare", () => compareAll(trial.model));
  }
  if (trial.run && trial.state) add("experiment_curves", () => onRun(trial.run));
  return uses;
}

function tellTrial({ state, share }) {
  if (!state) return "";
  return state === "running" ? t("experiment_running", { percent: Math.round(share * 100) }) : t(`experiment_state_${state}`);
}
