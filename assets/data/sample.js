// One sample, large: its label, what any stored model makes of it, its relatives.

import { createBars } from "../shared/bars.js";
import { emit } from "../shared/bus.js";
import { $, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { showRelatives } from "../shared/relatives.js";
import { GIVE_UP, later, RETRY, server } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { nameSplit, sets } from "./sets.js";
import { FILTERS } from "./view.js";

export function createSample(view, ask) {
  const dialog = $("#sample");
  const showBars = createBars($("#sample-bars"));
  let sample = null; // the answer that is shown
  let target = null; // the place that was asked for last: { position } among the chosen samples, or { index }
  let isAsking = false;
  let answerer = ""; // the model that was chosen here; otherwise the tab's
  let number = 0; // of the question for relatives

  // One question in flight, the newest next: holding an arrow key leafs through the album.
  function open(place) {
    target = place;
    pump();
  }

  async function pump() {
    if (isAsking || !target) return;
    const place = target;
    isAsking = true;
    const question = view.question({ ...place, answerer: answerer || view.now.model || "" });
    const answer = await ask("open_sample", question);
    isAsking = false;
    if (!target) return; // closed meanwhile
    if (target === place) target = null;
    if (answer) show(answer, question.split);
    pump();
  }

  function show(answer, split) {
    sample = { ...answer, split };
    if (!dialog.open) dialog.showModal();
    const { index, label, image, probabilities, verdict, position, total, isSeen } = sample;
    $("#answerer").value = sample.answerer;
    paintPixels($("#sample-image"), decodeBytes(image));
    $("#sample-label").textContent = label ?? t("no_label");
    $("#sample-label").style.setProperty("--digit-color", label === null ? "" : digitColor(label));
    $("#sample-where").textContent = t("sample_where", {
      split: nameSplit(split || sets.training), index, seen: t(isSeen ? "seen_long" : "new_long"),
    });
    $("#sample-position").textContent = position === null ? "" : t("sample_position", {
      number: (position + 1).toLocaleString(), total: total.toLocaleString(),
    });
    showBars(probabilities);
    $("#sample-bars").classList.toggle("refused", verdict.kind === "refused");
    $("#sample-verdict").textContent = verdict.kind === "sure"
      ? `${verdict.labels[0]}${t("verdict_sure", { percent: percent(probabilities[verdict.labels[0]], t("over_99")) })}`
      : t(`verdict_${verdict.kind}`, { first: verdict.labels[0], second: verdict.labels[1] });
    $("#sample-facts").textContent = t("sample_facts", { ink: (sample.ink * 100).toFixed(1), slant: Math.round(sample.slant) });
    showDuplicates();
    dialog.dataset.index = index;
    $("#sample-relatives").replaceChildren(); // an earlier sample's lead elsewhere
    number += 1;
    if (target) return;
    if (view.now.open !== index) view.set({ open: index });
    showRelated();
  }

  function showDuplicates() {
    const twins = $("#sample-duplicates");
    twins.replaceChildren(...sample.duplicates.map((index) => {
      const button = make("button", { type: "button", textContent: index });
      button.addEventListener("click", () => open({ index }));
      return button;
    }));
    if (sample.duplicates.length) twins.prepend(t("sample_duplicates"));
  }

  async function showRelated() {
    const asked = ++number;
    const [space, model] = [view.now.space ?? "embedding", view.now.model ?? ""];
    $("#sample-space").value = space;
    const answer = await server.find_relatives({ image: sample.image, model, space });
    if (asked !== number) return;
    const isPending = answer?.pending !== undefined && !answer.error;
    const none = $("#sample-none");
    none.hidden = !answer?.ok || answer.hasNear;
    if (answer?.ok) {
      showRelatives($("#sample-relatives"), answer, { ...(model && { model }), ...(space !== "embedding" && { space }) });
      none.textContent = t("relatives_none", {
        limit: answer.limit.toFixed(1), distance: answer.relatives[0]?.distance.toFixed(1),
      });
    } else {
      const text = isPending ? t("computing", { share: Math.round(answer.pending * 100) }) : answer?.error || t("server_away");
      $("#sample-relatives").replaceChildren(make("p", { textContent: text }));
    }
    if (isPending) later(RETRY).then(() => asked === number && dialog.open && showRelated());
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

  async function copyPicture() {
    const canvas = make("canvas", { width: 280, height: 280 });
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage($("#sample-image"), 0, 0, 280, 280);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      $("#sample-said").textContent = t("copied");
    } catch {
      // Without the clipboard, as on a page that is not served with https, it becomes a file.
      const url = URL.createObjectURL(blob);
      make("a", { href: url, download: `${sample.split || sets.training}-${sample.index}.png` }).click();
      setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
      $("#sample-said").textContent = t("downloaded");
    }
  }

  $("#sample-previous").addEventListener("click", () => step(-1));
  $("#sample-next").addEventListener("click", () => step(1));
  $("#sample-close").addEventListener("click", close);
  $("#sample-copy").addEventListener("click", copyPicture);
  for (const [button, hash] of [["#sample-put", "#draw"], ["#sample-inside", "#inside"]]) {
    $(button).addEventListener("click", () => {
      emit("put", sample.image);
      close();
      location.hash = hash;
    });
  }
  // A way to a part of the map that needs no pointer.
  $("#sample-around").addEventListener("click", async () => {
    const { map } = view.now;
    const { split, model } = view.question();
    const answer = await ask("place_drawing", { image: sample.image, split: split === "own" ? "" : split, model, map: map ?? "" });
    if (!answer) return $("#sample-said").replaceChildren($("#data-notice").textContent);
    const box = answer.around.map((value) => Number(value.toPrecision(4)));
    // All that lies about it, whatever else was asked for.
    const others = Object.fromEntries(FILTERS.map((name) => [name, undefined]));
    view.set({ ...others, ...(split === "own" && { split: undefined }), show: "map", box, open: undefined });
  });
  $("#answerer").addEventListener("change", ({ target }) => {
    answerer = target.value;
    open({ index: sample.index });
  });
  $("#sample-space").addEventListener("change", ({ target }) => {
    view.set({ space: target.value === "embedding" ? undefined : target.value, open: sample.index });
    showRelated();
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.closest("select, input")) return;
    event.preventDefault();
    step(by);
  });
  // A click beside it closes it, as of any picture in an album.
  dialog.addEventListener("click", (event) => {
    const box = dialog.getBoundingClientRect();
    const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (event.target === dialog && !isInside) close();
  });
  dialog.addEventListener("close", () => {
    number += 1;
    $("#sample-said").textContent = "";
    if (view.now.open !== undefined) view.set({ open: undefined });
    $(`#grid [data-index="${sample.index}"]`)?.focus();
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
