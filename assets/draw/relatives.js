// "Training digits most like yours": asked for when a stroke has ended, never while the pen moves.

import { on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { showRelatives } from "../shared/relatives.js";
import { later, RETRY, server } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { readModel } from "./details.js";

export function createRelatives() {
  let question = null; // { image, model } of what is shown
  let number = 0;
  let isWaiting = false; // for being seen: on another tab nobody looks at relatives

  const space = () => ($("#relatives-space").getAttribute("aria-pressed") === "true" ? "pixels" : "embedding");

  function showText(text) {
    $("#relatives-text").textContent = text;
  }

  async function ask() {
    const asked = ++number;
    isWaiting = $("#relatives").offsetParent === null;
    if (!question || isWaiting) return;
    const answer = await server.find_relatives({ ...question, space: space() });
    if (asked !== number) return; // a later drawing is what the visitor wants
    if (answer?.ok) {
      showRelatives($("#relatives-row"), answer, {
        model: question.model, ...(space() !== "embedding" && { space: space() }),
      });
      $("#relatives-note").hidden = false;
      const values = { distance: answer.relatives[0]?.distance.toFixed(1), limit: answer.limit.toFixed(1), size: answer.size.toLocaleString(),
        source: t(answer.split === "built_in" ? "relatives_of_built_in" : "relatives_of_training") };
      return showText(t(answer.hasNear ? `relatives_found_${space()}` : "relatives_none", values));
    }
    if (answer?.pending !== undefined && !answer.error) showText(t("computing", { share: Math.round(answer.pending * 100) }));
    else showText(answer?.error || t("server_away"));
    // What is being computed will be there; so will a server that was away.
    if (!answer || (answer.pending !== undefined && !answer.error)) later(RETRY).then(() => asked === number && ask());
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
      number += 1;
      $("#relatives-row").replaceChildren();
      $("#relatives-note").hidden = true;
      showText(t("relatives_empty"));
    },
  };
}
