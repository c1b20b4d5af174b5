// One sample, large: its label, what any stored model makes of it, its relatives.

import { createBars } from "../shared/bars.js";
import { emit } from "../shared/bus.js";
import { closeBeside, openDialog } from "../shared/dialog.js";
import { $, digitColor, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { percent, tenthPercent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { GIVE_UP } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { createSampleRelatives } from "./sample_relatives.js";
import { nameSplit, sets } from "./sets.js";
import { ask, showState } from "./status.js";
import { FILTERS } from "./view.js";

export function createSample(view) {
  const dialog = $("#sample");
  const showBars = createBars($("#sample-bars"));
  const relatives = createSampleRelatives(() => view.now);
  // Holding an arrow key leafs through the album.
  const live = createLive({
    name: "open_sample", nextQuestion, onAnswer,
    // What was closed meanwhile is spoken of no more.
    onState: (state, answer) => (target ? state !== "slow" : state === "ok") && showState("open_sample", answer),
  });
  let sample = null; // the answer that is shown
  let target = null; // the place that was asked for last: { position } among the chosen samples, or { index }
  let asked = null; // the one that is being asked for
  let answerer = ""; // the model that was chosen here; otherwise the tab's

  function open(place) {
    target = place;
    live.request();
  }

  function nextQuestion() {
    asked = target;
    return target && view.question({ ...target, answerer: answerer || view.now.model || "" });
  }

  function onAnswer(answer, question) {
    if (!target) return; // closed meanwhile
    if (target === asked) target = null;
    if (answer.ok) show(answer, question.split);
  }

  function show(answer, split) {
    sample = { ...answer, split };
    openDialog(dialog);
    const { index, image } = sample;
    fillDialog(sample, showBars);
    showDuplicates(sample.duplicates, open);
    relatives.clear();
    if (target) return;
    if (view.now.open !== index) view.set({ open: index });
    relatives.show(image);
  }

  // From where the visitor wants to be, which may be ahead of what is shown.
  function step(by) {
    if (!sample) return;
    const { position, total, index, size } = { ...sample, ...target };
    open(position === null || position === undefined
      ? { index: (index + by + size) % size }
      : { position: (position + by + total) % total });
  }

  function close() {
    target = null;
    if (dialog.open) dialog.close();
  }

  // A way to a part of the map that needs no pointer.
  async function showAround() {
    const shown = sample;
    const { split, model } = view.question();
    const question = { image: sample.image, split: split === "own" ? "" : split, model, map: view.now.map ?? "" };
    const answer = await ask("place_drawing", question, () => dialog.open && sample === shown, (state) => {
      $("#sample-said").textContent = state === "ok" ? "" : $("#data-notice").textContent;
    });
    if (!answer) return;
    const box = answer.around.map((value) => Number(value.toPrecision(4)));
    // All that lies about it, whatever else was asked for.
    const others = Object.fromEntries(FILTERS.map((name) => [name, undefined]));
    view.set({ ...others, ...(split === "own" && { split: undefined }), show: "map", box, open: undefined });
  }

  function putOnPad(hash) {
    emit("put", sample.image);
    close();
    location.hash = hash;
  }

  listen({
    step, close, showAround, putOnPad,
    copy: () => copyPicture(`${sample.split || sets.training}-${sample.index}.png`),
    chooseAnswerer(name) {
      answerer = name;
      open({ index: sample.index });
    },
    chooseSpace(space) {
      view.set({ space: space === "embedding" ? undefined : space, open: sample.index });
      relatives.show(sample.image);
    },
    onClose() {
      relatives.clear();
      $("#sample-said").textContent = "";
      if (view.now.open !== undefined) view.set({ open: undefined });
      $(`#grid [data-index="${sample.index}"]`)?.focus();
    },
  });

  return {
    open,
    close,
    // The tab's model answers again.
    followView() { answerer = ""; },
    isShowing: (split, index) => dialog.open && sample.split === split && sample.index === index,
    get isOpen() { return dialog.open; },
  };
}

function fillDialog(sample, showBars) {
  const { index, label, position } = sample;
  $("#sample").dataset.index = index;
  $("#answerer").value = sample.answerer;
  paintPixels($("#sample-image"), decodeBytes(sample.image));
  $("#sample-label").textContent = label ?? t("no_label");
  $("#sample-label").style.setProperty("--digit-color", label === null ? "" : digitColor(label));
  $("#sample-where").textContent = t("sample_where", {
    split: nameSplit(sample.split || sets.training), index, seen: t(sample.isSeen ? "seen_long" : "new_long"),
  });
  $("#sample-position").textContent = position === null ? "" : t("sample_position", {
    number: (position + 1).toLocaleString(), total: sample.total.toLocaleString(),
  });
  showBars(sample.probabilities);
  $("#sample-bars").classList.toggle("refused", sample.verdict.kind === "refused");
  $("#sample-verdict").textContent = describeVerdict(sample);
  $("#sample-facts").textContent = t("sample_facts", {
    ink: tenthPercent(sample.ink), slant: Math.round(sample.slant),
  });
}

function describeVerdict({ verdict: { kind, labels }, probabilities }) {
  if (kind !== "sure") return t(`verdict_${kind}`, { first: labels[0], second: labels[1] });
  return `${labels[0]}${t("verdict_sure", { percent: percent(probabilities[labels[0]], t("over_99")) })}`;
}

function showDuplicates(duplicates, open) {
  $("#sample-duplicates").replaceChildren(...duplicates.map((index) => {
    const button = make("button", { type: "button", textContent: index });
    button.addEventListener("click", () => open({ index }));
    return button;
  }));
  if (duplicates.length) $("#sample-duplicates").prepend(t("sample_duplicates"));
}

// Ten times as large, to the clipboard; without one, as on a page that is not served with https, it becomes a file.
async function copyPicture(fileName) {
  const canvas = make("canvas", { width: 280, height: 280 });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage($("#sample-image"), 0, 0, 280, 280);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    $("#sample-said").textContent = t("copied");
  } catch {
    const url = URL.createObjectURL(blob);
    make("a", { href: url, download: fileName }).click();
    setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
    $("#sample-said").textContent = t("downloaded");
  }
}

function listen({ step, close, showAround, putOnPad, copy, chooseAnswerer, chooseSpace, onClose }) {
  const dialog = $("#sample");
  $("#sample-previous").addEventListener("click", () => step(-1));
  $("#sample-next").addEventListener("click", () => step(1));
  $("#sample-close").addEventListener("click", close);
  $("#sample-copy").addEventListener("click", copy);
  $("#sample-put").addEventListener("click", () => putOnPad("#draw"));
  $("#sample-inside").addEventListener("click", () => putOnPad("#inside"));
  $("#sample-around").addEventListener("click", showAround);
  $("#answerer").addEventListener("change", ({ target }) => chooseAnswerer(target.value));
  $("#sample-space").addEventListener("change", ({ target }) => chooseSpace(target.value));
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.closest("select, input")) return;
    event.preventDefault();
    step(by);
  });
  closeBeside(dialog, close);
  dialog.addEventListener("close", onClose);
}
