// "Did it learn from you?": the same digit by one hand several times, and the network's bars for each of them.

import { digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";
import { CHOICES } from "./wall_teach.js";
import { makeChoices, sentence, title } from "./wall_words.js";

const NUM_HANDS = 2;
const DIGITS = [...Array(10).keys()];

function makeBars(probabilities) {
  return make("div", { className: "wall-upright" }, ...DIGITS.map((digit) => {
    const bar = make("i");
    bar.style.setProperty("--share", probabilities?.[digit] ?? 0);
    bar.style.setProperty("--digit-color", digitColor(digit));
    return bar;
  }));
}

function makeDrawn(drawing, number, asked) {
  const share = drawing.probabilities?.[asked] ?? 0;
  return make(
    "div", { className: "wall-time" },
    make("b", { textContent: number }),
    make("div", { className: "wall-tile" }, makeTile(drawing, t("wall_drawing_as", { digit: asked }))),
    makeBars(drawing.probabilities),
    make("span", { textContent: `${percent(share)}${t("percent_unit")}` }),
  );
}

// The hands to show, each with its drawings: those that are shown are kept, then those come that have drawn the most.
function chooseHands(drawings, kept, times) {
  const hands = new Map();
  drawings.forEach((drawing) => hands.set(drawing.series, [...(hands.get(drawing.series) ?? []), drawing]));
  const count = (hand) => Math.min(times, hands.get(hand).length);
  const order = [...hands.keys()].sort((a, b) => (
    kept.includes(b) - kept.includes(a) || count(b) - count(a) || a - b));
  return order.slice(0, NUM_HANDS).sort((a, b) => a - b).map((hand) => [hand, hands.get(hand).slice(0, times)]);
}

export function createSeries(root) {
  const [hands, empty] = [make("div", { className: "wall-hands" }), sentence(t("wall_empty"), "wall-empty")];
  const end = make("div", { className: "wall-still", hidden: true });
  root.append(make("div", { className: "wall-series" }, empty, hands, end));
  let kept = [];

  return {
    show({ activity, drawings, guesses }) {
      const { digit, times } = activity.settings;
      const chosen = chooseHands(drawings, kept, times);
      kept = chosen.map(([hand]) => hand);
      empty.hidden = Boolean(chosen.length);
      hands.style.setProperty("--times", times);
      hands.replaceChildren(...chosen.map(([, drawn]) => make(
        "section", { className: "wall-hand" },
        ...drawn.map((drawing, index) => makeDrawn(drawing, index + 1, digit)),
        make("div", { className: "wall-digits" }, ...DIGITS.map((one) => make("b", { textContent: one }))),
      )));
      end.hidden = activity.step !== "results";
      if (!end.hidden) end.replaceChildren(title(t("wall_still")), makeChoices(CHOICES.did_it_learn, guesses.counts));
    },
  };
}
