// From the last layer's logits to the ten probabilities, as arithmetic.

import { $ } from "../shared/dom.js";
import { exactPercent, fixed } from "../shared/numbers.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

// logits: Float32Array; calibration: of the network; answer: the probabilities and the doubt of the drawing.
export function showSoftmax(logits, { temperature, warming, floor }, { probabilities, doubt }) {
  const heat = temperature * Math.exp(warming * doubt);
  const largest = Math.max(...logits.slice(0, 10));
  const powers = Array.from(logits.slice(0, 10), (logit) => Math.exp((logit - largest) / heat));
  const sum = powers.reduce((total, power) => total + power);
  $("#layers-formula").textContent = t(floor * doubt > 0 ? "layers_formula_doubt" : "layers_formula", {
    temperature: fixed(heat, 2), largest: fixed(largest, 2), sum: fixed(sum, 4), doubt: exactPercent(doubt),
    floor: exactPercent(floor * doubt),
  });
  const rows = powers.map((power, label) => [
    label, fixed(logits[label], 2), fixed((logits[label] - largest) / heat, 2),
    power.toExponential(2).replace("-", "−"),
    below100(power / sum), below100(probabilities[label]),
  ]);
  if (logits.length > 10) rows.push([t("layers_no_digit"), fixed(logits[10], 2), "", "", "", ""]);
  const table = drawTable(t("layers_softmax"), {
    head: ["logit", "z", "shifted", "power", "share", "probability"].map((name) => t(`layers_head_${name}`)), rows,
  });
  const answered = probabilities.indexOf(Math.max(...probabilities));
  table.querySelector(`tbody tr:nth-child(${answered + 1})`).classList.add("answered");
  $("#layers-table").replaceChildren(table);
}

// No network can be certain, whatever rounding says.
const below100 = (share) => (share > 0.99994 ? t("over_9999") : `${exactPercent(share)}%`);
