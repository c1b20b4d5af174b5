// What the network answered: bars, verdict, the image that it saw.

function createAnswerView(element, say) {
  const bars = element.querySelector("#bars");
  const verdict = element.querySelector("#verdict");
  const caption = element.querySelector("#caption");
  const announcement = element.querySelector("#announcement");
  const networkInput = element.querySelector("#network-input");
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
    digit.style.setProperty("--digit-color", label === "" ? "" : `var(--digit-${label})`);
    words.textContent = text;
    caption.textContent = note;
    if (state !== "provisional") announcement.textContent = `${label}${text}`;
  }

  return {
    showNothing() {
      showBars(null, 0);
      showImage(new Uint8Array(784));
      setVerdict("empty", { text: say("verdict_empty"), note: say("caption_empty") });
    },

    showDot(numPoints) {
      showBars(null, numPoints);
      setVerdict("empty", { text: say("verdict_dot") });
    },

    showProblem(message, numPoints) {
      showBars(null, numPoints);
      setVerdict("problem", { text: say("verdict_problem"), note: message });
    },

    show(answer, numPoints, isFinal, note) {
      showBars(answer.probabilities, numPoints);
      showImage(decodePixels(answer.image));
      const { kind, labels } = answer.verdict;
      const state = isFinal ? kind : "provisional";
      const said = note ?? (isFinal ? "" : say("caption_provisional"));
      bars.classList.toggle("refused", kind === "refused");
      if (kind === "refused") {
        setVerdict(state, isFinal
          ? { text: say("verdict_refused"), note: note ?? say("caption_refused") }
          : { text: say("verdict_refused_so_far"), note: said });
      } else if (kind === "sure") {
        setVerdict(state, {
          label: labels[0],
          text: say("verdict_sure", { percent: percent(answer.probabilities[labels[0]], say("over_99")) }),
          note: said,
        });
      } else {
        setVerdict(state, { text: say(`verdict_${kind}`, { first: labels[0], second: labels[1] }), note: said });
      }
    },
  };
}
