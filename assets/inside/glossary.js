// The words of the field: one or two sentences each, and the real numbers of the model and the drawing.

import { $, $$, make } from "../shared/dom.js";
import { decodeBytes, signedColor } from "../shared/pixels.js";
import { drawTable } from "../shared/tables.js";
import { hasText, t } from "../shared/texts.js";
import { ask, level, showCurrent, subject, teach, view } from "./shell.js";

export function createGlossary() {
  const search = $("#learn-search");
  const nodes = new Map(); // the links, by the name of the term; empty until the server has named the terms
  search.placeholder = t("glossary_search");

  const word = (text) => (hasText(`glossary_word_${text}`) ? t(`glossary_word_${text}`) : String(text));

  function formatNumber(value) {
    if (typeof value !== "number") return word(value);
    const size = Math.abs(value);
    if (Number.isInteger(value)) return value.toLocaleString("en-GB");
    if (size < 1e-6) return "≈ 0";
    // Near 1 the digits that matter come late: a probability is never 1.
    if (size > 0.99999 && size < 1) return `${value < 0 ? "-" : ""}0.99999…`;
    if (size > 0.99 && size < 1.01) return String(Number(value.toFixed(5)));
    return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
  }

  function formatCell(value) {
    return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
  }

  function drawPicture({ width, height, pixels, caption }, isSigned) {
    const canvas = make("canvas", { width, height });
    const image = new ImageData(width, height);
    decodeBytes(pixels).forEach((value, index) => {
      const color = isSigned ? signedColor((value - 128) / 127) : [value, value, value, 255];
      image.data.set(color, index * 4);
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("glossary_picture_label", { width, height, caption: word(caption) }));
    const figure = make("figure", {}, canvas, make("figcaption", { textContent: word(caption) }));
    figure.classList.toggle("strip", height === 1);
    return figure;
  }

  function drawPictures({ pictures, isSigned }) {
    const root = make("div", { className: "pictures" }, ...pictures.map((picture) => drawPicture(picture, isSigned)));
    root.classList.toggle("many", pictures.length > 7);
    root.classList.toggle("signed", isSigned);
    return root;
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

  function drawNumbers(title, { head, rows, marked }) {
    const frame = drawTable(title, { head: head.map(word), rows: rows.map((cells) => cells.map(formatNumber)) });
    if (marked !== null) frame.querySelectorAll("tbody tr")[marked]?.classList.add("marked");
    return frame;
  }

  function drawSvg(tag, attributes, text = "") {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  }

  function drawPlot({ x, curves, xLabel }) {
    const [left, top, width, height] = [64, 12, 322, 150];
    const all = curves.flatMap((curve) => curve.values);
    const [least, high] = [Math.min(...all), Math.max(...all)];
    const low = least > high / 2 ? least : Math.min(least, 0);
    const right = x.at(-1) - x[0] || 1;
    const place = (value, index) => [
      left + (width * (x[index] - x[0])) / right, top + height * (1 - (value - low) / (high - low || 1)),
    ].map((number) => number.toFixed(1)).join(",");
    const svg = drawSvg("svg", { viewBox: "0 0 400 196", role: "img" });
    svg.setAttribute("aria-label", curves.map(({ name, values }) => (
      `${word(name)}: ${formatNumber(values[0])} → ${formatNumber(values.at(-1))}`)).join("; "));
    svg.append(
      drawSvg("path", { class: "axis", d: `M${left},${top}V${top + height}H${left + width}` }),
      drawSvg("text", { x: left - 6, y: top + 5, "text-anchor": "end" }, formatNumber(high)),
      drawSvg("text", { x: left - 6, y: top + height, "text-anchor": "end" }, formatNumber(low)),
      drawSvg("text", { x: left, y: top + height + 18 }, formatNumber(x[0])),
      drawSvg("text", { x: left + width, y: top + height + 18, "text-anchor": "end" }, formatNumber(x.at(-1))),
      drawSvg("text", { x: left + width / 2, y: top + height + 18, "text-anchor": "middle" }, word(xLabel)),
      ...curves.map(({ values }, number) => (
        drawSvg("polyline", { class: `curve curve-${number}`, points: values.map(place).join(" ") }))),
    );
    const legend = make("p", { className: "legend" }, ...curves.map(({ name }, number) => (
      make("span", { className: `curve-${number}`, textContent: word(name) }))));
    return make("figure", { className: "plot" }, svg, legend);
  }

  function drawFigure(title, figure) {
    if (figure.kind === "pictures") return drawPictures(figure);
    if (figure.kind === "matrix") return drawMatrix(figure);
    return figure.kind === "plot" ? drawPlot(figure) : drawNumbers(title, figure);
  }

  function drawEntry({ name, figures, values, shown, lacks }) {
    const title = t(`term_${name}`);
    const link = make("a", { href: `#inside?view=glossary&term=${name}`, textContent: title });
    const formatted = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, formatNumber(value)]));
    const numbers = t(lacks ? `glossary_lacks_${lacks}` : `term_${name}_${shown}`, formatted);
    const entry = make("article", { className: "entry" },
      make("h3", {}, link),
      make("p", { className: "meaning", textContent: t(`term_${name}_${level()}`) }),
      make("p", { className: "numbers", textContent: numbers }),
      make("div", { className: "figures" }, ...figures.map((figure) => drawFigure(title, figure))));
    entry.dataset.term = name;
    entry.classList.toggle("lacking", Boolean(lacks));
    return entry;
  }

  function drawLinks(groups) {
    $("#learn-terms").replaceChildren(...Object.entries(groups).map(([group, names]) => {
      const links = names.map((name) => {
        const link = make("a", { href: `#inside?view=glossary&term=${name}`, textContent: t(`term_${name}`) });
        link.dataset.term = name;
        nodes.set(name, link);
        return link;
      });
      return make("div", {}, make("span", { textContent: t(`glossary_group_${group}`) }), ...links);
    }));
  }

  // The terms before and after this one.
  function drawNeighbours(term) {
    const names = [...nodes.keys()];
    for (const [id, by] of [["previous", -1], ["next", 1]]) {
      const link = $(`#learn-${id}`);
      const name = names[names.indexOf(term) + by];
      link.hidden = !term || !name;
      if (link.hidden) continue;
      link.href = nodes.get(name).href;
      link.textContent = by < 0 ? `← ${t(`term_${name}`)}` : `${t(`term_${name}`)} →`;
    }
  }

  // What is looked for may stand in the term or in its text.
  function isWanted(name) {
    const text = `${t(`term_${name}`)} ${t(`term_${name}_${level()}`)}`.toLowerCase();
    return search.value.toLowerCase().split(/\s+/).every((part) => text.includes(part));
  }

  function filter() {
    const wanted = [...nodes.keys()].filter(isWanted);
    nodes.forEach((link, name) => { link.hidden = !wanted.includes(name); });
    $$("#learn-entries .entry").forEach((entry) => {
      entry.hidden = !view.now.term && !wanted.includes(entry.dataset.term);
    });
    $("#learn-none").hidden = wanted.length > 0;
  }

  search.addEventListener("input", () => {
    if (!view.now.term) return filter();
    view.set({ term: undefined });
    showCurrent();
  });

  async function show(subject, isCurrent) {
    const question = { model: subject?.model ?? $("#inside-model").value, ...(subject && { image: subject.image, label: subject.label }) };
    if (nodes.has(view.now.term)) question.term = view.now.term;
    const answer = await ask("describe_terms", question, isCurrent);
    if (!answer) return;
    const { model } = answer;
    if (!nodes.size) drawLinks(answer.groups);
    const term = nodes.has(view.now.term) ? view.now.term : null;
    const unknown = view.now.term && !term ? t("glossary_unknown", { term: view.now.term }) : "";
    if (unknown) view.set({ term: undefined });
    $("#learn-way").hidden = !term;
    $("#learn-terms").hidden = Boolean(term);
    drawNeighbours(term);
    const about = answer.sample ? t("glossary_about_sample", { model, ...answer.sample }) : t("glossary_about_drawing", { model });
    $("#learn-about").textContent = `${unknown} ${about}`.trim();
    $("#learn-entries").replaceChildren(
      ...answer.terms.filter(({ name }) => !term || name === term).map(drawEntry),
    );
    filter();
    teach("glossary", { model });
  }

  // Without a drawing nobody else says that another model was chosen.
  $("#inside-model").addEventListener("change", () => subject || showCurrent());

  return { show, needsDrawing: false };
}
