// What each step of the journey costs when it is left out, measured on whole sets.

import { $, make } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";

const SETS = { pen: "journey_set_pen", ink_numberpad: "journey_set_ink_numberpad" };

// sets: what `follow_ink` measured; left: the names of the steps that are left out, as a visitor reads them.
export function showMeasured(sets, left) {
  $("#journey-measured").hidden = !sets.length;
  const steps = left.join(", ");
  $("#journey-variant").textContent = t(left.length ? "journey_without" : "journey_with_all", { steps });
  $("#journey-sets").replaceChildren(...sets.map(({ name, num, size, models }) => {
    const text = t(SETS[name] ?? "journey_set", { name, num: num.toLocaleString(), size: Math.round(size * 100) });
    const group = make("div", { className: "journey-set" }, make("p", { textContent: text }));
    group.dataset.set = name;
    group.append(...models.map((model) => makeRow(model, !left.length)));
    return group;
  }));
}

function makeRow({ name, isAnswering, variant, whole }, isWhole) {
  const [low, high] = variant.interval;
  const title = make("b", { textContent: name });
  if (isAnswering) title.append(" ", make("small", { className: "answering", textContent: t("journey_answering") }));
  const parts = ["hits", "range university"].map((className) => make("i", { className }));
  const scale = make("span", { className: "scale" }, ...parts);
  scale.querySelector(".hits").style.width = `${variant.accuracy * 100}%`;
  Object.assign(scale.querySelector(".range").style, { left: `${low * 100}%`, width: `${(high - low) * 100}%` });
  if (!isWhole) {
    scale.append(make("i", { className: "whole" }));
    scale.querySelector(".whole").style.left = `${whole.accuracy * 100}%`;
  }
  const accuracy = make("b", { textContent: t("journey_accuracy", { accuracy: tenthPercent(variant.accuracy) }) });
  const interval = t("journey_interval", { low: tenthPercent(low), high: tenthPercent(high) });
  const figures = make("span", {}, accuracy, " ", make("small", { className: "university", textContent: interval }));
  const row = make("div", { className: "journey-row" }, title, figures, scale);
  if (!isWhole) {
    const [from, to] = whole.interval;
    row.append(make("small", { textContent: t(leveled("journey_all_steps"), {
      accuracy: tenthPercent(whole.accuracy), low: tenthPercent(from), high: tenthPercent(to),
    }) }));
  }
  row.dataset.model = name;
  return row;
}

// What is left out tells most where it costs a model most: for both levels of the texts.
export function describeEffect(sets, left) {
  if (!sets.length || !left.length) return { school: t("journey_effect_none"), university: t("journey_effect_none") };
  const loss = ({ variant, whole }) => whole.accuracy - variant.accuracy;
  const { name, variant, whole } = [...sets[0].models].sort((one, other) => loss(other) - loss(one))[0];
  const values = {
    model: name,
    steps: left.join(", "),
    variant: tenthPercent(variant.accuracy),
    whole: tenthPercent(whole.accuracy),
    low: tenthPercent(variant.interval[0]),
    high: tenthPercent(variant.interval[1]),
    num: sets[0].num.toLocaleString(),
  };
  const rounded = { ...values, variant: Math.round(variant.accuracy * 100), whole: Math.round(whole.accuracy * 100) };
  return { school: t("journey_effect_school", rounded), university: t("journey_effect_university", values) };
}
