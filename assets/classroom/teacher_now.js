// What the class does now: what its devices show, the steps of the activity, and the one that comes next.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { paintTile } from "./tile.js";
import { ACTIVITIES, DEFAULT, isLast, nextStep } from "./teacher_lesson.js";
import { count, makeButton, makeCard, tell, write } from "./teacher_tools.js";

// `parts` stand in the card while they concern the activity: each has `node` and `show(state)`; the training also does
// the step that nobody can do by hand. onTray() leads to the drawings that wait.
export function createNow(desk, { guide, parts, onGuess, onTray }) {
  const [training] = parts;
  let round = 0;
  const [name, shown, facts] = [make("h3"), make("p", { id: "class-devices-show" }), make("p", { id: "class-facts", className: "muted" })];
  const steps = make("ol", { className: "now-steps" });
  const tile = make("canvas", { className: "drawn", role: "img", ariaLabel: t("teacher_guess_shown") });
  const next = makeButton(null, goOn, { id: "class-next" });
  const another = makeButton("teacher_guess_another", onGuess);
  const end = makeButton("teacher_activity_end", () => desk.ask("end_activity", {}, problem), { id: "class-activity-end" });
  const waiting = makeButton(null, onTray, { id: "class-waiting", className: "link" });
  const { card, problem } = makeCard("class-now", "teacher_now",
    shown,
    make("div", { className: "now-what" }, tile, make("div", {}, name, facts, waiting)),
    steps,
    ...parts.map(({ node }) => node),
    make("div", { className: "row now-do" }, next, another, end));

  const goTo = (step) => {
    const { activity } = desk.state().wall;
    if (activity.name === "teach_it" && step === "training" && !training.isBegun(activity)) return training.begin(problem);
    return desk.ask("set_step", { step }, problem);
  };

  function goOn() {
    const { activity } = desk.state().wall;
    return isLast(activity) ? guide.goOn() : goTo(nextStep(activity));
  }

  function makeSteps(activity) {
    const buttons = ACTIVITIES[activity.name].map((step) => {
      const button = makeButton(`step_${step}`, () => goTo(step));
      button.dataset.step = step;
      return make("li", {}, button);
    });
    steps.replaceChildren(...buttons);
    tell(problem, "");
  }

  function showSteps(activity) {
    if (round !== activity.round) makeSteps(activity);
    round = activity.round;
    const names = ACTIVITIES[activity.name];
    const place = names.indexOf(activity.step);
    steps.querySelectorAll("button").forEach((button, number) => {
      if (number === place) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      // Who has seen the answers cannot commit to one any more.
      button.disabled = names[number] === "guess" && place > number;
    });
  }

  function showNext(activity) {
    const isOver = isLast(activity);
    const isBusy = training.isRunning(activity);
    next.hidden = isOver && (!guide.next || guide.isAhead(activity));
    next.disabled = isBusy;
    next.classList.toggle("primary", !guide.isAhead(activity));
    if (isBusy) write(next, t("teacher_training_wait"));
    else if (isOver) write(next, t("teacher_lesson_next", { title: guide.next }));
    else write(next, t("teacher_next", { step: t(training.isNext(activity) ? "teacher_train" : `step_${nextStep(activity)}`) }));
  }

  return {
    card,
    show(state) {
      const { activity, room, devices_show: devicesShow } = state.wall;
      const { image } = activity.settings.shown ?? {};
      write(name, t(`activity_${activity.name}`));
      write(shown, t(devicesShow === "paused" ? "show_paused" : `show_${activity.name}_${activity.step}`));
      shown.classList.toggle("paused", room.is_paused);
      write(facts, tellFacts(state));
      facts.hidden = !facts.textContent;
      write(waiting, count("teacher_waiting", state.tray.length));
      waiting.hidden = !state.tray.length;
      tile.hidden = !image;
      if (image && round !== activity.round) paintTile(tile, { image });
      another.hidden = activity.name !== "guess_first" || !isLast(activity);
      end.hidden = activity.name === DEFAULT;
      parts.forEach((part) => part.show(state));
      showSteps(activity);
      showNext(activity);
    },
  };
}

// How far the class is.
function tellFacts({ wall }) {
  const { activity, room, guesses, summary } = wall;
  const total = room.num_pupils;
  if (activity.name === "questions") return t("teacher_answered", { num: wall.num_answered, total });
  if (guesses && activity.step === "guess") return t("teacher_committed", { num: guesses.num_committed, total });
  if (!activity.takes_drawings) return "";
  const drawn = count("teacher_drawings", wall.count_of_round);
  if (!summary.num_labelled) return drawn;
  return t("teacher_drawn_and_read", { drawn, num: summary.num_read, total: summary.num_labelled });
}
