// Loss and accuracy of a run, each on its own scale, and of another run beside it.

import { $ } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { createChart } from "./chart.js";
import { stepsPerEpoch, toPoints, totalSteps } from "./record.js";
import { tellEvent } from "./words.js";

const toPercent = (value) => `${Number((value * 100).toFixed(1))}%`;
const toLoss = (value) => value.toFixed(2);
const checkPoints = (checks, name) => checks.map((check) => [check.step, check[name]]).filter(([, value]) => Number.isFinite(value));

export function createCharts() {
  const accuracy = createChart($("#train-accuracy"), { title: t("train_accuracy"), format: toPercent });
  const loss = createChart($("#train-loss"), { title: t("train_loss"), format: toLoss });
  let isClose = false;
  let shown = [null, null, null];

  function show(record, other, at) {
    shown = [record, other, at];
    if (!record) return;
    const total = Math.max(totalSteps(record), other ? totalSteps(other) : 0);
    const perEpoch = stepsPerEpoch(record);
    const common = {
      total,
      borders: Array.from({ length: record.loss.length ? Math.round(total / perEpoch) : 0 }, (_, index) => Math.round((index + 1) * perEpoch)),
      marks: record.events.map((event) => ({ step: event.step, text: tellEvent(event) })),
      at: at === null ? null : at * perEpoch,
    };
    const curves = (name) => [
      { name: t("train_training_images"), points: toPoints(record[name]), kind: "training" },
      { name: t("train_new_images"), points: checkPoints(record.checks, name), kind: "new" },
      ...(other ? [{ name: other.name, points: checkPoints(other.checks, name), kind: "other" }] : []),
    ];
    accuracy.show({ ...common, curves: curves("accuracy"), low: isClose ? 0.9 : 0, high: 1 });
    loss.show({ ...common, curves: curves("loss"), low: 0, high: isClose ? 0.4 : highest(curves("loss")) });
  }

  $("#train-close-up").addEventListener("click", ({ currentTarget }) => {
    isClose = !isClose;
    currentTarget.setAttribute("aria-pressed", isClose);
    show(...shown);
  });

  return { show };
}

// A round number at the top of the scale; a loss that runs away does not flatten all else for ever.
function highest(curves) {
  const all = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const most = Math.min(Math.max(...all, 0.5), 10);
  return Math.ceil(most * 2) / 2;
}
