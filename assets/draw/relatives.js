// "Training digits most like yours": asked for when a stroke has ended, never while the pen moves.

import { on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { findRelatives, showRelatives } from "../shared/relatives.js";
import { createLatest } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { readModel } from "./details.js";
import { createRelativeCard } from "./relative_card.js";

export function createRelatives() {
  let question = null; // { image, model } of what is shown
  let isWaiting = false; // for being seen: on another tab nobody looks at relatives
  let found = []; // what is shown of them
  const begin = createLatest();
  const card = createRelativeCard();

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
    card.close();
    found = answer.relatives;
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

  $("#relatives-row").addEventListener("click", (event) => {
    const link = event.target.closest(".relative");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // these open it elsewhere
    event.preventDefault();
    card.open(link, found[[...link.parentElement.children].indexOf(link)]);
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
      card.close();
      $("#relatives-row").replaceChildren();
      $("#relatives-note").hidden = true;
      showText(t("relatives_empty"));
    },
  };
}
