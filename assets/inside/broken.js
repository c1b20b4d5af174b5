// A private copy of the network: its parts switched off, noise on its weights.

import { createBars } from "../shared/bars.js";
import { $, isShown, make } from "../shared/dom.js";
import { GIVE_UP, later, RETRY, server } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { ask, currentView, notify, teach, tellProblem } from "./shell.js";
import { cornerOf, mapShape, markTile, paintTiles, tileAt } from "./tiles.js";

export function createBroken() {
  const showBars = createBars($("#break-bars"));
  const showDigits = createBars($("#break-digits"), (share) => `${Math.round(share * 100)}`);
  let off = {}; // lists of channels by the name of their layer
  let seed = 0;
  let model = null;
  let opened = null; // the network's layers, with their maps of this drawing
  let subject = null;
  let isAsking = false;
  let isWanted = false;

  async function show(next, isCurrent) {
    subject = next;
    const { image } = subject;
    const [layers, breakable] = await Promise.all([
      ask("open_layers", { image, model: subject.model }, isCurrent), ask("list_breakable", { model: subject.model }, isCurrent),
    ]);
    if (!layers || !breakable) return;
    if (model !== subject.model) reset();
    model = subject.model;
    $("#break-noise").max = breakable.mostNoise;
    opened = { ...layers, parts: layers.parts.slice(0, -1) };
    showLayers();
    await measure();
  }

  function reset() {
    off = {};
    seed = 0;
    $("#break-noise").value = 0;
  }

  function showLayers() {
    $("#break-layers").replaceChildren(...opened.parts.map((part) => {
      const card = make("article", { className: "layer" });
      const maps = make("canvas", { className: "maps", tabIndex: 0, role: "application" });
      const whole = make("button", { type: "button", textContent: t("break_layer") });
      const some = make("button", { type: "button", textContent: t("break_some") });
      const state = make("span", { className: "muted" });
      card.append(make("div", { className: "row" }, make("h3", { textContent: part.name }), state, whole, some), maps);
      const entry = { part, maps, whole, state, cursor: 0 };
      const size = part.shape.at(-1);
      whole.addEventListener("click", () => change(entry, isWhole(part) ? [] : Array.from({ length: size }, (_, channel) => channel)));
      some.addEventListener("click", () => change(entry, chooseSome(size)));
      maps.addEventListener("click", (event) => toggle(entry, tileAt(event, maps, part)?.channel));
      maps.addEventListener("keydown", (event) => pressKey(event, entry));
      maps.setAttribute("aria-label", t("break_maps", { name: part.name, channels: size }));
      paintLayer(entry);
      return card;
    }));
  }

  const isWhole = (part) => off[part.name]?.length === part.shape.at(-1);

  function chooseSome(size) {
    const channels = Array.from({ length: size }, (_, channel) => channel);
    for (let last = size - 1; last > 0; last -= 1) {
      const other = Math.floor(Math.random() * (last + 1));
      [channels[last], channels[other]] = [channels[other], channels[last]];
    }
    return channels.slice(0, Math.max(1, Math.round(size / 4)));
  }

  async function paintLayer({ part, maps, whole, state }) {
    await paintTiles(maps, part.picture, opened.columns, part);
    const [height, width, channels] = mapShape(part);
    const context = maps.getContext("2d");
    const out = off[part.name] ?? [];
    context.fillStyle = "#ff5436d9";
    for (const channel of out) context.fillRect(...cornerOf(maps, part, channel), width, height);
    whole.setAttribute("aria-pressed", isWhole(part));
    state.textContent = t("break_state", { off: out.length, channels });
  }

  function toggle(entry, channel) {
    if (channel === undefined) return;
    const out = off[entry.part.name] ?? [];
    change(entry, out.includes(channel) ? out.filter((other) => other !== channel) : [...out, channel]);
  }

  function pressKey(event, entry) {
    const columns = Number(entry.maps.dataset.columns);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!by && ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    entry.cursor = Math.min(entry.part.shape.at(-1) - 1, Math.max(0, entry.cursor + (by ?? 0)));
    if (!by) toggle(entry, entry.cursor);
    entry.maps.parentElement.querySelectorAll(".mark").forEach((mark) => mark.remove());
    markTile(entry.maps, entry.part, entry.cursor);
  }

  function change(entry, channels) {
    off = { ...off, [entry.part.name]: channels };
    if (!channels.length) delete off[entry.part.name];
    paintLayer(entry);
    measure();
  }

  // One question in flight, the newest next.
  async function measure() {
    isWanted = true;
    showNoise();
    if (isAsking || !opened) return;
    isAsking = true;
    while (isWanted && isShown($("#inside"))) {
      isWanted = false;
      const { image } = subject;
      const question = { image, model, off, noise: Number($("#break-noise").value), seed };
      const answer = await Promise.race([server.break_network(question), later(GIVE_UP)]);
      if (answer?.pending !== undefined && !answer.error) {
        notify(t("break_busy"));
        await later(RETRY);
        isWanted = true;
      } else if (answer?.ok && question.model === model) {
        notify("");
        showResult(answer, question);
      } else if (!answer?.ok && currentView() === "break") tellProblem(answer);
    }
    isAsking = false;
  }

  function showNoise() {
    $("#break-noise-value").textContent = t("break_noise", { noise: Math.round($("#break-noise").value * 100) });
  }

  function showResult({ answer, accuracy, interval, byDigit, intact, num, split }, question) {
    const before = subject.answer.verdict;
    const name = ({ kind, labels }) => (kind === "refused" ? t("break_refused") : labels[0]);
    $("#break-answer").textContent = t("break_answer", { before: name(before), after: name(answer.verdict) });
    showBars(answer.probabilities);
    $("#break-bars").classList.toggle("refused", answer.verdict.kind === "refused");
    $("#break-accuracy").textContent = t("break_accuracy", { accuracy: (accuracy * 100).toFixed(1), intact: (intact * 100).toFixed(1) });
    $("#break-note").textContent = t("break_note", {
      num: num.toLocaleString(), split: t(`split_${split}`), low: (interval[0] * 100).toFixed(1), high: (interval[1] * 100).toFixed(1),
    });
    showDigits(byDigit);
    const count = Object.values(question.off).reduce((sum, channels) => sum + channels.length, 0);
    teach("break", {
      off: count, total: opened.parts.reduce((sum, part) => sum + part.shape.at(-1), 0), noise: Math.round(question.noise * 100),
      accuracy: (accuracy * 100).toFixed(1), intact: (intact * 100).toFixed(1), num: num.toLocaleString(), before: name(before), after: name(answer.verdict),
    });
  }

  $("#break-noise").addEventListener("input", measure);
  $("#break-again").addEventListener("click", () => {
    seed += 1;
    measure();
  });
  $("#break-reset").addEventListener("click", () => {
    reset();
    if (opened) showLayers();
    measure();
  });
  return { show };
}
