// One way to move the drawing: a slider, and the network's answers at every value of it.

import { drawCurves } from "../shared/curves.js";
import { $, digitColor, make } from "../shared/dom.js";
import { shortest } from "../shared/numbers.js";
import { t } from "../shared/texts.js";

// How far one step of a slider goes; the curves have fewer steps.
const SLIDER_STEPS = { rotation: 1, scale: 1, shift_x: 0.1, shift_y: 0.1, thickness: 0.025, noise: 0.5 };

// sweep: { name, low, high, neutral, unit }; onMove() is called when the visitor chose another value.
export function createMoveCard({ name, low, high, neutral, unit }, onMove) {
  const format = (number) => `${shortest(number)}${["°", "%"].includes(unit) ? "" : " "}${unit}`;
  const id = `move-${name}`;
  const output = make("output");
  const slider = make("input", { type: "range", id, min: low, max: high, step: SLIDER_STEPS[name], value: neutral });
  const label = make("label", { htmlFor: id, textContent: t(`move_name_${name}`) });
  const chart = make("div");
  const range = make("p", { className: "muted" });
  const head = make("div", { className: "move-head" }, label, output);
  const card = make("div", { className: "move-card" }, head, slider, chart, range);
  card.dataset.sweep = name;
  $("#move-cards").append(card);
  let value = neutral;
  let drawn = null; // what the chart shows, as text
  let marker = null;

  function set(next) {
    value = next;
    slider.value = next;
    slider.setAttribute("aria-valuetext", format(next));
    output.textContent = format(next);
    marker?.show(next);
  }

  function move(next) {
    set(next);
    onMove();
  }

  slider.addEventListener("input", () => move(Number(slider.value)));
  set(neutral);

  return {
    get value() { return value; },
    get isMoved() { return value !== neutral; },
    reset: () => set(neutral),
    // A curve depends on the other values alone. It stays while its own is dragged, also by a finger on it.
    show(sweep, { kind, labels }, asked) {
      const others = JSON.stringify({ ...asked, values: { ...asked.values, [name]: 0 } });
      if (others !== drawn) {
        drawn = others;
        marker = drawCurves(chart, {
          x: sweep.steps,
          name: t(`move_name_${name}`),
          accepted: sweep.accepted,
          curves: Array.from({ length: 10 }, (_, digit) => ({
            label: digit, values: sweep.probabilities.map((row) => row[digit]), color: digitColor(digit),
          })),
          at: value,
          format,
          onPick: move,
        });
      }
      const [from, to] = sweep.stays;
      const isWhole = from === low && to === high;
      const values = { label: labels[0], low: format(from), high: format(to) };
      range.textContent = kind === "refused"
        ? t(isWhole ? "move_never_digit" : "move_no_digit", values) : t(isWhole ? "move_always" : "move_stays", values);
    },
  };
}
