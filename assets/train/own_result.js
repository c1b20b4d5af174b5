// What came of teaching with one's own drawings: how many are read, and what of MNIST was lost, before and after.

import { $, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

// Held-out drawings that say something; below that, one more or less is chance.
const ENOUGH = 20;

const KEYS = ["own_tuned", "own_fresh"];

export const findOutcome = (record) => record?.events.find(({ key }) => KEYS.includes(key))?.values;

// MNIST's figures are in percent; those of before are null for a network that began from nothing.
export function tellOutcome({ right, rightBefore, total, after, before }) {
  const said = before === null
    ? [t("own_fresh", { right, total, after })]
    : [t("own_tuned", { right, rightBefore, total, after, before }), tellLost(before - after)];
  if (total < ENOUGH) said.push(t("own_held_few"));
  return said.join(" ");
}

function tellLost(points) {
  return points > 0.05 ? t("own_lost", { points: points.toFixed(1) }) : t("own_nothing_lost");
}

export function showOutcome(name, outcome) {
  const { right, rightBefore, total, after, before } = outcome;
  const nothing = before === null && { share: 0, text: t("own_nothing_yet") };
  const tellOwn = (count) => ({ share: count / total, text: t("own_of", { right: count, total }) });
  const tellOld = (percent) => ({ share: percent / 100, text: t("train_percent", { percent }) });
  $("#own-result-name").textContent = name;
  $("#own-result-words").textContent = tellOutcome(outcome);
  $("#own-result-bars").replaceChildren(
    drawPair(t("own_held_out"), nothing || tellOwn(rightBefore), tellOwn(right)),
    drawPair(t("own_mnist"), nothing || tellOld(before), tellOld(after)),
  );
  $("#own-result").hidden = false;
}

function drawPair(title, before, after) {
  const row = (className, name, { share, text }) => {
    const track = make("span", { className: "track" });
    track.style.setProperty("--share", share);
    return make("div", { className }, make("span", { textContent: name }), track, make("span", { textContent: text }));
  };
  return make("div", { className: "own-pair" }, make("h4", { textContent: title }),
    row("before", t("own_before"), before), row("after", t("own_after"), after));
}
