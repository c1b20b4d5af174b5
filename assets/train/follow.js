// Asks the server how the training goes: often while something runs, now and then otherwise, and never while nobody sees
// it. One question is in flight at a time.

import { emit, lastSaid, on } from "../shared/bus.js";
import { $, isShown } from "../shared/dom.js";
import { call, createLatest, later, stateOf } from "../shared/server.js";
import { addTo, chooseRun, createRecord, isFinished, sinceOf } from "./record.js";

const OFTEN = 220;
const SELDOM = 2000;

// onAnswer(answer, record) of each answer, record null where there is no run; onState(state, answer) of every try.
export function createFollower({ onAnswer, onState }) {
  const begin = createLatest();
  let record = null;
  let wanted = null; // the run that the visitor, or the address, asks for
  let image = lastSaid("drawing") ?? null;
  let recipes = null;
  let isWaking = true;

  on("drawing", (next) => { image = next; });
  on("seen", (seen) => { image = seen.image; });

  const isWatched = () => isShown($("#train .train")) && !document.hidden;

  function question() {
    const since = record ? sinceOf(record) : {};
    return { image, wake: isWaking, ...(record && { run: record.id }), ...(recipes && { since }) };
  }

  // Gives how long nothing need be asked.
  function take(answer) {
    isWaking = false;
    recipes ??= answer.recipes; // fields that a visitor has changed stand on them
    const id = chooseRun(answer.runs, record?.id ?? wanted);
    if (answer.run && record?.id === answer.run.id) addTo(record, answer.run);
    const isOther = id !== (record?.id ?? null);
    if (isOther) record = id && createRecord(id);
    onAnswer({ ...answer, recipes }, record?.isKnown ? record : null);
    if (isOther && id) return 0;
    const isLoading = answer.training.engine === "loading";
    return isLoading || answer.runs.some(({ state }) => !isFinished(state)) ? OFTEN : SELDOM;
  }

  async function run(isCurrent) {
    while (isCurrent() && isWatched()) {
      const started = performance.now();
      const answer = await call("look_at_training", question());
      if (!isCurrent()) return;
      const state = stateOf(answer);
      onState(state, answer);
      const rest = state === "ok" ? take(answer) : SELDOM;
      await later(Math.max(0, rest - (performance.now() - started)));
    }
  }

  function start() {
    run(begin());
  }

  document.addEventListener("visibilitychange", () => { if (isWatched()) start(); });

  return {
    start,
    stop: begin,
    // The tab has been opened: what training needs is loaded.
    wake() {
      isWaking = true;
      start();
    },
    choose(id) {
      wanted = id;
      if (record?.id !== id) record = id && createRecord(id);
      emit("address", { tab: "train", address: id ? `#train?run=${id}` : "#train" });
      if (location.hash.startsWith("#train")) history.replaceState(null, "", `${location.search}${id ? `#train?run=${id}` : "#train"}`);
      start();
    },
    get image() { return image; },
    get record() { return record; },
  };
}
