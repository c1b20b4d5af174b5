// Fool it: noise by the sign of the gradient, at every strength, and what the other models make of the same noise.

import { drawCurves } from "../shared/curves.js";
import { $, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor } from "../shared/pixels.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { ask, teach } from "./shell.js";

export function createFool() {
  let shown = null; // the last answer, with the drawing as `image`
  let number = Number($("#fool-strength").value); // of the strength

  const topOf = (probabilities) => probabilities.indexOf(Math.max(...probabilities));

  async function show({ image, model }, isCurrent) {
    $("#fool-sum").classList.add("stale");
    const answer = await ask("fool_models", { image, model }, isCurrent);
    if (!answer) return;
    $("#fool-sum").classList.remove("stale");
    shown = { ...answer, image: decodeBytes(image), noise: [...decodeBytes(answer.sign)].map((value) => value - 1) };
    paintPixels($("#fool-before"), shown.image);
    paintPixels($("#fool-noise"), shown.noise, signedColor);
    $("#fool-strength").max = answer.strengths.length - 1;
    const [first] = answer.models;
    const chart = drawCurves($("#fool-curves"), {
      x: answer.strengths,
      curves: Array.from({ length: 10 }, (_, digit) => ({
        label: digit, values: first.probabilities.map((row) => row[digit]), color: digitColor(digit),
      })),
      at: answer.strengths[number],
      xLabel: t("fool_strength"),
      format: (value) => value.toFixed(2),
      onPick: (value) => setStrength(answer.strengths.indexOf(value)),
    });
    shown.chart = chart;
    setStrength(number);
  }

  // The number of the smallest strength at which a model answers otherwise than without noise; -1 where there is none.
  function findFooled({ probabilities }) {
    const before = topOf(probabilities[0]);
    return probabilities.findIndex((row) => topOf(row) !== before);
  }

  function setStrength(next) {
    if (!shown || next < 0) return;
    number = next;
    const { strengths, image, noise, models, digit } = shown;
    const strength = strengths[number];
    $("#fool-strength").value = number;
    $("#fool-strength").setAttribute("aria-valuetext", strength.toFixed(2));
    $("#fool-value").textContent = strength.toFixed(2);
    $("#fool-times").textContent = `+ ${strength.toFixed(2)} ×`;
    shown.chart.show(strength);
    const within = (value) => Math.min(255, Math.max(0, value));
    paintPixels($("#fool-after"), image.map((value, index) => within(value + strength * 255 * noise[index])));
    const [first] = models;
    $("#fool-sentence").replaceChildren(...describe(first));
    const smallest = findFooled(first);
    const button = $("#fool-smallest");
    button.hidden = smallest < 0;
    button.textContent = smallest < 0 ? "" : t("fool_smallest", { strength: strengths[smallest].toFixed(2) });
    button.onclick = () => setStrength(smallest);
    showModels();
    teach("fool", {
      digit, strength: strength.toFixed(2), percent: Math.round(strength * 100), said: $("#fool-sentence").textContent,
      smallest: smallest < 0 ? t("fool_never") : strengths[smallest].toFixed(2),
    });
  }

  // What the model says at this strength, with the digit in its colour.
  function describe({ probabilities, accepted }) {
    const label = topOf(probabilities[number]);
    const before = topOf(probabilities[0]);
    const refused = accepted[0] ? "fool_refused" : "fool_refused_still"; // what never was a digit stops being none
    const kind = !accepted[number] ? refused : label === before ? "fool_still" : "fool_fooled";
    const digit = make("b", { textContent: label });
    digit.style.setProperty("--digit-color", digitColor(label));
    const share = percent(probabilities[number][label], t("over_99"));
    const [head, tail = ""] = t(kind, { percent: share, before, digit: "\n" }).split("\n");
    return [head, digit, tail];
  }

  function showModels() {
    const { models, strengths } = shown;
    const rows = models.map((model) => {
      const row = model.probabilities[number];
      const fooled = findFooled(model);
      const refused = model.accepted.indexOf(false);
      return [
        model.label,
        String(topOf(model.probabilities[0])),
        t(model.accepted[number] ? "fool_reads" : "fool_reads_refused", {
          digit: topOf(row), percent: percent(Math.max(...row)),
        }),
        fooled < 0 ? t("fool_never") : strengths[fooled].toFixed(2),
        refused < 0 ? t("fool_never") : strengths[refused].toFixed(2),
      ];
    });
    const head = ["model", "before", "now", "from", "refused"].map((key) => t(`fool_column_${key}`));
    $("#fool-table").replaceChildren(drawTable(t("fool_models"), { head, rows }));
  }

  $("#fool-strength").addEventListener("input", ({ target }) => setStrength(Number(target.value)));

  return { show };
}
