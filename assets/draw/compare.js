// The same drawing, read by every stored network.

import { createBars } from "../shared/bars.js";
import { $, digitColor, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { percent } from "../shared/numbers.js";
import { describeState } from "../shared/server.js";
import { fillTexts, t, tellError } from "../shared/texts.js";

// Not in the page's own HTML, which holds what is seen at once.
const PANEL = `
  <div class="samples-head">
    <h2 data-text="compare"></h2>
    <p class="muted" data-text="compare_hint"></p>
    <p class="muted" id="compare-note" role="status"></p>
  </div>
  <div id="compare-list"></div>
`;

// onChoose(model) is called when a network is to answer from now on.
export function createCompare(onChoose) {
  const section = $("#compare");
  section.innerHTML = PANEL;
  fillTexts(section);
  const opener = $("#compare-open");
  const live = createLive({ name: "compare_networks", nextQuestion, onAnswer, onState });
  let image = null; // of the drawing, or of the sample that is looked at

  function nextQuestion() {
    return section.hidden || !image ? null : { image };
  }

  function onState(state, answer) {
    if (state !== "slow") $("#compare-note").textContent = state === "ok" ? "" : describeState(answer);
  }

  function onAnswer(answer, question) {
    if (!answer.ok || question.image !== image) return;
    $("#compare-list").replaceChildren(...answer.answers.map(describeNetwork));
  }

  function describeNetwork({ model, label, error, message, probabilities, verdict }) {
    const name = make("button", { type: "button", className: "link", textContent: label });
    name.addEventListener("click", () => onChoose(model));
    const card = make("article", {}, name);
    if (error) {
      card.append(make("p", { className: "muted", textContent: tellError({ error, message }) }));
      return card;
    }
    const isRefused = verdict.kind === "refused";
    const [first] = verdict.labels;
    const digit = make("b", { textContent: isRefused ? t("compare_refused") : first });
    if (!isRefused) digit.style.setProperty("--digit-color", digitColor(first));
    const share = make("span", { className: "muted", textContent: isRefused ? ""
      : t("compare_percent", { percent: percent(probabilities[first], t("over_99")) }) });
    const bars = make("div", { className: `bars${isRefused ? " refused" : ""}` });
    card.append(make("p", { className: "read" }, digit, share), bars);
    createBars(bars)(probabilities);
    return card;
  }

  opener.addEventListener("click", () => {
    section.hidden = !section.hidden;
    opener.setAttribute("aria-expanded", !section.hidden);
    if (section.hidden) return;
    live.request();
    section.scrollIntoView({ block: "nearest" });
  });

  return {
    // null when nothing is on the pad.
    show(next) {
      image = next;
      opener.hidden = image === null;
      if (image === null) $("#compare-list").replaceChildren();
      live.request();
    },
  };
}
