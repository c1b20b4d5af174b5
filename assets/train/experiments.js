// Experiments: several networks, trained one after another, in a table and charts that grow as they end.

import { $, make } from "../shared/dom.js";
import { call, describeState } from "../shared/server.js";
import { fillTexts, t } from "../shared/texts.js";
import { drawGap, drawTrials } from "./experiment_charts.js";
import { createExperimentForm } from "./experiment_form.js";
import { drawTrialTable } from "./experiment_table.js";
import { chooseTrials, findCurrent, tellGap, tellStudy } from "./experiment_words.js";
import { askTwice } from "./sure.js";

// One that goes on is looked at anew after so many milliseconds, whatever is heard of its runs.
const OFTEN = 1500;

const PANEL = `
  <p data-text="experiment_intro"></p>
  <form id="experiment-form">
    <label><span data-text="experiment_kind"></span><select id="experiment-kind"></select></label>
    <span id="experiment-fields"></span>
    <button type="submit" id="experiment-start" class="primary" data-text="experiment_start"></button>
  </form>
  <p id="experiment-plan" role="status"></p>
  <p id="experiment-notice" role="status" hidden></p>
  <div id="experiment-live" data-state="" hidden>
    <div class="experiment-said">
      <h3 id="experiment-title"></h3>
      <label><span data-text="experiment_shown"></span><select id="experiment-study"></select></label>
      <span class="buttons"><button type="button" data-action="pause"></button><button type="button" data-action="stop" data-text="train_stop"></button><button type="button" data-action="resume" data-text="train_resume"></button><button type="button" data-action="delete"></button></span>
    </div>
    <p id="experiment-problem" hidden></p>
    <div class="experiment-cards">
      <section class="card"><h3><span data-text="experiment_trials"></span><span class="legend new" data-text="experiment_best"></span></h3><div id="experiment-trials"></div></section>
      <section class="card" id="experiment-gap-card"><h3><span data-text="experiment_gap"></span><span class="legend new" data-text="experiment_by_validation"></span><span class="legend flattered" data-text="experiment_by_test"></span></h3><div id="experiment-gap"></div><p id="experiment-gap-words"></p></section>
    </div>
    <div class="scroll" tabindex="0" role="region" data-label="experiment_trials"><table id="experiment-table"><thead></thead><tbody></tbody></table></div>
  </div>
`;

// onRun(id) shows the curves of a trial; refresh() asks how all runs stand.
export function createExperiments({ onRun, refresh }) {
  const root = $("#train-experiments");
  root.append(make("div", { className: "train-experiments", innerHTML: PANEL }));
  fillTexts(root);
  const form = createExperimentForm({ onBegin: begin, notify });
  let study = null;
  let chosen = ""; // the id of the one that is looked at
  let current = ""; // its run that goes on
  let [seen, drawn, asked, isAllowed] = ["", "", 0, false];

  function notify(text) {
    $("#experiment-notice").textContent = text;
    $("#experiment-notice").hidden = !text;
  }

  async function begin(id) {
    chosen = id;
    await look();
    const run = study?.trials[0].run;
    if (run) onRun(run);
  }

  async function look() {
    asked = performance.now();
    const answer = await call("look_at_studies", { study: chosen });
    if (!answer?.ok) return notify(describeState(answer));
    form.offer(answer.small);
    const { studies } = answer;
    if (studies.length && !studies.some(({ id }) => id === chosen)) {
      chosen = studies[0].id;
      return look();
    }
    study = answer.study ?? null;
    followTrial(study ? findCurrent(study)?.run ?? "" : "");
    const now = JSON.stringify([studies.map(({ id }) => id), study, isAllowed]);
    if (now === drawn) return;
    drawn = now;
    $("#experiment-live").hidden = !study;
    if (study) showStudy(study, { studies, isAllowed, onRun });
  }

  // What is shown above goes on to the next trial, unless the visitor looks at something else.
  function followTrial(next) {
    const shown = new URLSearchParams(location.hash.split("?")[1] ?? "").get("run");
    if (next && current && next !== current && shown === current) onRun(next);
    current = next || current;
  }

  async function steer(action) {
    const answer = action === "pause"
      ? await call("steer_training", { run: current, action: findCurrent(study)?.state === "paused" ? "resume" : "pause" })
      : await call("steer_study", { study: study.id, action });
    notify(describeState(answer));
    refresh();
    look();
  }

  $("#experiment-study").addEventListener("change", ({ target }) => {
    chosen = target.value;
    current = "";
    look();
  });
  for (const button of root.querySelectorAll("[data-action]")) {
    const { action } = button.dataset;
    if (action === "delete") askTwice(button, () => steer(action));
    else button.addEventListener("click", () => steer(action));
  }
  root.addEventListener("toggle", () => root.open && look());
  new ResizeObserver(() => study && showCharts(study)).observe($("#experiment-trials"));

  return {
    // How all runs stand; what has changed is looked at more closely while the fold-out is open.
    show({ runs, training }) {
      isAllowed = training.allowed;
      form.allow(isAllowed);
      if (!isAllowed) notify(training.reason || t("train_not_allowed"));
      const now = JSON.stringify(runs.map(({ id, state, model }) => [id, state, model]));
      const isDue = now !== seen || (study?.state === "going" && performance.now() - asked > OFTEN);
      if (!root.open || !isDue) return;
      seen = now;
      look();
    },
  };
}

function showStudy(study, { studies, isAllowed, onRun }) {
  $("#experiment-live").dataset.state = study.state;
  $("#experiment-title").textContent = tellStudy(study);
  $("#experiment-problem").textContent = study.problem;
  $("#experiment-problem").hidden = !study.problem;
  offerStudies(studies, study.id);
  showButtons(study, isAllowed);
  showCharts(study);
  drawTrialTable(study, onRun);
}

function showCharts(study) {
  const pair = study.state === "going" ? null : chooseTrials(study.trials);
  $("#experiment-gap-card").hidden = !pair;
  drawTrials($("#experiment-trials"), study);
  if (!pair) return;
  drawGap($("#experiment-gap"), study.trials, pair);
  $("#experiment-gap-words").textContent = tellGap(study, pair);
}

function offerStudies(studies, chosen) {
  const select = $("#experiment-study");
  select.parentElement.hidden = studies.length < 2;
  select.replaceChildren(...studies.map(({ id, kind, begun }) => new Option(t("experiment_option", {
    kind: t(`experiment_${kind}`), begun: new Date(begun * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "short" }),
  }), id)));
  select.value = chosen;
}

function showButtons(study, isAllowed) {
  const state = findCurrent(study)?.state;
  const isGoing = study.state === "going";
  const isShown = {
    pause: state === "running" || state === "paused",
    stop: isGoing,
    resume: !isGoing && study.ended < study.total && isAllowed,
    delete: !isGoing,
  };
  for (const button of document.querySelectorAll("#experiment-live [data-action]")) {
    button.hidden = !study.isMine || !isShown[button.dataset.action];
  }
  $('#experiment-live [data-action="pause"]').textContent = t(state === "paused" ? "train_resume" : "train_pause");
}
