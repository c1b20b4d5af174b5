// How good explanations are, measured: what is lost when the pixels they name go first, and what comes when they come
// first, beside other orders.

import { drawCurves } from "../shared/curves.js";
import { $, make } from "../shared/dom.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

const COLORS = { own: "var(--accent)", random: "var(--muted)", darkness: "var(--digit-1)" };

// figures: of `list_explanations`, null where none are stored; choice: the method, and the baseline it was asked with.
export function showWhyFigures(figures, { method, baseline }) {
  const own = figures?.methods[method.hasBaseline ? `${method.name}/${baseline}` : method.name];
  $("#why-figures").hidden = !own;
  if (!own) {
    $("#why-measured").textContent = t("why_not_measured");
    return;
  }
  const order = (name) => figures.methods[`${name}/${own.replacement}`];
  showMeasured(figures, own, order);
  for (const kind of ["deletion", "insertion"]) {
    const curve = (name, of) => ({ label: "", color: COLORS[name], values: of[kind].curve });
    drawCurves($(`#why-${kind}`), {
      x: figures.shares,
      curves: [curve("random", order("random")), curve("darkness", order("darkness")), curve("own", own)],
      xLabel: t("why_share"),
      format: (share) => `${Math.round(share * 100)}%`,
    });
  }
  $("#why-legend").replaceChildren(...Object.entries(COLORS).map(([name, color]) => {
    const entry = make("span", { textContent: t(`why_order_${name}`) });
    entry.style.setProperty("--color", color);
    return entry;
  }));
  showTable(figures);
}

function showMeasured(figures, own, order) {
  const area = (value) => value.toFixed(2);
  const values = { images: figures.num_images, deletion: area(own.deletion.area), insertion: area(own.insertion.area) };
  for (const name of figures.orders) {
    values[`deletion_${name}`] = area(order(name).deletion.area);
    values[`insertion_${name}`] = area(order(name).insertion.area);
  }
  const said = ["why_measured", own.is_better ? "why_better" : "why_not_better"];
  if (!figures.isOwn) said.push("why_same_recipe");
  $("#why-measured").textContent = said.map((key) => t(key, values)).join(" ");
}

function nameEntry(entry) {
  const [method, baseline] = entry.split("/");
  const isOrder = method === "random" || method === "darkness";
  if (isOrder) return `${t(`why_order_${method}`)}, ${t(`why_replaced_${baseline}`)}`;
  return baseline ? `${t(`why_name_${method}`)}, ${t(`why_baseline_${baseline}`)}` : t(`why_name_${method}`);
}

function showTable({ methods, single }) {
  const rows = Object.entries(methods).map(([entry, { replacement, deletion, insertion, is_better: isBetter }]) => [
    nameEntry(entry), t(`why_replaced_${replacement}`), deletion.area.toFixed(3), insertion.area.toFixed(3),
    isBetter === undefined ? "" : t(isBetter ? "why_yes" : "why_no"),
    `${single[entry].deletion.area.toFixed(3)} / ${single[entry].insertion.area.toFixed(3)}`,
  ]);
  const head = ["method", "replaced", "deletion", "insertion", "better", "single"].map((key) => t(`why_column_${key}`));
  $("#why-table").replaceChildren(drawTable(t("why_figures"), { head, rows }));
  const worse = Object.keys(single).filter((entry) => single[entry].is_better === false);
  $("#why-single").textContent = worse.length ? t("why_single", { names: worse.map(nameEntry).join("; ") }) : "";
}
