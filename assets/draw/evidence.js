// "How good is it?": the stored figures, as tables and diagrams. They come as rows of text and as SVG, written by the
// program that measured them.

import { $, make } from "../shared/dom.js";
import { retryLater, server } from "../shared/server.js";
import { drawChart, drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

export function createEvidence() {
  let isShown = false;

  async function show() {
    if (isShown || !$("#evidence").open) return;
    const answer = await server.show_evidence({});
    if (!answer?.ok) {
      $("#evidence-note").textContent = answer?.error ?? t("server_away");
      return answer ? undefined : retryLater(show);
    }
    isShown = true;
    $("#evidence-note").textContent = answer.note;
    $("#evidence-parts").replaceChildren(...answer.parts.flatMap(drawPart));
  }

  function drawPart({ title, text, table, diagrams }) {
    const nodes = [make("h3", { textContent: title }), make("p", { textContent: text })];
    if (diagrams) nodes.push(drawDiagrams(diagrams));
    if (table) nodes.push(drawTable(title, table));
    return nodes;
  }

  function drawDiagrams(diagrams) {
    return make("div", { className: "diagrams" }, ...diagrams.map(({ svg, alt, caption }) => (
      make("figure", {}, drawChart(svg, alt), make("figcaption", { textContent: caption })))));
  }

  $("#evidence").addEventListener("toggle", show);
}
