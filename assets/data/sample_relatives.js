// The training images most like the sample that is shown large.

import { $, make } from "../shared/dom.js";
import { findRelatives, showRelatives } from "../shared/relatives.js";
import { createLatest } from "../shared/server.js";
import { t } from "../shared/texts.js";

// choice() -> { space, model } that the address names.
export function createSampleRelatives(choice) {
  const begin = createLatest();
  const root = $("#sample-relatives");

  return {
    async show(image) {
      const isCurrent = begin();
      const { space = "embedding", model = "" } = choice();
      $("#sample-space").value = space;
      const answer = await findRelatives({ image, model, space }, isCurrent, (text) => {
        $("#sample-none").hidden = true;
        root.replaceChildren(make("p", { textContent: text }));
      });
      if (!answer) return;
      showRelatives(root, answer, { ...(model && { model }), ...(space !== "embedding" && { space }) });
      $("#sample-none").hidden = answer.hasNear;
      $("#sample-none").textContent = t("relatives_none", {
        limit: answer.limit.toFixed(1), distance: answer.relatives[0]?.distance.toFixed(1),
      });
    },

    // Those of an earlier sample lead elsewhere.
    clear() {
      begin();
      root.replaceChildren();
    },
  };
}
