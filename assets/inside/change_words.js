// A change of the drawing in words. Knows no page.

import { t } from "../shared/texts.js";

export function describeChange({ unit, change }) {
  const size = Math.abs(change.amount);
  return t(`change_said_${change.effect}`, {
    amount: size.toFixed(unit === "percent" || (unit === "degrees" && size >= 10) ? 0 : 1),
    place: change.place && t(`change_place_${change.place}`),
    label: change.label,
  });
}

// Why a family of changes gave nothing.
export function describeNone({ family, lowest, highest, isComplete, ...search }) {
  const tried = countEdited(search);
  if (!tried) return t("change_impossible", { family: t(`change_family_${family}`) });
  const range = t(`change_range_${family}`, { lowest: Math.abs(lowest).toFixed(0), highest: highest.toFixed(0) });
  return t(isComplete ? "change_tried" : "change_stopped", { range, tried: tried.toLocaleString() });
}

// One of the images that were predicted is the drawing itself.
export const countEdited = ({ tried }) => tried - 1;

export const percentOfInk = (cost) => (cost < 0.1 ? (cost * 100).toFixed(1) : Math.round(cost * 100));
