// An experiment in words, what its charts show, and which trials validation and the test set would choose. Knows no page.

import { exactPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { tellSeconds } from "./words.js";

export function nameTrial({ kind, settings, trials }, index) {
  const { point } = trials[index];
  if (kind === "grid") return t("experiment_network", { number: index + 1 });
  const name = kind === "ablation" ? t("experiment_without", { part: point.without }) : point.activation;
  return settings.seeds > 1 ? t("experiment_with_seed", { name, seed: point.seed }) : name;
}

export function tellStudy({ kind, state, ended, total, secondsLeft }) {
  const values = { kind: t(`experiment_${kind}`), ended, total, left: tellSeconds(secondsLeft ?? 0) };
  return t(state === "going" ? "experiment_title_going" : `experiment_title_${state}`, values);
}

const OVER = ["done", "failed", "steered", "stopped", "interrupted"];

// The trial that waits or is trained.
export const findCurrent = ({ trials }) => trials.find(({ run, state }) => run && state && !OVER.includes(state));

// The indices of the trials with the best validation and with the best test figure; of equals, the first. Null where
// fewer than two can be compared.
export function chooseTrials(trials) {
  const known = trials.map((_, index) => index).filter((index) => (
    trials[index].state === "done" && Number.isFinite(trials[index].validation) && Number.isFinite(trials[index].test)));
  if (known.length < 2) return null;
  const best = (name) => known.reduce((one, other) => (trials[other][name] > trials[one][name] ? other : one));
  const chosen = best("validation");
  const flattered = best("test");
  const isSame = trials[flattered].test === trials[chosen].test;
  return { chosen, flattered: isSame ? chosen : flattered, count: known.length };
}

export function tellGap(study, { chosen, flattered, count }) {
  const [low, high] = [chosen, flattered].map((index) => study.trials[index].test);
  return t(chosen === flattered ? "experiment_no_gap_words" : "experiment_gap_words", {
    count, chosen: nameTrial(study, chosen), other: nameTrial(study, flattered),
    low: exactPercent(low), high: exactPercent(high), gap: exactPercent(high - low),
  });
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

// Round numbers around the values. What is far below the others does not flatten them: it stands on the lower border;
// but there is room for `needed`.
export function spread(values, needed = Infinity) {
  const sorted = [...values].sort((one, other) => other - one);
  const [most, middle] = [sorted[0], sorted[Math.floor((sorted.length - 1) / 2)]];
  const least = Math.min(needed, sorted.findLast((value) => value >= most - 4 * Math.max(most - middle, 0.002)));
  const step = STEPS.find((each) => most - least <= each * 4) ?? 1;
  const low = Math.floor(least / step - 0.5) * step;
  return { low: Math.max(0, low), high: Math.min(1, Math.ceil(most / step + 0.1) * step) };
}
