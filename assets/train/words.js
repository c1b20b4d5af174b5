// States and times of a run in words.

import { tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { isFinished } from "./record.js";

export function tellSeconds(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 100) return t("train_seconds", { seconds: whole });
  return whole < 5400 ? t("train_minutes", { minutes: Math.round(whole / 60) }) : t("train_hours", { hours: (whole / 3600).toFixed(1) });
}

// What is new in a run's learning rate has as many digits as it needs.
export const tellRate = (rate) => (rate < 1e-4 ? Number(rate).toExponential(1) : String(Number(Number(rate).toPrecision(3))));

// It has its turn, but what it needs is not there yet.
const isPreparing = ({ state, place }) => state === "loading" || (state === "waiting" && !place);

const accuracyOf = (run) => run.accuracy ?? run.best;

// The large line: what came of it, as soon as that is known.
export function tellTitle(run) {
  const accuracy = accuracyOf(run);
  if (isPreparing(run)) return t("train_title_loading");
  if (run.state === "waiting") return t(run.place > 1 ? "train_title_waiting" : "train_title_next", { place: run.place });
  if (accuracy === null || accuracy === undefined) {
    return t(isFinished(run.state) ? `train_title_${run.state}` : "train_title_begun");
  }
  return t("train_title_accuracy", { percent: tenthPercent(accuracy) });
}

// The line below: where it stands.
export function tellWords(run, record, training) {
  const name = run.name || run.recipe;
  if (run.isRecorded) return t("train_recorded", { name });
  const state = () => t(`train_state_${run.state}`, { name, seconds: tellSeconds(run.seconds ?? 0) });
  if (run.problem) return `${state()} ${run.problem}`;
  if (isPreparing(run) && training.engine === "warm") return t("train_words_data");
  if (isPreparing(run)) {
    return t("train_words_loading", { share: Math.round((training.share ?? 0) * 100) });
  }
  if (run.state === "running" || run.state === "paused") {
    const epoch = Math.min((record?.epoch ?? 0) + 1, run.epochs);
    const values = { name, epoch, total: run.epochs, left: run.secondsLeft ? tellSeconds(run.secondsLeft) : "" };
    if (run.state === "paused") return t("train_words_paused", values);
    return t(values.left ? "train_words_running" : "train_words_first", values);
  }
  return state();
}

export function tellEvent({ key, values, step }) {
  const said = values?.rate === undefined ? values : { ...values, rate: tellRate(values.rate) };
  return t("train_event", { step, text: t(`train_event_${key}`, said) });
}
