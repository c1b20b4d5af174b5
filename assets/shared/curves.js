// Line charts: of probabilities, with a place that is looked at; and small ones of any numbers.

import { make } from "./dom.js";

const MARGIN = { left: 48, right: 20, top: 14, bottom: 26 };

// Draws curves in `root`, in place of what it held; it is as wide as there is room, also when that changes.
//
// x: increasing numbers; curves: [{ label, values, color }], values in [0, 1], one for each x; accepted: for each x
// whether the image is taken for a digit, the rest is shaded; at: the x that is looked at, or null; name: read aloud;
// xLabel: below the axis; format(x): text of an x; onPick(x) is called when another x is chosen, by pointer or keys.
export function drawCurves(root, options) {
  let chart = fillWithCurves(root, options);
  let width = root.clientWidth;
  redraws.set(root, () => {
    if (!root.clientWidth || root.clientWidth === width) return;
    width = root.clientWidth;
    chart = fillWithCurves(root, { ...options, at: chart.at });
  });
  resizes.observe(root);
  return { show(at) { chart.show(at); } };
}

const redraws = new WeakMap();
const resizes = new ResizeObserver((entries) => entries.forEach(({ target }) => redraws.get(target)()));

function fillWithCurves(root, options) {
  const { x, curves, accepted = null, at = null, name = "", xLabel = "", format = String, onPick = null } = options;
  const { left, right, top } = MARGIN;
  const width = Math.max(280, root.clientWidth);
  const height = Math.round(Math.min(260, 90 + width * 0.22));
  const bottom = MARGIN.bottom + (xLabel ? 20 : 0);
  const role = onPick ? "slider" : "img";
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role, "aria-label": name || xLabel });
  svg.classList.add("curves");
  const toX = (value) => left + ((value - x[0]) / (x.at(-1) - x[0] || 1)) * (width - left - right);
  const toY = (value) => height - bottom - value * (height - top - bottom);
  if (accepted) shadeRefused(svg, { x, accepted, toX, y: top, height: height - top - bottom });
  for (const share of [0, 0.5, 1]) {
    svg.append(
      makeSvg("line", { x1: left, x2: width - right, y1: toY(share), y2: toY(share), class: "grid" }),
      makeSvg("text", { x: left - 6, y: toY(share) + 5, "text-anchor": "end" }, `${share * 100}%`),
    );
  }
  for (const [tick, anchor] of [[x[0], "start"], [(x[0] + x.at(-1)) / 2, "middle"], [x.at(-1), "end"]]) {
    svg.append(makeSvg("text", { x: toX(tick), y: height - bottom + 19, "text-anchor": anchor }, format(tick)));
  }
  svg.append(makeSvg("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, xLabel));
  curves.forEach((curve) => drawCurve(svg, { ...curve, x, toX, toY }));
  const marker = makeSvg("line", { y1: top, y2: height - bottom, class: "at" });
  svg.append(marker);
  const chart = {
    at,
    show(value) {
      chart.at = value;
      marker.style.display = value === null ? "none" : "";
      if (value === null) return;
      marker.setAttribute("x1", toX(value));
      marker.setAttribute("x2", toX(value));
      if (!onPick) return;
      svg.setAttribute("aria-valuenow", value);
      svg.setAttribute("aria-valuetext", format(value));
    },
  };
  chart.show(at);
  if (onPick) makePickable(svg, chart, { x, toX, width, onPick });
  root.replaceChildren(svg);
  return chart;
}

function drawCurve(svg, { label, values, color, x, toX, toY }) {
  svg.append(makeLine({ x, values, toX, toY }, { style: `stroke: ${color}` }));
  // Its name stands where it is highest.
  const peak = values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
  if (values[peak] < 0.2) return;
  const place = { x: toX(x[peak]) + (peak ? -6 : 8), y: Math.max(toY(1) + 16, toY(values[peak]) - 5) };
  svg.append(makeSvg("text", { ...place, class: "name", style: `--curve: ${color}` }, String(label)));
}

function shadeRefused(svg, { x, accepted, toX, y, height }) {
  const border = (index) => (index <= 0 ? x[0] : index >= x.length ? x.at(-1) : (x[index - 1] + x[index]) / 2);
  for (let start = 0; start < x.length; start += 1) {
    if (accepted[start]) continue;
    let end = start;
    while (end < x.length && !accepted[end]) end += 1;
    const [from, to] = [toX(border(start)), toX(border(end))];
    svg.append(makeSvg("rect", { x: from, y, width: to - from, height, class: "refused" }));
    start = end;
  }
}

function makePickable(svg, chart, { x, toX, width, onPick }) {
  svg.tabIndex = 0;
  svg.setAttribute("aria-valuemin", x[0]);
  svg.setAttribute("aria-valuemax", x.at(-1));
  const nearest = (wanted) => x.reduce((best, value) => (
    Math.abs(toX(value) - wanted) < Math.abs(toX(best) - wanted) ? value : best));
  const pick = (value) => {
    if (value === chart.at) return;
    chart.show(value);
    onPick(value);
  };
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    pick(nearest(((event.clientX - box.left) / box.width) * width));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => event.buttons && follow(event));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const place = x.indexOf(nearest(toX(chart.at ?? x[0])));
    pick(x[Math.min(x.length - 1, Math.max(0, place + by))]);
  });
}

// A small chart of any numbers with its legend.
//
// x: increasing numbers; curves: [{ name, values }]; word(name) and format(number): as a visitor reads them.
export function drawPlot({ x, curves, xLabel, word, format }) {
  const [left, top, width, height] = [64, 12, 322, 150];
  const all = curves.flatMap((curve) => curve.values);
  const [least, high] = [Math.min(...all), Math.max(...all)];
  const low = least > high / 2 ? least : Math.min(least, 0);
  const toX = (value) => left + (width * (value - x[0])) / (x.at(-1) - x[0] || 1);
  const toY = (value) => top + height * (1 - (value - low) / (high - low || 1));
  const svg = makeSvg("svg", { viewBox: "0 0 400 196", role: "img" });
  svg.setAttribute("aria-label", curves.map(({ name, values }) => (
    `${word(name)}: ${format(values[0])} → ${format(values.at(-1))}`)).join("; "));
  svg.append(
    makeSvg("path", { class: "axis", d: `M${left},${top}V${top + height}H${left + width}` }),
    makeSvg("text", { x: left - 6, y: top + 5, "text-anchor": "end" }, format(high)),
    makeSvg("text", { x: left - 6, y: top + height, "text-anchor": "end" }, format(low)),
    makeSvg("text", { x: left, y: top + height + 18 }, format(x[0])),
    makeSvg("text", { x: left + width, y: top + height + 18, "text-anchor": "end" }, format(x.at(-1))),
    makeSvg("text", { x: left + width / 2, y: top + height + 18, "text-anchor": "middle" }, word(xLabel)),
    ...curves.map(({ values }, number) => makeLine({ x, values, toX, toY }, { class: `curve curve-${number}` })),
  );
  const legend = make("p", { className: "legend" }, ...curves.map(({ name }, number) => (
    make("span", { className: `curve-${number}`, textContent: word(name) }))));
  return make("figure", { className: "plot" }, svg, legend);
}

function makeLine({ x, values, toX, toY }, attributes) {
  const points = values.map((value, index) => `${toX(x[index]).toFixed(1)},${toY(value).toFixed(1)}`).join(" ");
  return makeSvg("polyline", { points, ...attributes });
}

export function makeSvg(tag, attributes = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  node.textContent = text;
  return node;
}
