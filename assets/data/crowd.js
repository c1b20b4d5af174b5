// What the chosen samples have in common: charts, mean images, the confusion matrix, figures by class.

import { $, make } from "../shared/dom.js";
import { exactPercent, tenthPercent } from "../shared/numbers.js";
import { openSprite } from "../shared/pixels.js";
import { drawChart, drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

export function createCrowd(view) {
  let last = null;
  let isPerRow = false;

  function show(answer) {
    last = answer;
    $("#crowd-by").textContent = t(`crowd_by_${answer.by}`, { total: answer.total.toLocaleString() });
    $("#crowd-charts").replaceChildren(...answer.charts.map(({ name, svg, alt }) => {
      const figure = make("figure", {}, drawChart(svg, alt));
      figure.dataset.chart = name;
      return figure;
    }));
    for (const name of ["mean", "spread"]) {
      const paint = openSprite(answer[name], 10);
      $(`#crowd-${name}`).replaceChildren(...answer.counts.map((count, digit) => {
        const tile = paint(make("span"), digit);
        tile.setAttribute("role", "img");
        tile.setAttribute("aria-label", t(`crowd_label_${name}`, { digit, count }));
        return make("span", { className: "mean" }, tile, make("b", { textContent: digit }));
      }));
    }
    const hasMatrix = Boolean(answer.confusion);
    $("#confusion-part").hidden = !hasMatrix;
    $("#confusion-none").hidden = hasMatrix;
    $("#confusion-none").textContent = t(answer.isPending ? "confusion_waits" : "confusion_none");
    if (!hasMatrix) return;
    drawMatrix();
    const share = (value) => (value === null ? "–" : exactPercent(value));
    const rows = answer.classes.map((row) => [
      String(row.label), row.num_samples.toLocaleString(), share(row.precision), share(row.recall), share(row.f1),
    ]);
    const head = ["digit", "images", "precision", "recall", "f1"].map((key) => t(`class_${key}`));
    $("#classes").replaceChildren(drawTable(t("classes"), { head, rows }));
  }

  // Rows are labels, columns answers. A cell leads to its samples.
  function drawMatrix() {
    const table = make("table", { className: "confusion" });
    table.append(make("caption", { className: "unseen", textContent: t("confusion_caption") }));
    const head = table.createTHead().insertRow();
    const digits = Array.from({ length: 10 }, (_, digit) => make("th", { scope: "col", textContent: digit }));
    head.append(make("td"), ...digits);
    const body = table.createTBody();
    last.confusion.forEach((counts, label) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      const row = body.insertRow();
      row.append(make("th", { scope: "row", textContent: label }));
      counts.forEach((count, predicted) => row.append(drawCell(count, total, label, predicted)));
    });
    $("#confusion").replaceChildren(table);
    $("#per-row").setAttribute("aria-pressed", isPerRow);
  }

  function drawCell(count, total, label, predicted) {
    const cell = make("td");
    if (!count) {
      cell.append(make("span", { className: "unseen", textContent: "0" }));
      return cell;
    }
    const share = count / total;
    const text = isPerRow ? `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)}` : count.toLocaleString();
    const button = make("button", { type: "button", textContent: text });
    button.setAttribute("aria-label", t("confusion_cell", { label, predicted, count, share: tenthPercent(share) }));
    button.title = button.getAttribute("aria-label");
    button.dataset.cell = `${label}-${predicted}`;
    // Mistakes are few: on a linear scale nobody would see them.
    cell.style.setProperty("--share", label === predicted ? share : Math.min(1, Math.sqrt(share) * 3));
    cell.className = label === predicted ? "hit" : "miss";
    button.addEventListener("click", () => view.set({ label: [label], predicted: [predicted], show: undefined }));
    cell.append(button);
    return cell;
  }

  $("#per-row").addEventListener("click", () => {
    isPerRow = !isPerRow;
    drawMatrix();
  });

  return { show };
}
