// The charts of an experiment: its trials as they end, with the best so far; and what the test set would have flattered.

import { makeSvg } from "../shared/curves.js";
import { exactPercent, tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { spread } from "./experiment_words.js";

const MARGIN = { left: 58, right: 68, top: 14, bottom: 40 };
const HEIGHT = 230;

// A frame with scales; format of the lines across; names of what the axes are.
function makeFrame(root, { xLabel, yLabel, low, high }) {
  const width = Math.max(260, root.clientWidth || 400);
  const { left, right, top, bottom } = MARGIN;
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", class: "curves experiment" });
  const toY = (value) => top + (1 - Math.max(0, value - low) / (high - low)) * (HEIGHT - top - bottom);
  for (const value of [low, (low + high) / 2, high]) {
    svg.append(
      makeSvg("line", { x1: left, x2: width - right, y1: toY(value), y2: toY(value), class: "grid" }),
      makeSvg("text", { x: left - 6, y: toY(value) + 5, "text-anchor": "end" }, `${tenthPercent(value)}%`),
    );
  }
  svg.append(makeSvg("text", { x: (left + width - right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, xLabel));
  svg.setAttribute("aria-label", `${yLabel}: ${xLabel}`);
  root.replaceChildren(svg);
  return { svg, toY, from: left, to: width - right, bottom: HEIGHT - bottom };
}

export function drawTrials(root, { trials }) {
  const ended = trials.map(({ state, validation }, index) => ({ number: index + 1, validation, state })).filter(({ state, validation }) => state === "done" && Number.isFinite(validation));
  const scale = ended.length ? spread(ended.map(({ validation }) => validation)) : { low: 0, high: 1 };
  const { svg, toY, from, to, bottom } = makeFrame(root, { ...scale, xLabel: t("experiment_axis_trials"), yLabel: t("experiment_column_validation") });
  const toX = (number) => from + ((number - 0.5) / trials.length) * (to - from);
  const every = Math.ceil(trials.length / Math.max(1, Math.floor((to - from) / 26)));
  for (let number = 1; number <= trials.length; number += every) {
    svg.append(makeSvg("text", { x: toX(number), y: bottom + 18, "text-anchor": "middle" }, String(number)));
  }
  if (!ended.length) return;
  let best = -1;
  const corners = [];
  for (const { number, validation } of ended) {
    if (best >= 0) corners.push(`${toX(number).toFixed(1)},${toY(best).toFixed(1)}`);
    best = Math.max(best, validation);
    corners.push(`${toX(number).toFixed(1)},${toY(best).toFixed(1)}`);
  }
  corners.push(`${to},${toY(best).toFixed(1)}`);
  svg.append(makeSvg("polyline", { points: corners.join(" "), class: "new" }));
  for (const { number, validation } of ended) {
    const dot = makeSvg("circle", { cx: toX(number), cy: toY(validation), r: 5, class: kindOf(validation, best, scale.low) });
    dot.append(makeSvg("title", {}, `${number}: ${exactPercent(validation)}%`));
    svg.append(dot);
  }
  svg.append(makeSvg("text", { x: to + 6, y: toY(best) + 5, class: "value new" }, `${exactPercent(best)}%`));
}

const kindOf = (value, best, low) => (value === best ? "dot new" : value < low ? "dot below" : "dot");

// Each trial by its validation (across) and test figure (up); the two choices, and the gap between what they report.
export function drawGap(root, trials, { chosen, flattered }) {
  const known = trials.filter(({ state, test }) => state === "done" && Number.isFinite(test));
  const scale = spread(known.map(({ test }) => test), trials[chosen].test);
  const across = spread(known.map(({ validation }) => validation), trials[flattered].validation);
  const { svg, toY, from, to, bottom } = makeFrame(root, { ...scale, xLabel: t("experiment_axis_validation"), yLabel: t("experiment_column_test") });
  const toX = (value) => from + (Math.max(0, value - across.low) / (across.high - across.low)) * (to - from);
  for (const [value, anchor] of [[across.low, "start"], [across.high, "end"]]) {
    svg.append(makeSvg("text", { x: toX(value), y: bottom + 18, "text-anchor": anchor }, `${tenthPercent(value)}%`));
  }
  const [low, high] = [chosen, flattered].map((index) => toY(trials[index].test));
  if (chosen !== flattered) svg.append(makeSvg("rect", { x: from, y: high, width: to - from, height: low - high, class: "gap" }));
  for (const { validation, test } of known) svg.append(makeSvg("circle", { cx: toX(validation), cy: toY(test), r: 5, class: test < scale.low || validation < across.low ? "dot below" : "dot" }));
  mark(svg, { x: toX(trials[chosen].validation), y: low, from, to, kind: "new" });
  if (chosen === flattered) return svg.append(label(to, low, trials[chosen].test, "new"));
  mark(svg, { x: toX(trials[flattered].validation), y: high, from, to, kind: "flattered" });
  const apart = Math.max(0, 17 - (low - high)) / 2;
  svg.append(label(to, low + apart, trials[chosen].test, "new"), label(to, high - apart, trials[flattered].test, "flattered"));
}

function mark(svg, { x, y, from, to, kind }) {
  svg.append(makeSvg("line", { x1: from, x2: to, y1: y, y2: y, class: kind }), makeSvg("circle", { cx: x, cy: y, r: 7, class: `dot ${kind}` }));
}

const label = (x, y, value, kind) => makeSvg("text", { x: x + 6, y: y + 5, class: `value ${kind}` }, `${exactPercent(value)}%`);
