// What stands on a device beside or instead of the pad, by the name of the view. Each takes what the server has said,
// the task, and what the pupil may do, and gives nodes.

import { createBars } from "../shared/bars.js";
import { digitColor, make } from "../shared/dom.js";
import { decodeBytes, paintMap } from "../shared/pixels.js";
import { hasText, t } from "../shared/texts.js";
import { column, makeButton, makeRow, title, words } from "./device_nodes.js";
import { makeTile } from "./tile.js";

const NUM_QUESTIONS = 3;
const MAP_SIDE = 280;

// A text in which digits stand large and in their colours.
export function writeDigits(text) {
  return text.split(/(\b\d\b)/).filter(Boolean).map((part) => {
    if (!/^\d$/.test(part)) return part;
    const node = make("b", { textContent: part });
    node.style.setProperty("--digit-color", digitColor(part));
    return node;
  });
}

// Buttons of which one is chosen; `choices` are their texts.
function makeChoices(label, choices, chosen, onChoose, className = "device-choices") {
  const buttons = choices.map((text, index) => (
    makeButton(text, () => onChoose(index), { key: `choice-${index}`, isChosen: chosen === index })));
  const group = make("div", { className }, ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  return group;
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => `${digit}`);

function makeDigits(label, chosen, onChoose) {
  const group = makeChoices(label, DIGITS, chosen, onChoose, "device-digits");
  [...group.children].forEach((button, digit) => button.style.setProperty("--digit-color", digitColor(digit)));
  return group;
}

function listChoices(name) {
  const keys = Array.from({ length: 6 }, (_, index) => `${name}_${index}`);
  return keys.filter(hasText).map((key) => t(key));
}

function makeBars(probabilities) {
  const root = make("div", { className: "bars" });
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", t("bars_label"));
  createBars(root)(probabilities);
  return root;
}

// Ten upright bars, so small that many fit beside each other.
function makeSmallBars(reading) {
  const root = make("div", { className: "device-small-bars" });
  root.setAttribute("role", "img");
  root.setAttribute("aria-label", t("device_read_as", { digit: nameRead(reading) }));
  reading.probabilities.forEach((probability, digit) => {
    const bar = make("i");
    bar.style.setProperty("--probability", probability);
    bar.style.setProperty("--digit-color", digitColor(digit));
    root.append(bar);
  });
  return root;
}

const nameRead = (reading) => (reading?.is_digit ? reading.digit : "?");

// The pupil's own drawings of this round, each with the network's answer.
function makeOwn(news, hasBars) {
  const list = make("ul", { className: hasBars ? "device-series" : "device-own" });
  for (const drawing of news.drawings) {
    const { label, reading } = drawing;
    const item = make("li", {}, makeTile(drawing, t("device_drawing", { label: label ?? "" })));
    if (hasBars && reading) item.append(makeSmallBars(reading));
    if (reading) item.append(words(t("device_read_as", { digit: nameRead(reading) }), "muted"));
    list.append(item);
  }
  return list;
}

function tellCommitted(chosen, isWaiting) {
  if (chosen === null) return words(t("device_guess_hint"), "muted device-state");
  return words(t(isWaiting ? "device_guess_waiting" : "device_guess_kept"), "device-state");
}

function showGuess({ news, act, isGuessWaiting }) {
  const { activity: { name, settings }, guess } = news;
  const state = tellCommitted(guess, isGuessWaiting);
  if (name === "guess_first") {
    const label = t("device_guess_first");
    return [
      column("device-split", makeTile(settings.shown, t("device_shown")), column("device-side",
        title(label), makeDigits(label, guess, act.guess), state)),
    ];
  }
  const label = t(`device_guess_${name}`, { digit: settings.digit });
  const choices = listChoices(name === "teach_it" ? "teach_choice" : "learn_choice");
  return [title(label), makeChoices(label, choices, guess, act.guess), state];
}

// Calm: what it is, what was answered, and the bars. No marks.
function showBars({ news }) {
  const { activity: { settings: { shown, bars } }, guess } = news;
  return [column("device-split",
    makeTile(shown, t("device_shown")),
    column("device-side",
      make("h1", { className: "device-title", tabIndex: -1 }, ...writeDigits(t("device_truth", { digit: bars.label }))),
      make("p", { className: "device-words" }, ...writeDigits(t("device_network", { digit: bars.digit })), " ",
        ...writeDigits(guess === null ? t("device_guess_none") : t("device_guessed", { digit: guess }))),
      makeBars(bars.probabilities)))];
}

function showWhy({ news }) {
  const { shown, why } = news.activity.settings;
  const canvas = make("canvas", { className: "drawn", width: MAP_SIDE, height: MAP_SIDE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", t("device_why_map", { digit: why.for }));
  paintMap(canvas, decodeBytes(shown.image), new Int8Array(decodeBytes(why.map).buffer));
  const lines = ["for", "against"].map((side) => make("p", { className: `device-words device-${side}` },
    make("i"), make("span", {}, ...writeDigits(t(`device_why_${side}`, { digit: why[side] })))));
  return [column("device-split", canvas, column("device-side", title(t("device_why")), ...lines))];
}

function showToVote({ to_vote: drawings }, heading, makeAnswers, more) {
  const done = drawings.filter(({ vote }) => vote !== null).length;
  const drawing = drawings.find(({ vote }) => vote === null);
  if (!drawing) return [title(t("device_thanks")), words(t("device_look"))];
  return [column("device-split", makeTile(drawing, t("device_others")), column("device-side",
    title(heading), makeAnswers(drawing),
    words(t("device_progress", { number: done + 1, total: drawings.length }), "muted"), more))];
}

function showRead({ news, act }) {
  const heading = t("device_missed");
  const makeAnswers = ({ id }) => makeDigits(heading, null, (digit) => act.vote(id, digit));
  return showToVote(news, heading, makeAnswers, makeButton(t("device_more"), act.drawMore));
}

function showJudge({ news, act }) {
  const heading = t("device_judge", { digit: news.activity.settings.digit });
  const choices = [t("device_yes"), t("device_no")];
  return showToVote(news, heading, ({ id }) => (
    makeChoices(heading, choices, null, (index) => act.vote(id, 1 - index), "device-choices device-two")));
}

function showThanks({ news, act }) {
  const isSeries = news.activity.name === "did_it_learn";
  return [
    title(t("device_thanks")),
    words(t(isSeries ? "device_thanks_series" : "device_thanks_more")),
    makeOwn(news, isSeries),
    makeRow(
      makeButton(t("device_more"), act.drawMore, { className: "primary" }),
      makeButton(t("device_pass"), act.pass)),
  ];
}

function showTraining({ news }) {
  const nodes = [title(t("device_training")), words(t("device_look"))];
  const { teach } = news.activity.told;
  if (teach) nodes.push(...(teach.networks ?? []).map(makeProgress));
  return [...nodes, tellHalf(news)].filter(Boolean);
}

function makeProgress({ key, share, state }) {
  const meter = make("progress", { max: 1, value: state === "done" ? 1 : share ?? 0 });
  meter.setAttribute("aria-label", t(`net_${key}`));
  return column("device-progress", words(t(`net_${key}`)), meter);
}

function tellHalf({ half }) {
  return half === null ? null : words(t(half ? "device_half_tests" : "device_half_teaches"));
}

const CHOICES = ["class", "mnist", "both"]; // in the order of the answers

function showTaught({ news }) {
  const networks = (news.activity.told.teach?.networks ?? []).filter((network) => network.class);
  const rows = networks.map(({ key, class: own, mnist }) => column("device-network",
    make("h2", { textContent: t(`net_${key}`) }),
    words(t("device_taught_class", own)),
    mnist ? words(t("device_taught_mnist", mnist), "muted") : null,
    CHOICES[news.guess] === key ? words(t("device_taught_yours"), "device-yours") : null));
  const list = rows.length ? column("device-networks", ...rows) : null;
  return [title(t("device_taught")), tellHalf(news), list, words(t("device_look"))].filter(Boolean);
}

// One question after another; what was answered can be changed until they are closed.
function showQuestions({ news, act, question }) {
  if (question >= NUM_QUESTIONS) {
    return [title(t("device_thanks")), words(t("device_answered")), makeButton(t("device_again"), () => act.ask(0))];
  }
  const text = t(`question_${question + 1}`);
  const answer = news.answers[question];
  const texts = listChoices(`question_${question + 1}_choice`);
  const choices = makeChoices(text, texts, answer, (index) => act.answer(question, index));
  const back = makeButton(t("device_back"), () => act.ask(question - 1), { key: "back" });
  const next = makeButton(t("device_next"), () => act.ask(question + 1), { key: "next", className: "primary" });
  back.disabled = question === 0;
  next.disabled = answer === null;
  return [
    words(t("device_progress", { number: question + 1, total: NUM_QUESTIONS }), "muted"),
    title(text), choices, makeRow( back, next),
  ];
}

const say = (...keys) => () => [title(t(keys[0])), ...keys.slice(1).map((key) => words(t(key)))];
const showOwn = (key, hasBars) => ({ news }) => [title(t(key)), words(t("device_look")), makeOwn(news, hasBars)];

// Beside the pad.
function showDraw({ news, act, isMore }) {
  const { name } = news.activity;
  if (name === "fool_it") return [words(t("device_fool"))];
  const enough = isMore ? [makeButton(t("device_enough"), act.stopMore)] : [];
  return name === "did_it_learn" && news.drawings.length ? [makeOwn(news, true), ...enough] : enough;
}

const VIEWS = {
  draw: showDraw,
  thanks: showThanks,
  read: showRead,
  guess: showGuess,
  bars: showBars,
  why: showWhy,
  training: showTraining,
  judge: showJudge,
  paper: say("device_paper", "device_paper_words"),
  questions: showQuestions,
  closed: say("device_closed", "device_look"),
  results_our_handwriting: showOwn("device_own", false),
  results_teach_it: showTaught,
  results_did_it_learn: ({ news }) => [title(t("device_series")), words(t("device_series_words")), makeOwn(news, true)],
  results_fool_it: showOwn("device_own", false),
  results_on_paper: say("device_paper_done", "device_look"),
};

// The teacher has not chosen a drawing yet.
const hasNoDrawing = ({ name, settings }) => name === "guess_first" && !settings.shown.image;

export const buildView = (name, view) => (
  hasNoDrawing(view.news.activity) ? [title(t("device_look"))] : VIEWS[name](view));
