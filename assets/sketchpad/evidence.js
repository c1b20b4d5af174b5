// "How good is it?": the stored figures, as tables and diagrams. They come as rows of text and as SVG, written by the
// program that measured them.

function createEvidence({ find, say, server }) {
  let isShown = false;

  async function show() {
    if (isShown || !find("#evidence").open) return;
    const answer = await server.show_evidence({});
    if (!answer?.ok) {
      find("#evidence-note").textContent = answer?.error ?? say("server_away");
      return answer ? undefined : retryLater(show);
    }
    isShown = true;
    find("#evidence-note").textContent = answer.note;
    find("#evidence-parts").replaceChildren(...answer.parts.flatMap(drawPart));
  }

  function drawPart({ title, text, table, diagrams }) {
    const nodes = [element("h3", title), element("p", text)];
    if (diagrams) nodes.push(drawDiagrams(diagrams));
    if (table) nodes.push(drawTable(title, table));
    return nodes;
  }

  function drawDiagrams(diagrams) {
    const row = Object.assign(document.createElement("div"), { className: "diagrams" });
    row.append(...diagrams.map(({ svg, alt, caption }) => {
      const figure = document.createElement("figure");
      figure.append(drawChart(svg, alt), element("figcaption", caption));
      return figure;
    }));
    return row;
  }

  function element(tag, text) {
    return Object.assign(document.createElement(tag), { textContent: text });
  }

  find("#evidence").addEventListener("toggle", show);
}
