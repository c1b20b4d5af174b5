// Real samples beside the pad.

import { $, $$, make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { ask, createLatest } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { notify } from "./notice.js";

// onTap(sample) is called when one is tapped.
export function createSamples(onTap) {
  const begin = createLatest();

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
      button.addEventListener("click", () => onTap(sample));
      return button;
    }));
  }

  $("#shuffle").addEventListener("click", show);
  show();

  return {
    // Marks the one that is looked at; null for none.
    mark(sample) {
      $$("#samples .sample").forEach((button) => {
        button.setAttribute("aria-pressed", Number(button.dataset.index) === sample?.index);
      });
    },
  };
}
