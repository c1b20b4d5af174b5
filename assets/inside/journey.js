// From strokes to 28x28: five pictures, four switches, and what each of them costs.

import { createBars } from "../shared/bars.js";
import { $, $$, digitColor } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { describeEffect, showMeasured } from "./journey_measured.js";
import { ask, showCurrent, teach, view } from "./shell.js";

const STEPS = ["box", "pen", "mass", "smooth"];

export function createJourney() {
  const showBars = createBars($("#journey-bars"));

  function flip(name) {
    const left = without();
    const next = STEPS.filter((one) => left.includes(one) !== (one === name));
    view.set({ "journey-without": next.length ? next.join(".") : undefined });
    showSwitches();
    showCurrent();
  }

  function showAnswer({ model, answer, whole }) {
    const isRefused = answer.verdict.kind === "refused";
    const label = answer.verdict.labels[0];
    $("#journey-answerer").textContent = t("journey_answerer", { model });
    $("#journey-answer b").textContent = isRefused ? "" : label;
    $("#journey-answer b").style.setProperty("--digit-color", digitColor(label));
    $("#journey-answer span").textContent = describe("journey_percent", answer);
    $("#journey-whole").textContent = whole ? t("journey_whole", { answer: describe("journey_read", whole) }) : "";
    showBars(answer.probabilities);
    $("#journey-bars").classList.toggle("refused", isRefused);
  }

  // A picture or a sample came as pixels: only the last picture and the answer are there.
  function showPixels({ image, answer, model }) {
    paintPixels($("#journey-image"), decodeBytes(image));
    caption("smooth", "");
    showAnswer({ model, answer, whole: null });
    showMeasured([], []);
    teach("journey", {}); // without numbers, which only strokes have
  }

  async function show(subject, isCurrent) {
    const { strokes, model, width, isPlain } = subject;
    $("#journey-none").hidden = isPlain;
    $$("#journey-steps li").forEach((item) => { item.hidden = !isPlain && item.dataset.step !== "smooth"; });
    step("smooth", "h3").hidden = !isPlain;
    step("smooth", "button").hidden = !isPlain;
    showSwitches();
    if (!isPlain) return showPixels(subject);
    const answer = await ask("follow_ink", { strokes, brush: width / 100, without: without(), model }, isCurrent);
    if (!answer) return;
    const names = without().map((name) => step(name, "h3").textContent.toLowerCase());
    showPictures(answer);
    showCaptions(answer, width);
    showAnswer({ ...answer, whole: names.length ? answer.whole : null });
    showMeasured(answer.sets, names);
    teachJourney(answer, describeEffect(answer.sets, names));
  }

  STEPS.forEach((name) => step(name, "button").addEventListener("click", () => flip(name)));

  return { show };
}

const step = (name, selector = "") => $(`#journey-steps [data-step="${name}"] ${selector}`);
const caption = (name, text) => { step(name, "p").textContent = text; };
const pixels = (number) => number.toFixed(1);

// The steps that are left out, which the address holds: "box.mass".
const without = () => STEPS.filter((name) => (view.now["journey-without"] ?? "").split(".").includes(name));

// `key` is for what is taken for a digit.
const describe = (key, { probabilities, verdict: { kind, labels } }) => t(
  kind === "refused" ? "journey_refused" : key,
  { label: labels[0], percent: percent(probabilities[labels[0]], t("over_99")) },
);

function showSwitches() {
  const left = without();
  STEPS.forEach((name) => {
    const isOn = !left.includes(name);
    const button = step(name, "button");
    button.textContent = t(isOn ? "journey_on" : "journey_off");
    button.setAttribute("aria-pressed", isOn);
    button.setAttribute("aria-label", `${step(name, "h3").textContent}: ${button.textContent}`);
    step(name).classList.toggle("out", !isOn);
  });
}

function showPictures({ pictures, centres, image }) {
  Object.entries(pictures).forEach(([name, png]) => {
    step(name, "img").src = `data:image/png;base64,${png}`;
  });
  const left = without();
  $$(".journey-picture .box").forEach((frame) => { frame.hidden = left.includes("box"); });
  Object.entries(centres).forEach(([name, centre]) => {
    const dot = step(name, ".centre");
    dot.hidden = !centre;
    dot.style.setProperty("--down", centre?.[0]);
    dot.style.setProperty("--across", centre?.[1]);
  });
  paintPixels($("#journey-image"), decodeBytes(image));
  $("#journey-steps").dataset.without = left.join("."); // what is shown, not what is asked for
}

function showCaptions(answer, width) {
  const isOut = Object.fromEntries(STEPS.map((name) => [name, without().includes(name)]));
  const { pen, mass } = answer.centres;
  const share = answer.size + width / 100;
  const [down, across] = isOut.mass ? [14.5, 14.5] : pen ?? [];
  const grey = decodeBytes(answer.image).filter((value) => value > 0 && value < 255).length;
  caption("ink", t("journey_ink_text", { size: Math.round(answer.size * 100), pen: pixels(answer.brushOnPad) }));
  caption("box", isOut.box ? t("journey_box_off") : t("journey_box_text", {
    times: (20 / (28 * share)).toFixed(2), pen: pixels(answer.brushInBox),
  }));
  caption("pen", t(isOut.pen ? "journey_pen_off" : "journey_pen_text", { pen: pixels(answer.penWidth) }));
  caption("mass", !mass ? t("journey_mass_none") : t(isOut.mass ? "journey_mass_off" : "journey_mass_text", {
    across: pixels(Math.abs(mass[1] - across)), down: pixels(Math.abs(mass[0] - down)),
  }));
  caption("smooth", t(isOut.smooth ? "journey_smooth_off" : "journey_smooth_text", { grey }));
}

function teachJourney(answer, effect) {
  const [down, across] = answer.offCentre;
  const values = {
    size: Math.round(answer.size * 100), pen: pixels(answer.brushInBox), across: pixels(across), down: pixels(down),
  };
  teach("journey", {
    drawing_school: t("journey_size_school", values),
    drawing_university: t("journey_size_university", values),
    effect_school: effect.school,
    effect_university: effect.university,
  });
}
