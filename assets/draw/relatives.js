// "Training digits most like yours": asked for when a stroke has ended, never while the pen moves.

import { on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { findRelatives, showRelatives } from "../shared/relatives.js";
import { createLatest } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { readModel } from "./details.js";

export function createRelatives() {
  let question = null; // { image, model } of what is shown
  let isWaiting = false; // for being seen: on another tab nobody looks at relatives
  const begin = createLatest();

  const space = () => ($("#relatives-space").getAttribute("aria-pressed") === "true" ? "pixels" : "embedding");

  function showText(text) {
    $("#relatives-text").textContent = text;
  }

  async function ask() {
    const isCurrent = begin(); // a later drawing is what the visitor wants
    isWaiting = $("#relatives").offsetParent === null;
    if (!question || isWaiting) return;
    const answer = await findRelatives({ ...question, space: space() }, isCurrent, showText);
    if (!answer) return;
    showRelatives($("#relatives-row"), answer, {
      model: question.model, ...(space() !== "embedding" && { space: space() }),
    });
    $("#relatives-note").hidden = false;
    showText(t(answer.hasNear ? `relatives_found_${space()}` : "relatives_none", {
      distance: answer.relatives[0]?.distance.toFixed(1), limit: answer.limit.toFixed(1),
      size: answer.size.toLocaleString(),
      source: t(answer.split === "built_in" ? "relatives_of_built_in" : "relatives_of_training"),
    }));
  }

  $("#relatives-space").addEventListener("click", (event) => {
    const isPressed = event.currentTarget.getAttribute("aria-pressed") === "true";
    event.currentTarget.setAttribute("aria-pressed", !isPressed);
    ask();
  });

  on("tab", () => isWaiting && ask());

  return {
    show(image) {
      if (question?.image === image && question.model === readModel()) return;
      question = { image, model: readModel() };
      ask();
    },

    clear() {
      question = null;
      begin();
      $("#relatives-row").replaceChildren();
      $("#relatives-note").hidden = true;
      showText(t("relatives_empty"));
    },
  };
}
