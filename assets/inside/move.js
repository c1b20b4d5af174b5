// Move it: the image turned, scaled, moved, thickened, with noise, and what the network makes of every value of each.

import { createBars } from "../shared/bars.js";
import { drawCurves } from "../shared/curves.js";
import { $, digitColor, make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { ask, describeVerdict, teach } from "./shell.js";

// How far one step of a slider goes; the curves have fewer steps.
const MOVE_SLIDER_STEPS = { rotation: 1, scale: 1, shift_x: 0.1, shift_y: 0.1, thickness: 0.025, noise: 0.5 };

export function createMove() {
  const minus = (value) => String(value).replace("-", "\u2212");
  const showBars = createBars($("#move-bars"));
  const cards = new Map(); // by name of the sweep
  let question = null; // what is on the pad: { image, model }
  let isCurrent = () => false;
  const values = {};
  let sweeps = []; // of the last answer
  let isBusy = false;
  let isWanted = false;

  // One question in flight, the newest next.
  async function pump() {
    if (isBusy || !isWanted || !question) return;
    [isBusy, isWanted] = [true, false];
    const asked = { ...question, values: { ...values } };
    const stillCurrent = isCurrent;
    const answer = await ask("sweep_changes", asked, stillCurrent);
    isBusy = false;
    if (answer) showAnswer(answer, asked);
    else if (stillCurrent !== isCurrent) isWanted = true; // another drawing came meanwhile
    pump();
  }

  function request() {
    isWanted = true;
    return pump();
  }

  function showAnswer(answer, asked) {
    paintPixels($("#move-image"), decodeBytes(answer.image));
    $("#move-verdict").replaceChildren(...describeVerdict(answer.verdict, answer.probabilities));
    showBars(answer.probabilities);
    $("#move-bars").classList.toggle("refused", answer.verdict.kind === "refused");
    answer.sweeps.forEach((sweep) => {
      if (!cards.has(sweep.name)) cards.set(sweep.name, createCard(sweep));
      cards.get(sweep.name).show(sweep, answer, asked);
    });
    showReset();
    teachMove(answer);
  }

  function createCard({ name, low, high, neutral, unit }) {
    const format = (value) => `${minus(Number(value.toFixed(2)))}${unit === "°" ? "" : " "}${unit}`;
    const id = `move-${name}`;
    const output = make("output");
    const slider = make("input", { type: "range", id, min: low, max: high, step: MOVE_SLIDER_STEPS[name], value: neutral });
    const label = make("label", { htmlFor: id, textContent: t(`move_name_${name}`) });
    const chart = make("div");
    const range = make("p", { className: "muted" });
    const card = make("div", { className: "move-card" }, make("div", { className: "move-head" }, label, output), slider, chart, range);
    card.dataset.sweep = name;
    $("#move-cards").append(card);
    let drawn = null; // what the chart shows, as text
    let marker = null;

    function set(value) {
      values[name] = value;
      slider.value = value;
      slider.setAttribute("aria-valuetext", format(value));
      output.textContent = format(value);
      marker?.show(value);
    }

    slider.addEventListener("input", () => {
      set(Number(slider.value));
      request();
    });
    set(neutral);

    return {
      reset: () => set(neutral),
      // A curve depends on the other values alone. It stays while its own is dragged, also by a finger on it.
      show(sweep, answer, asked) {
        const others = JSON.stringify({ ...asked, values: { ...asked.values, [name]: 0 } });
        if (others !== drawn) {
          drawn = others;
          marker = drawCurves(chart, {
            x: sweep.steps,
            name: t(`move_name_${name}`),
            accepted: sweep.accepted,
            curves: Array.from({ length: 10 }, (_, digit) => ({
              label: digit, values: sweep.probabilities.map((row) => row[digit]), color: digitColor(digit),
            })),
            at: values[name],
            format,
            onPick(value) {
              set(value);
              request();
            },
          });
        }
        range.textContent = describeStay(sweep, answer.verdict, format);
      },
    };
  }

  function describeStay({ stays: [from, to], low, high }, { kind, labels }, format) {
    const found = { label: labels[0], low: format(from), high: format(to) };
    const isWhole = from === low && to === high;
    if (kind === "refused") return t(isWhole ? "move_never_digit" : "move_no_digit", found);
    return t(isWhole ? "move_always" : "move_stays", found);
  }

  function showReset() {
    $("#move-reset").disabled = sweeps.every(({ name, neutral }) => values[name] === neutral);
  }

  function teachMove({ sweeps: found, verdict }) {
    sweeps = found;
    showReset();
    const [rotation, scale, shift] = found;
    const said = verdict.kind === "refused" ? t("belief_no_digit") : verdict.labels[0];
    teach("move", {
      said,
      low: minus(rotation.stays[0]), high: minus(rotation.stays[1]), step: rotation.steps[1] - rotation.steps[0],
      smallest: scale.stays[0], largest: scale.stays[1], left: minus(shift.stays[0]), right: minus(shift.stays[1]),
      predictions: 1 + found.reduce((sum, { steps }) => sum + steps.length, 0),
    });
  }

  $("#move-reset").addEventListener("click", () => {
    cards.forEach((card) => card.reset());
    request();
  });

  return {
    async show(subject, isStillCurrent) {
      question = { image: subject.image, model: subject.model };
      isCurrent = isStillCurrent;
      await request();
    },
  };
}
