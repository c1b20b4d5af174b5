// From strokes to 28x28: five pictures, four switches, and what each of them costs.

import { createBars } from "../shared/bars.js";
import { $, $$, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { ask, showCurrent, teach, view } from "./shell.js";

export function createJourney() {
  const STEPS = ["box", "pen", "mass", "smooth"];
  const SETS = { pen: "journey_set_pen", ink_numberpad: "journey_set_ink_numberpad" };
  const showBars = createBars($("#journey-bars"));
  const step = (name) => $(`#journey-steps [data-step="${name}"]`);
  const caption = (name, text) => { step(name).querySelector("p").textContent = text; };
  const points = (share) => (share * 100).toFixed(1);
  const pixels = (number) => number.toFixed(1);

  // The address holds what is left out: "box.mass".
  const without = () => STEPS.filter((name) => (view.now["journey-without"] ?? "").split(".").includes(name));

  function flip(name) {
    const left = without();
    const next = STEPS.filter((one) => left.includes(one) !== (one === name));
    view.set({ "journey-without": next.length ? next.join(".") : undefined });
    showSwitches();
    showCurrent();
  }

  function showSwitches() {
    const left = without();
    STEPS.forEach((name) => {
      const isOn = !left.includes(name);
      const button = step(name).querySelector("button");
      button.textContent = t(isOn ? "journey_on" : "journey_off");
      button.setAttribute("aria-pressed", isOn);
      button.setAttribute("aria-label", `${step(name).querySelector("h3").textContent}: ${button.textContent}`);
      step(name).classList.toggle("out", !isOn);
    });
  }

  function showPictures({ pictures, centres, image }) {
    Object.entries(pictures).forEach(([name, png]) => {
      step(name).querySelector("img").src = `data:image/png;base64,${png}`;
    });
    const left = without();
    $$(".journey-picture .box").forEach((frame) => { frame.hidden = left.includes("box"); });
    Object.entries(centres).forEach(([name, centre]) => {
      const dot = step(name).querySelector(".centre");
      dot.hidden = !centre;
      dot.style.setProperty("--down", centre?.[0]);
      dot.style.setProperty("--across", centre?.[1]);
    });
    paintPixels($("#journey-image"), decodeBytes(image));
    $("#journey-steps").dataset.without = left.join("."); // what is shown, not what is asked for
  }

  function showCaptions(answer, width) {
    const left = without();
    const { pen, mass } = answer.centres;
    const share = answer.size + width / 100;
    caption("ink", t("journey_ink_text", { size: Math.round(answer.size * 100), pen: pixels(answer.brushOnPad) }));
    caption("box", left.includes("box") ? t("journey_box_off") : t("journey_box_text", {
      times: (20 / (28 * share)).toFixed(2), pen: pixels(answer.brushInBox),
    }));
    caption("pen", t(left.includes("pen") ? "journey_pen_off" : "journey_pen_text", { pen: pixels(answer.penWidth) }));
    caption("mass", !mass ? t("journey_mass_none") : t(left.includes("mass") ? "journey_mass_off" : "journey_mass_text", {
      across: pixels(Math.abs(mass[1] - (left.includes("mass") ? 14.5 : pen[1]))),
      down: pixels(Math.abs(mass[0] - (left.includes("mass") ? 14.5 : pen[0]))),
    }));
    const grey = decodeBytes(answer.image).filter((value) => value > 0 && value < 255).length;
    caption("smooth", t(left.includes("smooth") ? "journey_smooth_off" : "journey_smooth_text", { grey }));
  }

  // `key` is for what is taken for a digit.
  const describe = (key, { probabilities, verdict: { kind, labels } }) => t(
    kind === "refused" ? "journey_refused" : key,
    { label: labels[0], percent: percent(probabilities[labels[0]], t("over_99")) },
  );

  function showAnswer({ model, answer, whole }) {
    const isRefused = answer.verdict.kind === "refused";
    const label = answer.verdict.labels[0];
    $("#journey-answerer").textContent = t("journey_answerer", { model });
    const digit = $("#journey-answer b");
    digit.textContent = isRefused ? "" : label;
    digit.style.setProperty("--digit-color", digitColor(label));
    $("#journey-answer span").textContent = describe("journey_percent", answer);
    $("#journey-whole").textContent = whole ? t("journey_whole", { answer: describe("journey_read", whole) }) : "";
    showBars(answer.probabilities);
    $("#journey-bars").classList.toggle("refused", isRefused);
  }

  function makeRow({ name, isAnswering, variant, whole }) {
    const isWhole = !without().length;
    const [low, high] = variant.interval;
    const title = make("b", { textContent: name });
    if (isAnswering) title.append(" ", make("small", { className: "answering", textContent: t("journey_answering") }));
    const scale = make("span", { className: "scale" }, make("i", { className: "hits" }), make("i", { className: "range" }));
    scale.querySelector(".hits").style.width = `${variant.accuracy * 100}%`;
    Object.assign(scale.querySelector(".range").style, { left: `${low * 100}%`, width: `${(high - low) * 100}%` });
    if (!isWhole) {
      scale.append(make("i", { className: "whole" }));
      scale.querySelector(".whole").style.left = `${whole.accuracy * 100}%`;
    }
    const figures = make("span", {}, make("b", { textContent: t("journey_accuracy", { accuracy: points(variant.accuracy) }) }), " ");
    figures.append(make("small", { textContent: t("journey_interval", { low: points(low), high: points(high) }) }));
    const row = make("div", { className: "journey-row" }, title, figures, scale);
    if (!isWhole) {
      const [from, to] = whole.interval;
      row.append(make("small", {
        textContent: t("journey_all_steps", { accuracy: points(whole.accuracy), low: points(from), high: points(to) }),
      }));
    }
    row.dataset.model = name;
    return row;
  }

  function showMeasured(sets) {
    $("#journey-measured").hidden = !sets.length;
    const left = without().map((name) => step(name).querySelector("h3").textContent.toLowerCase());
    $("#journey-variant").textContent = left.length
      ? t("journey_without", { steps: left.join(", ") }) : t("journey_with_all");
    $("#journey-sets").replaceChildren(...sets.map(({ name, num, size, models }) => {
      const values = { name, num: num.toLocaleString(), size: Math.round(size * 100) };
      const group = make("div", { className: "journey-set" }, make("p", { textContent: t(SETS[name] ?? "journey_set", values) }));
      group.dataset.set = name;
      group.append(...models.map(makeRow));
      return group;
    }));
  }

  // What is left out tells most where it costs a model most.
  function findEffect(sets) {
    const left = without();
    if (!sets.length || !left.length) return { school: t("journey_effect_none"), university: t("journey_effect_none") };
    const models = [...sets[0].models];
    const { name, variant, whole } = models.sort((one, other) => loss(other) - loss(one))[0];
    const values = {
      model: name,
      steps: left.map((part) => step(part).querySelector("h3").textContent.toLowerCase()).join(", "),
      variant: points(variant.accuracy),
      whole: points(whole.accuracy),
      low: points(variant.interval[0]),
      high: points(variant.interval[1]),
      num: sets[0].num.toLocaleString(),
    };
    const rounded = { ...values, variant: Math.round(variant.accuracy * 100), whole: Math.round(whole.accuracy * 100) };
    return { school: t("journey_effect_school", rounded), university: t("journey_effect_university", values) };
  }

  const loss = ({ variant, whole }) => whole.accuracy - variant.accuracy;

  function teachJourney(answer) {
    const effect = findEffect(answer.sets);
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

  // A picture or a sample came as pixels: only the last picture and the answer are there.
  function showPixels({ image, answer, model }) {
    paintPixels($("#journey-image"), decodeBytes(image));
    caption("smooth", "");
    showAnswer({ model, answer, whole: null });
    showMeasured([]);
    teach("journey", {}); // without numbers, which only strokes have
  }

  async function show(subject, isCurrent) {
    const { strokes, model, width, isPlain } = subject;
    $("#journey-none").hidden = isPlain;
    $$("#journey-steps li").forEach((item) => { item.hidden = !isPlain && item.dataset.step !== "smooth"; });
    step("smooth").querySelector("h3").hidden = !isPlain;
    step("smooth").querySelector("button").hidden = !isPlain;
    showSwitches();
    if (!isPlain) return showPixels(subject);
    const answer = await ask("follow_ink", { strokes, brush: width / 100, without: without(), model }, isCurrent);
    if (!answer) return;
    showPictures(answer);
    showCaptions(answer, width);
    showAnswer({ ...answer, whole: without().length ? answer.whole : null });
    showMeasured(answer.sets);
    teachJourney(answer);
  }

  STEPS.forEach((name) => step(name).querySelector("button").addEventListener("click", () => flip(name)));

  return { show };
}
