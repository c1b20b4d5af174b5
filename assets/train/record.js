// What is known of one run: what each answer of the server adds to it, and what a chart makes of that. Knows no page.

// The curves of a chart have no more points than this.
const MOST_POINTS = 300;
const FINISHED = ["done", "stopped", "failed", "interrupted"];

export const isFinished = (state) => FINISHED.includes(state);

export function createRecord(id) {
  return { id, loss: [], accuracy: [], checks: [], epochs: [], events: [], kept: [], numEpochs: 0, share: 0, images: null };
}

// What the server need not send again; undefined as long as nothing is known.
export function sinceOf(record) {
  if (!record.images) return undefined;
  return { step: record.loss.length, check: record.checks.at(-1)?.step ?? 0, epoch: record.epochs.at(-1)?.epoch ?? 0 };
}

// Adds the `run` of an answer. What is there already is taken once.
export function addTo(record, run) {
  const { steps, checks, epochs, samples, ...now } = run;
  for (const name of ["loss", "accuracy"]) {
    steps[name].forEach((value, index) => { record[name][steps.from + index] = value; });
  }
  record.checks.push(...checks.filter(({ step }) => step > (record.checks.at(-1)?.step ?? 0)));
  record.epochs.push(...epochs.filter(({ epoch }) => epoch > (record.epochs.at(-1)?.epoch ?? 0)));
  record.images = samples?.images ?? record.images ?? [];
  Object.assign(record, now, { samples });
  return record;
}

// How many steps the whole run will have, as far as can be told.
export function totalSteps({ loss, share }) {
  return share > 0 ? Math.max(loss.length, Math.round(loss.length / share)) : Math.max(loss.length, 1);
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
