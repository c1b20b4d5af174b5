// How the class's drawings were read: how many, as what, and which was the hardest.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";
import { createForms } from "./wall_forms.js";
import { createTiles } from "./wall_tiles.js";
import { createCount, sentence, title } from "./wall_words.js";

const DIGITS = [...Array(10).keys()];

// The class's confusion matrix; onCell(meant, read) is called for a cell that has drawings.
function createMatrix(onCell) {
  const table = make("table", { className: "wall-matrix" });
  const head = (text, scope) => make("th", { textContent: text, scope });

  function makeCell(count, total, meant, read, isChosen) {
    const cell = make("td", { className: meant === read ? "right" : "" });
    if (!count) return cell;
    const button = make("button", { type: "button", textContent: count });
    button.setAttribute("aria-label", t("wall_cell", { meant, read, num: count }));
    button.setAttribute("aria-pressed", isChosen);
    button.addEventListener("click", () => onCell(meant, read));
    cell.style.setProperty("--share", meant === read ? count / total : Math.min(1, 0.5 + count / total));
    cell.append(button);
    return cell;
  }

  return {
    node: make(
      "figure", { className: "wall-confusion" },
      make("figcaption", { className: "across", textContent: t("wall_read_as") }),
      make("figcaption", { className: "down", textContent: t("wall_meant_as") }),
      table,
    ),
    show(matrix, chosen) {
      const focused = [...table.querySelectorAll("button")].indexOf(document.activeElement);
      const rows = matrix.map((counts, meant) => {
        const total = Math.max(1, ...counts);
        return make("tr", {}, head(meant, "row"), ...counts.map((count, read) => (
          makeCell(count, total, meant, read, chosen?.meant === meant && chosen?.read === read))));
      });
      table.replaceChildren(make("tr", {}, make("td"), ...DIGITS.map((digit) => head(digit, "col"))), ...rows);
      if (focused >= 0) table.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    },
  };
}

// The drawing whose digit got the smallest share.
function createWorst() {
  const [frame, words] = [make("div", { className: "wall-tile" }), make("div", { className: "wall-words" })];
  const node = make("section", { className: "wall-worst" }, frame, words);
  return {
    node,
    show(drawing, numLabelled) {
      frame.hidden = !drawing;
      if (!drawing) return words.replaceChildren(title(numLabelled ? t("wall_none_missed") : ""));
      const { label, digit, votes } = drawing;
      const all = votes?.reduce((sum, count) => sum + count, 0);
      frame.replaceChildren(makeTile(drawing, t("wall_drawing_of", { label, digit })));
      words.replaceChildren(title(t("wall_worst")), sentence(t("wall_worst_read", { label, digit })));
      if (all) words.append(sentence(t("wall_worst_votes", { label, num: votes[label], all })));
    },
  };
}

export function createResults(root, { onDrawing }) {
  let wall = null;
  let chosen = null; // { meant, read } of the cell whose drawings are shown
  const matrix = createMatrix((meant, read) => {
    chosen = chosen?.meant === meant && chosen?.read === read ? null : { meant, read };
    show(wall);
  });
  const [count, worst, forms] = [createCount("wall_read"), createWorst(), createForms()];
  const [head, tiles] = [title(), createTiles({ onDrawing })];
  const cell = make("section", { className: "wall-group wall-cell" }, head, tiles.node);
  const beside = make("div", { className: "wall-stories" }, worst.node, forms.node);
  root.append(make(
    "div", { className: "wall-results" },
    make("div", { className: "wall-words" }, count.node, matrix.node),
    make("div", { className: "wall-right" }, beside, cell),
  ));

  function showCell(drawings) {
    beside.hidden = Boolean(chosen);
    cell.hidden = !chosen;
    if (!chosen) return;
    const those = drawings.filter(({ label, digit }) => label === chosen.meant && digit === chosen.read);
    head.textContent = t("wall_cell", { ...chosen, num: those.length });
    tiles.show(those);
  }

  function show(news) {
    wall = news;
    const { drawings, summary } = wall;
    count.show(summary.num_read, summary.num_labelled);
    matrix.show(summary.matrix, chosen);
    worst.show(drawings.find(({ id }) => id === summary.worst), summary.num_labelled);
    forms.show(drawings);
    showCell(drawings);
  }

  return { show };
}
