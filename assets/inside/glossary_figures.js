// The figures of the glossary: pictures, matrices, tables and plots of real numbers.

import { drawPlot } from "../shared/curves.js";
import { make } from "../shared/dom.js";
import { significant } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor } from "../shared/pixels.js";
import { drawTable } from "../shared/tables.js";
import { hasText, t } from "../shared/texts.js";

// A word of the server, as far as it is one that a visitor reads.
const word = (text) => (hasText(`glossary_word_${text}`) ? t(`glossary_word_${text}`) : String(text));

export const formatFigure = (value) => (typeof value === "number" ? significant(value) : word(value));

export function drawFigure(title, figure) {
  if (figure.kind === "pictures") return drawPictures(figure);
  if (figure.kind === "matrix") return drawMatrix(figure);
  if (figure.kind === "plot") return drawPlot({ ...figure, word, format: formatFigure });
  return drawNumbers(title, figure);
}

function drawPictures({ pictures, isSigned }) {
  const root = make("div", { className: "pictures" }, ...pictures.map((picture) => drawPicture(picture, isSigned)));
  root.classList.toggle("many", pictures.length > 7);
  root.classList.toggle("signed", isSigned);
  return root;
}

function drawPicture({ width, height, pixels, caption }, isSigned) {
  const canvas = make("canvas", { width, height });
  paintPixels(canvas, decodeBytes(pixels), isSigned ? (value) => signedColor((value - 128) / 127) : undefined);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", t("glossary_picture_label", { width, height, caption: word(caption) }));
  const figure = make("figure", {}, canvas, make("figcaption", { textContent: word(caption) }));
  figure.classList.toggle("strip", height === 1);
  return figure;
}

function drawMatrix({ values, caption, rows, columns, marked, isPerRow }) {
  const table = make("table", { className: "matrix" }, make("caption", { textContent: word(caption) }));
  const findLargest = (numbers) => Math.max(...numbers.map(Math.abs)) || 1;
  const heading = (text, scope) => make("th", { scope, textContent: word(text) });
  if (columns.length) {
    const head = table.createTHead().insertRow();
    if (rows.length) head.append(make("td"));
    head.append(...columns.map((text) => heading(text, "col")));
  }
  const body = table.createTBody();
  values.forEach((numbers, number) => {
    const row = body.insertRow();
    row.classList.toggle("marked", number === marked);
    if (rows.length) row.append(heading(rows[number], "row"));
    const largest = findLargest(isPerRow ? numbers : values.flat());
    row.append(...numbers.map((value) => {
      const cell = make("td", { className: value < 0 ? "below" : "", textContent: formatCell(value) });
      cell.style.setProperty("--share", Math.abs(value) / largest);
      return cell;
    }));
  });
  return make("div", { className: "matrix-frame" }, table);
}

const formatCell = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1));

function drawNumbers(title, { head, rows, marked }) {
  const frame = drawTable(title, { head: head.map(word), rows: rows.map((cells) => cells.map(formatFigure)) });
  if (marked !== null) frame.querySelectorAll("tbody tr")[marked]?.classList.add("marked");
  return frame;
}
