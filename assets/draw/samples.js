// Real samples beside the pad.

import { $, $$, make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { ask, createLatest } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { notify } from "./notice.js";

// onTake(sample) is called when one is chosen.
export function createSamples(onTake) {
  const begin = createLatest();
  let marked = null;

  async function show() {
    const answer = await ask("pick_samples", {}, {
      isCurrent: begin(), onState: (state, answer) => state === "error" && notify(tellError(answer)),
    });
    if (!answer) return;
    if (answer.name !== "mnist") $("#samples-title").textContent = t("samples_of", { name: answer.name });
    $("#samples-hint").textContent = `${t("samples_hint")} ${t(`samples_${answer.source}`)}`;
    $("#samples").replaceChildren(...answer.samples.map((sample) => {
      const canvas = make("canvas", { width: 28, height: 28 });
      paintPixels(canvas, decodeBytes(sample.image));
      const button = make("button", { type: "button", className: "sample" }, canvas);
      button.setAttribute("aria-label", t("sample_label", sample));
      button.dataset.index = sample.index;
      button.dataset.label = sample.label;
      button.addEventListener("click", () => onTake(sample));
      return button;
    }));
    mark(marked);
  }

  // Marks the one that is on the pad; null for none.
  function mark(sample) {
    marked = sample;
    $$("#samples .sample").forEach((button) => {
      button.setAttribute("aria-pressed", Number(button.dataset.index) === sample?.index);
    });
  }

  $("#shuffle").addEventListener("click", show);
  show();

  return {
    mark,
    // Takes one with a label, and another one when that is on the pad.
    take(label) {
      const those = $$(`#samples .sample[data-label="${label}"]`);
      those[(those.findIndex((button) => Number(button.dataset.index) === marked?.index) + 1) % those.length]?.click();
    },
  };
}
