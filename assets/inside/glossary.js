// The words of the field: one or two sentences each, and the real numbers of the model and the drawing.

import { $, $$, make } from "../shared/dom.js";
import { level } from "../shared/level.js";
import { t } from "../shared/texts.js";
import { drawFigure, formatFigure } from "./glossary_figures.js";
import { ask, showCurrent, subject as drawing, teach, view } from "./shell.js";

export function createGlossary() {
  const search = $("#learn-search");
  const nodes = new Map(); // the links, by the name of the term; empty until the server has named the terms
  search.placeholder = t("glossary_search");

  function drawLinks(groups) {
    $("#learn-terms").replaceChildren(...Object.entries(groups).map(([group, names]) => {
      const links = names.map((name) => {
        const link = make("a", { href: address(name), textContent: t(`term_${name}`) });
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
    const question = {
      model: subject?.model ?? $("#inside-model").value, ...(subject && { image: subject.image, label: subject.label }),
    };
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
    const about = answer.sample
      ? t("glossary_about_sample", { model, ...answer.sample }) : t("glossary_about_drawing", { model });
    $("#learn-about").textContent = `${unknown} ${about}`.trim();
    $("#learn-entries").replaceChildren(...answer.terms.filter(({ name }) => !term || name === term).map(drawEntry));
    filter();
    teach("glossary", { model });
  }

  // Without a drawing nobody else says that another model was chosen.
  $("#inside-model").addEventListener("change", () => drawing || showCurrent());

  return { show, needsDrawing: false };
}

const address = (term) => `#inside?view=glossary&term=${term}`;

function drawEntry({ name, figures, values, shown, lacks }) {
  const title = t(`term_${name}`);
  const formatted = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, formatFigure(value)]));
  const numbers = t(lacks ? `glossary_lacks_${lacks}` : `term_${name}_${shown}`, formatted);
  const entry = make("article", { className: "entry" },
    make("h3", {}, make("a", { href: address(name), textContent: title })),
    make("p", { className: "meaning", textContent: t(`term_${name}_${level()}`) }),
    make("p", { className: "numbers", textContent: numbers }),
    make("div", { className: "figures" }, ...figures.map((figure) => drawFigure(title, figure))));
  entry.dataset.term = name;
  entry.classList.toggle("lacking", Boolean(lacks));
  return entry;
}
