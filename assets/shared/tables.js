// Tables of texts, and charts that the server drew.

import { make } from "./dom.js";

// A table that scrolls sideways on its own; the first cell of a row is its heading.
export function drawTable(title, { head, rows }) {
  const frame = make("div", { className: "scroll", tabIndex: 0, role: "region" });
  frame.setAttribute("aria-label", title);
  const table = make("table");
  const addRow = (part, cells, kind) => {
    const row = part.insertRow();
    cells.forEach((text, index) => {
      const cell = make(index === 0 && kind === "td" ? "th" : kind, { textContent: text });
      if (cell.tagName === "TH") cell.scope = kind === "th" ? "col" : "row";
      row.append(cell);
    });
  };
  addRow(table.createTHead(), head, "th");
  const body = table.createTBody();
  rows.forEach((cells) => addRow(body, cells, "td"));
  frame.append(table);
  return frame;
}

// As the source of a picture a chart can run nothing.
export const drawChart = (svg, alt) =>
  Object.assign(new Image(), { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt });
