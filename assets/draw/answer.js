// What the network answered: bars, verdict, the image that it saw.

import { createBars } from "../shared/bars.js";
import { $, digitColor, make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

// A 4 has two strokes: after the first, nobody wants to hear what is wrong with it.
const PATIENCE = 1200;

export function createAnswerView() {
  const bars = $("#bars");
  const verdict = $("#verdict");
  const caption = $("#caption");
  const announcement = $("#announcement");
  const networkInput = $("#network-input");
  const [digit, words] = verdict.children;

  const fillBars = createBars(bars);
  let timer; // of what is said when the pen has rested

  // Without an answer, `probabilities` is null and the bars are empty.
  function showBars(probabilities, numPoints) {
    fillBars(probabilities);
    bars.dataset.points = numPoints;
  }

  function showImage(pixels) {
    paintPixels(networkInput, pixels);
  }

  // `digits` are named in the words, large and in their colours.
  // `nodes` are what is said instead.
  function setVerdict(state, kind, { label = "", text = "", digits = [], nodes, note = "" }) {
    clearTimeout(timer);
    Object.assign(verdict.dataset, { state, kind });
    digit.textContent = label;
    paint(digit, label);
    if (!nodes) delete words.dataset.whole;
    const focused = [...words.children].indexOf(document.activeElement); // of several digits each is a button
    words.replaceChildren(...nodes ?? text.split(/(\d)/).filter(Boolean).map((part) => (
      digits.includes(Number(part)) ? paint(make("span", { className: "digit", textContent: part }), part) : part
    )));
    if (focused >= 0) words.children[focused]?.focus();
    caption.textContent = note;
    // Where the verdict and the picture are not seen at once.
    $(".photo-answer")?.replaceChildren(...[...verdict.childNodes].map((node) => node.cloneNode(true)));
  }

  function paint(node, label) {
    node.style.setProperty("--digit-color", label === "" ? "" : digitColor(label));
    return node;
  }

  const announce = () => { announcement.textContent = verdict.textContent; };

  // Says it, and does what else is to be done, when the pen has rested for a while.
  function whenAtRest(action) {
    timer = setTimeout(action, PATIENCE);
  }

  return {
    showNothing() {
      showBars(null, 0);
      showImage(new Uint8Array(784));
      setVerdict("empty", "empty", { text: t("verdict_empty"), note: t("caption_empty") });
      announce();
    },

    showDot(numPoints) {
      showBars(null, numPoints);
      setVerdict("empty", "dot", { text: t("verdict_dot") });
      whenAtRest(announce);
    },

    showProblem(message, numPoints) {
      showBars(null, numPoints);
      setVerdict("problem", "problem", { text: t("verdict_problem"), note: message });
      announce();
    },

    // `judge` says what may be wrong with ink that is not recognised, see advice.js; `number` describes several digits,
    // of which `answer` is one's, see number.js.
    show(answer, numPoints, isFinal, { note, judge = () => "", number } = {}) {
      showBars(answer.probabilities, numPoints);
      showImage(decodeBytes(answer.image));
      const { kind, labels } = answer.verdict;
      const said = note ?? (isFinal ? "" : t("caption_provisional"));
      bars.classList.toggle("refused", kind === "refused");
      if (number) {
        words.style.setProperty("--count", number.count);
        words.classList.toggle("many", number.isMany);
        words.dataset.whole = number.whole;
        setVerdict(isFinal ? "sure" : "provisional", "several", { nodes: number.nodes, note: isFinal ? number.note : said });
        if (isFinal) whenAtRest(announce);
        return;
      }
      if (kind === "refused") {
        setVerdict("provisional", kind, { text: t("verdict_refused_so_far"), note: said });
        if (isFinal) {
          whenAtRest(() => {
            const fault = judge();
            const text = fault ? `verdict_${fault}` : "verdict_refused";
            setVerdict(kind, fault || kind, { text: t(text), note: note ?? t("caption_refused") });
            announce();
          });
        }
        return;
      }
      setVerdict(isFinal ? kind : "provisional", kind, kind === "sure"
        ? { label: labels[0], note: said }
        : { text: t(`verdict_${kind}`, { first: labels[0], second: labels[1] }), digits: labels, note: said });
      if (isFinal) whenAtRest(announce);
    },
  };
}
