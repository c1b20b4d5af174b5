// Move it: the image turned, scaled, moved, thickened, with noise, and what the network makes of every value of each.

import { createBars } from "../shared/bars.js";
import { $ } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { shortest } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { createMoveCard } from "./move_card.js";
import { describeVerdict, isOpen, showState, teach } from "./shell.js";

export function createMove() {
  const showBars = createBars($("#move-bars"));
  const cards = new Map(); // by name of the sweep
  const live = createLive({ name: "sweep_changes", nextQuestion, onAnswer, onState: showState });
  let drawing = null; // what is on the pad: { image, model }

  function nextQuestion() {
    if (!drawing || !isOpen("move")) return null;
    return { ...drawing, values: Object.fromEntries([...cards].map(([name, { value }]) => [name, value])) };
  }

  function onAnswer(answer, asked) {
    if (!answer.ok || asked.image !== drawing.image || asked.model !== drawing.model) return;
    paintPixels($("#move-image"), decodeBytes(answer.image));
    $("#move-verdict").replaceChildren(...describeVerdict(answer.verdict, answer.probabilities));
    showBars(answer.probabilities);
    $("#move-bars").classList.toggle("refused", answer.verdict.kind === "refused");
    answer.sweeps.forEach((sweep) => {
      if (!cards.has(sweep.name)) cards.set(sweep.name, createMoveCard(sweep, live.request));
      cards.get(sweep.name).show(sweep, answer.verdict, asked);
    });
    $("#move-reset").disabled = ![...cards.values()].some(({ isMoved }) => isMoved);
    teachMove(answer);
  }

  $("#move-reset").addEventListener("click", () => {
    cards.forEach((card) => card.reset());
    live.request();
  });

  return {
    async show({ image, model }) {
      drawing = { image, model };
      await live.request();
    },
  };
}

function teachMove({ sweeps, verdict }) {
  const [rotation, scale, shift] = sweeps;
  teach("move", {
    said: verdict.kind === "refused" ? t("belief_no_digit") : verdict.labels[0],
    low: shortest(rotation.stays[0]), high: shortest(rotation.stays[1]), step: rotation.steps[1] - rotation.steps[0],
    smallest: scale.stays[0], largest: scale.stays[1], left: shortest(shift.stays[0]), right: shortest(shift.stays[1]),
    predictions: 1 + sweeps.reduce((sum, { steps }) => sum + steps.length, 0),
  });
}
