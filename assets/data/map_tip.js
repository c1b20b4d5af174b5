// The picture of the point under the pointer.

import { $ } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

// findPoint() -> the point under the pointer: { index, at }, `at` in shares of the map; or null.
export function createTip(view, findPoint) {
  const tip = $("#map-tip");
  let asked = null; // the point that was asked about last
  const live = createLive({ name: "open_sample", nextQuestion, onAnswer: show });

  function nextQuestion() {
    asked = findPoint();
    const { model = "", split = "" } = view.now;
    return asked && { split, model, answerer: model, index: asked.index };
  }

  function show(answer) {
    if (!answer.ok || findPoint()?.index !== asked.index) return;
    const { image, label, predicted, index } = answer;
    const [x, y] = asked.at;
    paintPixels(tip.querySelector("canvas"), decodeBytes(image));
    tip.querySelector("span").textContent = t("map_tip", { label: label ?? t("no_label"), predicted, index });
    tip.style.left = `${x * 100}%`;
    tip.style.top = `${y * 100}%`;
    tip.classList.toggle("left", x > 0.7);
    tip.hidden = false;
  }

  function hide() {
    tip.hidden = true;
  }

  return {
    hide,
    // The pointer is elsewhere.
    follow() {
      if (findPoint()) live.request();
      else hide();
    },
  };
}
