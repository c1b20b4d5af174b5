// Ten bars, one for each digit.

import { make } from "./dom.js";
import { percent } from "./numbers.js";
import { t } from "./texts.js";

// Ten bars in `root`; gives a function that shows ten probabilities, or other shares with their own text, or empty bars
// for null.
export function createBars(root, toText = percent) {
  const rows = Array.from({ length: 10 }, (_, label) => {
    const row = make("div", {}, ...["name", "track", "value", "unit"].map((className) => make("span", { className })));
    row.dataset.digit = label;
    row.setAttribute("role", "meter");
    row.setAttribute("aria-label", label);
    row.setAttribute("aria-valuemax", 100);
    row.querySelector(".name").textContent = label;
    root.append(row);
    return row;
  });
  return (probabilities) => {
    const top = probabilities && Math.max(...probabilities);
    rows.forEach((row, label) => {
      const probability = probabilities?.[label] ?? 0;
      row.dataset.probability = probability;
      row.style.setProperty("--probability", probability);
      row.classList.toggle("top", probability === top);
      row.querySelector(".value").textContent = probabilities ? toText(probability) : "";
      row.querySelector(".unit").textContent = probabilities ? t("percent_unit") : "";
      row.setAttribute("aria-valuenow", Math.round(probability * 100));
    });
  };
}
