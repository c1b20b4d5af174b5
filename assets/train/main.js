// A network learns before your eyes: begins trainings, follows them, and shows what comes of it.

import { emit, on } from "../shared/bus.js";
import { $, isShown, make } from "../shared/dom.js";
import { openPart } from "../shared/part.js";
import { call, describeState, stateOf } from "../shared/server.js";
import { fillTexts, t } from "../shared/texts.js";
import { createCards } from "./cards.js";
import { createChange } from "./change.js";
import { createCharts } from "./charts.js";
import { createExperiments } from "./experiments.js";
import { createFollower } from "./follow.js";
import { createModels } from "./models.js";
import { PANEL } from "./panel.js";
import { isFinished, stateForHook } from "./record.js";
import { createReplay } from "./replay.js";
import { createRuns } from "./runs.js";
import { createSteering } from "./steer.js";
import { tellEvent, tellSeconds, tellTitle, tellWords } from "./words.js";

let follower, cards, charts, steering, change, replay, runs, models, experiments;
let recipes = [];
let beside = null; // the record of another run, whose curves are shown too
let replayed = null; // what the network was like after an earlier epoch
let announced = "";
let isBeginning = false; // a training has been asked for: what was shown before is over
let isAllowed = false;
let isValid = true;
let finished = ""; // the models there were when the table was drawn

const notices = new Map(); // by what they are about

function notify(text, about = "page") {
  if (text) notices.set(about, text);
  else notices.delete(about);
  $("#train-notice").textContent = [...new Set(notices.values())].join(" ");
  $("#train-notice").hidden = !notices.size;
}

function show(answer, record) {
  if (isBeginning) return;
  const run = record && answer.runs.find(({ id }) => id === record.id);
  if (answer.recipes && answer.recipes !== recipes) showRecipes(answer.recipes);
  showTraining(answer.training);
  showProgress(run, record, answer.training);
  steering.show(run, record);
  runs.show(answer.runs, record?.id, answer.training.isOwner);
  experiments.show(answer);
  const stored = answer.runs.map(({ model }) => model).join();
  if (stored !== finished) models.refresh();
  finished = stored;
  $("#train-live").hidden = !record;
  replay.show(record);
  if (record) showRecord(record);
}

function showRecord(record) {
  const samples = record.samples && { ...record.samples, ...replayed?.samples };
  cards.show({ ...record, ...replayed, samples, image: follower.image });
  charts.show(record, beside, replay.epoch);
  $("#train-events").replaceChildren(...record.events.map((event) => make("li", { textContent: tellEvent(event) })));
}

const showAgain = () => follower.record?.isKnown && showRecord(follower.record);

function showRecipes(all) {
  recipes = all;
  const chosen = $("#train-recipe").value || "fast";
  $("#train-recipe").replaceChildren(...all.map((recipe) => new Option(t("train_recipe_option", {
    name: recipe.name, time: tellSeconds(recipe.seconds),
  }), recipe.name)));
  $("#train-recipe").value = chosen;
  change.setRecipes(all);
}

function enableStart() {
  $("#train-start").disabled = !isAllowed || !isValid;
}

function showTraining({ allowed, reason, problem, engine }) {
  isAllowed = allowed;
  enableStart();
  notify(allowed ? problem : reason || t("train_not_allowed"), "training");
  if (engine === "missing") notify(t("train_missing"), "training");
}

function showProgress(run, record, training) {
  const share = run?.share ?? 0;
  const state = stateForHook(run?.state, Boolean(run?.model));
  const bar = $("#train-progress");
  tellPrograms({ share, state, accuracy: run?.accuracy ?? "", model: run?.model ?? "" });
  bar.style.setProperty("--share", share);
  bar.setAttribute("aria-valuenow", Math.round(share * 100));
  const title = run ? tellTitle(run) : t("train_title");
  $("#train-title").textContent = title;
  $("#train-words").textContent = run ? tellWords(run, record, training) : t("train_intro");
  $("#train-start").classList.toggle("primary", !run || isFinished(run.state));
  const news = run ? `${run.id} ${run.state} ${record?.epochs.length}` : "";
  if (news !== announced) $("#train-announcement").textContent = run ? `${title}. ${$("#train-words").textContent}` : "";
  announced = news;
}

// What programs that watch the page wait for.
function tellPrograms(facts) {
  Object.assign($("#train-progress").dataset, facts);
}

async function begin() {
  if (isBeginning) return;
  isBeginning = true;
  tellPrograms({ share: 0, state: "waiting", accuracy: "", model: "" });
  const button = $("#train-start");
  button.setAttribute("aria-busy", "true");
  const answer = await call("begin_training", change.question() ?? { recipe: "fast", changes: {} });
  button.removeAttribute("aria-busy");
  isBeginning = false;
  notify(describeState(answer), "begin");
  if (answer?.ok) follower.choose(answer.run);
}

function open() {
  const run = new URLSearchParams(location.hash.split("?")[1] ?? "").get("run");
  if (run) follower.choose(run);
  emit("subject-wanted");
  follower.wake();
}

export async function mount(part) {
  await openPart(part, { texts: ["train", "experiments"], styles: ["train/main", "train/experiments"] });
  const root = $("#train .train");
  root.innerHTML = PANEL;
  fillTexts(root);
  follower = createFollower({
    onAnswer: show,
    onState: (state, answer) => notify(stateOf(answer) === "ok" ? "" : describeState(answer), "follow"),
  });
  cards = createCards();
  charts = createCharts();
  steering = createSteering({ onRun: follower.choose, notify, refresh: follower.start });
  change = createChange((valid) => {
    isValid = valid;
    enableStart();
  });
  replay = createReplay({
    getImage: () => follower.image,
    notify: (text) => notify(text, "replay"),
    onShow(answer) {
      replayed = answer;
      showAgain();
    },
  });
  models = createModels((text) => notify(text, "models"));
  runs = createRuns({
    onChoose: follower.choose,
    onBeside(record) {
      beside = record;
      showAgain();
    },
    notify: (text) => notify(text, "runs"),
    refresh: follower.start,
  });
  experiments = createExperiments({ onRun: follower.choose, refresh: follower.start });
  on("seen", replay.refresh);
  on("drawing", replay.refresh);
  $("#train-start").addEventListener("click", begin);
  on("tab", (name) => (name === "train" ? open() : follower.stop()));
  if (isShown(root)) open();
}
