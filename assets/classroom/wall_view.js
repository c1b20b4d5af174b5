// What a class sees of its activity: large on the wall, small on the teacher's screen. Each step of an activity has a
// view, made when it begins: create(root, { onDrawing }) gives show(wall), which is called with all that is new.

import { createDrawn, createFooled, createGallery, createJudged } from "./wall_gallery.js";
import { createGuess, createGuessBars, createWhy } from "./wall_guess.js";
import { createResults } from "./wall_results.js";
import { createSeries } from "./wall_series.js";
import { createChoices, createClosed, createNetworks, createQuestions } from "./wall_teach.js";

const VIEWS = {
  guess_first: { guess: createGuess, bars: createGuessBars, why: createWhy },
  our_handwriting: { draw: createGallery, results: createResults },
  teach_it: { guess: createChoices, training: createNetworks, results: createNetworks },
  did_it_learn: { guess: createChoices, draw: createSeries, results: createSeries },
  fool_it: { draw: createDrawn, judge: createJudged, results: createFooled },
  on_paper: { collect: createGallery, results: createResults },
  questions: { answer: createQuestions, closed: createClosed },
};

// Shows in `root` what show(wall) is given: snapshots of the wall, one after another, of which each says what is new.
// onDrawing(id) is called for a drawing that is chosen; without it none can be. Texts are as large as `--wall-text`.
export function createWallView(root, { onDrawing = null } = {}) {
  const drawings = new Map(); // by id, in the order in which they came
  let shown = { step: "", view: null };
  root.classList.add("wall-view");

  function merge({ is_whole: isWhole, drawings: changed, gone }) {
    if (isWhole) drawings.clear();
    changed.forEach((drawing) => drawings.set(drawing.id, drawing));
    gone.forEach((id) => drawings.delete(id));
  }

  return {
    show(wall) {
      const { name, step, round } = wall.activity;
      merge(wall);
      root.dataset.count = wall.count;
      if (shown.step !== `${name} ${step} ${round}`) {
        root.replaceChildren();
        root.dataset.view = `${name}_${step}`;
        shown = { step: `${name} ${step} ${round}`, view: VIEWS[name][step](root, { onDrawing }) };
      }
      shown.view.show({ ...wall, drawings: [...drawings.values()] });
    },
  };
}
