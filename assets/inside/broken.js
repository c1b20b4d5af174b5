// A private copy of the network: its parts switched off, noise on its weights.

import { createBars } from "../shared/bars.js";
import { $ } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { createLive } from "../shared/live.js";
import { tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { createBrokenLayers } from "./broken_layers.js";
import { ask, isOpen, notify, showState, teach } from "./shell.js";

export function createBroken() {
  const showBars = createBars($("#break-bars"));
  const showDigits = createBars($("#break-digits"), (share) => `${Math.round(share * 100)}`);
  const layers = createBrokenLayers(measure);
  const live = createLive({
    name: "break_network", nextQuestion, onAnswer,
    onState: (state, answer) => (state === "pending" ? notify(t("break_busy")) : showState(state, answer)),
  });
  let seed = 0;
  let model = null; // whose layers are shown; null until there are any
  let subject = null;

  async function show(next, isCurrent) {
    subject = next;
    const { image } = subject;
    const [opened, breakable] = await Promise.all([
      ask("open_layers", { image, model: subject.model }, isCurrent),
      ask("list_breakable", { model: subject.model }, isCurrent),
    ]);
    if (!opened || !breakable) return;
    if (model !== subject.model) reset();
    model = subject.model;
    $("#break-noise").max = breakable.mostNoise;
    layers.open(opened);
    layers.show();
    await measure();
  }

  function reset() {
    seed = 0;
    $("#break-noise").value = 0;
    layers.reset();
  }

  function measure() {
    $("#break-noise-value").textContent = t("break_noise", { noise: Math.round($("#break-noise").value * 100) });
    return live.request();
  }

  function nextQuestion() {
    if (!model || !isOpen("break")) return null;
    return { image: subject.image, model, off: layers.off, noise: Number($("#break-noise").value), seed };
  }

  function onAnswer(answer, question) {
    if (answer.ok && question.model === model) showResult(answer, question);
  }

  function showResult({ answer, accuracy, interval, byDigit, intact, num, split }, question) {
    const name = ({ kind, labels }) => (kind === "refused" ? t("break_refused") : labels[0]);
    const [before, after] = [subject.answer.verdict, answer.verdict].map(name);
    const shares = { accuracy: tenthPercent(accuracy), intact: tenthPercent(intact) };
    $("#break-answer").textContent = t("break_answer", { before, after });
    showBars(answer.probabilities);
    $("#break-bars").classList.toggle("refused", answer.verdict.kind === "refused");
    $("#break-accuracy").textContent = t("break_accuracy", shares);
    $("#break-note").textContent = t(leveled("break_note"), {
      num: num.toLocaleString(), split: t(`split_${split}`),
      low: tenthPercent(interval[0]), high: tenthPercent(interval[1]),
    });
    showDigits(byDigit);
    teach("break", {
      ...shares, before, after, num: num.toLocaleString(), noise: Math.round(question.noise * 100),
      off: Object.values(question.off).reduce((sum, channels) => sum + channels.length, 0), total: layers.numChannels,
    });
  }

  $("#break-noise").addEventListener("input", measure);
  $("#break-again").addEventListener("click", () => {
    seed += 1;
    measure();
  });
  $("#break-reset").addEventListener("click", () => {
    reset();
    layers.show();
    measure();
  });
  return { show };
}
