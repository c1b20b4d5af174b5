// A chart of loss or accuracy that grows while a network is trained, on a scale of its own.

import { makeSvg } from "../shared/curves.js";
import { make } from "../shared/dom.js";

const MARGIN = { left: 46, right: 66, top: 10, bottom: 24 };

// Draws in `root`; it is as wide as there is room. format(value): as a visitor reads it.
export function createChart(root, { title, format }) {
  const frame = make("div", { className: "chart" });
  const heading = make("h3");
  root.append(heading, frame);
  let shown = null;
  new ResizeObserver(() => shown && draw()).observe(frame);

  function draw() {
    if (frame.clientWidth) frame.replaceChildren(fill(shown, { title, format, width: frame.clientWidth, height: frame.clientHeight }));
  }

  return {
    // curves: [{ name, points: [[step, value]], kind }], the last of a name stands at its end; low, high: of the scale;
    // total: steps of the whole run; borders: steps where an epoch ends; marks: [{ step, text }]; at: a step, or null.
    show(options) {
      shown = options;
      heading.replaceChildren(title, ...options.curves.map(({ name, kind }) => (
        make("span", { className: `legend ${kind}`, textContent: name }))));
      draw();
    },
  };
}

function fill({ curves, low, high, total, borders, marks, at }, { title, format, width, height }) {
  const { left, right, top, bottom } = MARGIN;
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "curves growing" });
  const toX = (step) => left + (step / total) * (width - left - right);
  const toY = (value) => top + (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low || 1)) * (height - top - bottom);
  for (const value of [low, (low + high) / 2, high]) {
    svg.append(
      makeSvg("line", { x1: left, x2: width - right, y1: toY(value), y2: toY(value), class: "grid" }),
      makeSvg("text", { x: left - 6, y: toY(value) + 5, "text-anchor": "end" }, format(value)),
    );
  }
  let free = -Infinity; // where the last number below the axis ends
  borders.forEach((step, index) => {
    svg.append(makeSvg("line", { x1: toX(step), x2: toX(step), y1: top, y2: height - bottom, class: "grid border" }));
    if (toX(step) - free < 26) return;
    free = toX(step);
    svg.append(makeSvg("text", { x: toX(step), y: height - 6, "text-anchor": "middle" }, String(index + 1)));
  });
  for (const { step, text } of marks) {
    const mark = makeSvg("line", { x1: toX(step), x2: toX(step), y1: top, y2: height - bottom, class: "mark" });
    mark.append(makeSvg("title", {}, text));
    svg.append(mark);
  }
  const drawn = curves.filter(({ points }) => points.length);
  for (const { points, kind } of drawn) {
    const path = points.map(([step, value]) => `${toX(step).toFixed(1)},${toY(value).toFixed(1)}`).join(" ");
    svg.append(makeSvg("polyline", { points: path, class: kind }));
  }
  svg.append(...nameEnds(drawn, { toX, toY, format, top, bottom: height - bottom }));
  if (at !== null) svg.append(makeSvg("line", { x1: toX(at), x2: toX(at), y1: top, y2: height - bottom, class: "at" }));
  svg.setAttribute("aria-label", [title, ...drawn.map(({ name, points }) => `${name}: ${format(points.at(-1)[1])}`)].join("; "));
  return svg;
}

// The last value of each curve, where it ends; they keep clear of each other.
function nameEnds(curves, { toX, toY, format, top, bottom }) {
  const ends = curves.map(({ points, kind }) => ({ kind, x: toX(points.at(-1)[0]), y: toY(points.at(-1)[1]), value: points.at(-1)[1] }))
    .sort((one, other) => one.y - other.y);
  ends.forEach((end, index) => { end.place = Math.max(end.y, top + 6, (ends[index - 1]?.place ?? -Infinity) + 17); });
  const over = (ends.at(-1)?.place ?? 0) - bottom + 2;
  if (over > 0) ends.forEach((end) => { end.place -= over; });
  return ends.flatMap(({ kind, x, y, place, value }) => [
    makeSvg("circle", { cx: x, cy: y, r: 3.5, class: `end ${kind}` }),
    makeSvg("text", { x: x + 9, y: place + 5, class: `value ${kind}` }, format(value)),
  ]);
}
