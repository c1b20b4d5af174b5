// Your own hand: the session's drawings teach a network, or tune one that reads already.

import { on } from "../shared/bus.js";
import { $, isShown, make } from "../shared/dom.js";
import { readOwn, recall, remember } from "../shared/memory.js";
import { call, describeState } from "../shared/server.js";
import { fillTexts, t } from "../shared/texts.js";
import { chooseSamples, countDigits, countHeldOut, findLack, isMeant, LEAST, listMissing } from "./own_choice.js";
import { findOutcome, showOutcome } from "./own_result.js";
import { createThumbnails } from "./own_thumbnails.js";
import { isFinished } from "./record.js";
import { tellTitle, tellWords } from "./words.js";

const TUNED = "lenet";
const FRESH = "fast";

const PANEL = `
  <p data-text="own_intro"></p>
  <div class="own-columns">
    <section class="card">
      <h3 data-text="own_drawings"></h3>
      <ol id="own-counts"></ol>
      <p id="own-words" role="status"></p>
      <p><a id="own-test" href="#draw" data-text="own_test"></a></p>
      <fieldset>
        <legend data-text="own_how"></legend>
        <label><input type="radio" name="own-how" value="tune" checked><span data-text="own_how_tune"></span></label>
        <label><input type="radio" name="own-how" value="fresh"><span data-text="own_how_fresh"></span></label>
      </fieldset>
      <label class="own-mix"><input type="checkbox" id="own-mix" checked><span data-text="own_mix"></span></label>
      <button type="button" id="own-start" class="primary" data-text="own_start" disabled></button>
      <p id="own-notice" role="status" hidden></p>
    </section>
    <section class="card">
      <h3><span data-text="own_result"></span> <span id="own-result-name" class="muted"></span></h3>
      <p id="own-run" data-state="idle"></p>
      <progress id="own-progress" max="1" value="0" data-label="train_progress" hidden></progress>
      <div id="own-result" hidden><p id="own-result-words" role="status"></p><div id="own-result-bars"></div></div>
    </section>
  </div>
  <h3 data-text="own_each"></h3>
  <p class="muted" data-text="own_each_hint"></p>
  <div id="own-thumbnails" role="group" data-label="own_each"></div>
`;

// onRun(id) shows the run that was begun.
export function createOwnHand(onRun) {
  const root = $("#train-own");
  root.append(make("div", { className: "train-own", innerHTML: PANEL }));
  fillTexts(root);
  const showThumbnails = createThumbnails($("#own-thumbnails"), showDrawings);
  let begun = recall("own-run") ?? ""; // the run that learns from them
  let told = ""; // the run whose outcome is shown
  let [isAllowed, isBeginning, isGoing] = [null, false, false]; // the first until the server has said so
  let wantsTest = false;

  function notify(text) {
    $("#own-notice").textContent = text;
    $("#own-notice").hidden = !text;
  }

  function showDrawings() {
    if (!root.open || !isShown(root)) return;
    const drawings = readOwn();
    const counts = countDigits(chooseSamples(drawings));
    showCounts(counts);
    const unknown = drawings.filter((drawing) => !isMeant(drawing)).length;
    $("#own-words").textContent = tellDrawings(counts, unknown);
    showThumbnails(drawings);
    enable(counts);
  }

  function enable(counts) {
    $("#own-start").disabled = !isAllowed || isBeginning || isGoing || Boolean(findLack(counts));
  }

  async function begin() {
    const samples = chooseSamples(readOwn());
    const tune = $('[name="own-how"]:checked').value === "tune";
    const own = { samples, tune, mix: $("#own-mix").checked };
    isBeginning = true;
    enable(countDigits(samples));
    const answer = await call("begin_training", { recipe: tune ? TUNED : FRESH, changes: {}, own });
    isBeginning = false;
    notify(answer?.ok ? "" : `${describeState(answer)} ${t("own_kept")}`);
    showDrawings();
    if (!answer?.ok) return;
    begun = answer.run;
    isGoing = true;
    remember("own-run", begun);
    onRun(begun);
  }

  // How the run stands that was begun here.
  function showRun(run, record, training) {
    const isKnown = record?.id === begun;
    const isOver = isFinished(run.state);
    const hasFailed = isOver && run.state !== "done" && run.state !== "stopped";
    $("#own-run").dataset.state = run.state;
    $("#own-run").textContent = hasFailed
      ? `${tellWords(run, record, training)} ${t("own_kept")}`
      : [isOver ? "" : tellTitle(run), tellWords(run, isKnown ? record : null, training)].filter(Boolean).join(". ");
    $("#own-progress").hidden = isOver;
    $("#own-progress").value = run.share ?? 0;
    if (!isOver) $("#own-result").hidden = true;
  }

  function showResult(runs, record) {
    const outcome = findOutcome(record);
    if (!outcome || record.id === told) return;
    told = record.id;
    showOutcome(runs.find(({ id }) => id === told)?.name ?? "", outcome);
    if (told === begun) root.open = true;
  }

  root.addEventListener("toggle", showDrawings);
  $("#own-start").addEventListener("click", begin);
  $("#own-test").addEventListener("click", () => { wantsTest = true; });
  on("drawing", showDrawings);
  on("tab", (name) => {
    if (name === "train") showDrawings();
    // The page has gone to the top of the other tab by then.
    if (name === "draw" && wantsTest) requestAnimationFrame(() => $("#hand-start")?.focus());
    wantsTest = false;
  });

  return {
    show({ runs, training }, record) {
      if (isAllowed !== training.allowed) notify(training.allowed ? "" : training.reason || t("train_not_allowed"));
      isAllowed = training.allowed;
      const run = runs.find(({ id }) => id === begun);
      isGoing = Boolean(run) && !isFinished(run.state);
      if (run) showRun(run, record, training);
      showResult(runs, record);
      if (root.open) enable(countDigits(chooseSamples(readOwn())));
    },
  };
}

function showCounts(counts) {
  $("#own-counts").replaceChildren(...counts.map((count, digit) => {
    const parts = [make("b", { textContent: digit }), make("span", { textContent: count })];
    const item = make("li", { className: count ? "" : "none" }, ...parts);
    item.setAttribute("aria-label", t("own_count", { digit, count }));
    item.style.setProperty("--digit-color", `var(--digit-${digit})`);
    return item;
  }));
}

function tellDrawings(counts, unknown) {
  const count = counts.reduce((sum, one) => sum + one, 0);
  const lack = findLack(counts);
  const missing = count ? listMissing(counts).join(", ") : "";
  return [
    lack ? t(lack, { count, least: LEAST }) : t("own_enough", { count, held: countHeldOut(counts) }),
    missing && t("own_missing", { digits: missing }),
    unknown && t("own_unknown", { count: unknown }),
  ].filter(Boolean).join(" ");
}
