// What is known of one run: what each answer of the server adds to it, and what a chart makes of that. Knows no page.

// The curves of a chart have no more points than this.
const MOST_POINTS = 300;
const FINISHED = ["done", "stopped", "failed", "interrupted"];

export const isFinished = (state) => FINISHED.includes(state);

export function createRecord(id) {
  return {
    id, isKnown: false, loss: [], accuracy: [], checks: [], epochs: [], events: [], kept: [],
    numEpochs: 0, share: 0, filters: null, samples: null, images: null,
  };
}

// What the server need not send again; nothing until the samples are known, which it sends once.
export function sinceOf(record) {
  if (!record.images) return {};
  return { step: record.loss.length, check: lastOf(record.checks, "step"), epoch: lastOf(record.epochs, "epoch") };
}

// Before the first step there is a check of step 0.
const lastOf = (entries, name) => entries.at(-1)?.[name] ?? -1;

// Adds the `run` of an answer. What is there already is taken once.
export function addTo(record, run) {
  const { steps, checks, epochs, samples, filters, ...now } = run;
  for (const name of ["loss", "accuracy"]) {
    steps[name].forEach((value, index) => { record[name][steps.from - 1 + index] = value; });
  }
  record.checks.push(...checks.filter(({ step }) => step > lastOf(record.checks, "step")));
  record.epochs.push(...epochs.filter(({ epoch }) => epoch > lastOf(record.epochs, "epoch")));
  const images = samples?.images ?? record.images;
  const hasSamples = Boolean(samples?.predictions);
  return Object.assign(record, now, {
    isKnown: true, images, samples: hasSamples ? samples : record.samples, filters: filters ?? record.filters,
  });
}

// As far as can be told: a run may end before all its epochs are over.
export function stepsPerEpoch({ loss, share, epochs, numEpochs }) {
  if (share > 0 && share < 1) return loss.length / share / (numEpochs || 1);
  return (loss.length || 1) / (epochs.length || numEpochs || 1);
}

// How many steps the whole run has, or will have.
export function totalSteps(record) {
  if (isFinished(record.state)) return Math.max(record.loss.length, 1);
  return Math.max(record.loss.length, 1, Math.round(stepsPerEpoch(record) * record.numEpochs));
}

// The mean of the last values, older ones counting less; what is not a number is left out.
export function smooth(values, memory = 0.92) {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (Number.isFinite(value)) [sum, weight] = [sum * memory + value, weight * memory + 1];
    return weight ? sum / weight : NaN;
  });
}

// The smoothed values of every step as points [step, value], thinned out; the last one stays.
export function toPoints(values) {
  const points = smooth(values).map((value, index) => [index + 1, value]).filter(([, value]) => Number.isFinite(value));
  const every = Math.ceil(points.length / MOST_POINTS) || 1;
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}

// The state as programs that watch the page read it.
export function stateForHook(state, hasModel) {
  if (!state) return "idle";
  if (state === "storing") return "running";
  if (state === "stopped") return "done";
  if (state === "interrupted") return hasModel ? "done" : "failed";
  return state;
}

// The run that is looked at when nobody chose one: what runs of one's own, what runs, what was last.
export function chooseRun(runs, wanted) {
  const isActive = ({ state }) => !isFinished(state);
  const found = [
    runs.find(({ id }) => id === wanted),
    runs.find((run) => run.isMine && isActive(run)),
    runs.find((run) => isActive(run) && run.place === 0),
    runs[0],
  ];
  return found.find(Boolean)?.id ?? null;
}
