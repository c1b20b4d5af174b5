// What the network answered: bars, verdict, the image that it saw.

import { createBars } from "../shared/bars.js";
import { $, digitColor } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

export function createAnswerView() {
  const bars = $("#bars");
  const verdict = $("#verdict");
  const caption = $("#caption");
  const announcement = $("#announcement");
  const networkInput = $("#network-input");
  const [digit, words] = verdict.children;

  const fillBars = createBars(bars);

  // Without an answer, `probabilities` is null and the bars are empty.
  function showBars(probabilities, numPoints) {
    fillBars(probabilities);
    bars.dataset.points = numPoints;
  }

  function showImage(pixels) {
    paintPixels(networkInput, pixels);
  }

  function setVerdict(state, { label = "", text, note = "" }) {
    verdict.dataset.state = state;
    digit.textContent = label;
    digit.style.setProperty("--digit-color", label === "" ? "" : digitColor(label));
    words.textContent = text;
    caption.textContent = note;
    if (state !== "provisional") announcement.textContent = `${label}${text}`;
  }

  return {
    showNothing() {
      showBars(null, 0);
      showImage(new Uint8Array(784));
      setVerdict("empty", { text: t("verdict_empty"), note: t("caption_empty") });
    },

    showDot(numPoints) {
      showBars(null, numPoints);
      setVerdict("empty", { text: t("verdict_dot") });
    },

    showProblem(message, numPoints) {
      showBars(null, numPoints);
      setVerdict("problem", { text: t("verdict_problem"), note: message });
    },

    show(answer, numPoints, isFinal, note) {
      showBars(answer.probabilities, numPoints);
      showImage(decodeBytes(answer.image));
      const { kind, labels } = answer.verdict;
      const state = isFinal ? kind : "provisional";
      const said = note ?? (isFinal ? "" : t("caption_provisional"));
      bars.classList.toggle("refused", kind === "refused");
      if (kind === "refused") {
        setVerdict(state, isFinal
          ? { text: t("verdict_refused"), note: note ?? t("caption_refused") }
          : { text: t("verdict_refused_so_far"), note: said });
      } else if (kind === "sure") {
        setVerdict(state, {
          label: labels[0],
          text: t("verdict_sure", { percent: percent(answer.probabilities[labels[0]], t("over_99")) }),
          note: said,
        });
      } else {
        setVerdict(state, { text: t(`verdict_${kind}`, { first: labels[0], second: labels[1] }), note: said });
      }
    },
  };
}
