// The lesson of forty minutes, step by step: what to press, what everybody commits to, what it is about.

import { make } from "../shared/dom.js";
import { recall, remember } from "../shared/memory.js";
import { t } from "../shared/texts.js";
import { DEFAULT, isLast, LESSON, runsNow } from "./teacher_lesson.js";
import { makeButton, makeCard, tell, write } from "./teacher_tools.js";

const PARTS = ["press", "commit", "misconception", "usual", "closing"];

// onGuess() when a drawing has to be chosen; onCode() to show the code that pupils join with.
export function createGuide(desk, { onGuess, onCode }) {
  let chosen = Number(recall("class-step")) || 0;
  let isWanted = false; // the step was chosen by hand, and has not begun
  let round = null; // when another begins, here or on another screen, the guide follows
  const [title, minutes] = [make("h3"), make("span", { className: "muted" })];
  const texts = new Map(PARTS.map((part) => [part, make("dd")]));
  const start = makeButton(null, begin, { id: "class-start" });
  const code = makeButton("teacher_code_show", onCode, { id: "class-start-code" });
  const link = make("a", { className: "button", textContent: t("teacher_lesson_inside"), href: LESSON.find(({ address }) => address).address });
  const steps = LESSON.map((_, number) => {
    const button = make("button", { type: "button", title: t(`lesson_step_${number}_title`) },
      make("b", { textContent: number + 1 }), make("span", { textContent: t(`lesson_step_${number}_title`) }));
    button.addEventListener("click", () => choose(number, true));
    return button;
  });
  const { card, problem } = makeCard("class-lesson", "teacher_lesson",
    make("ol", { className: "lesson-steps" }, ...steps.map((button) => make("li", {}, button))),
    make("div", { className: "lesson-title" }, title, minutes),
    make("dl", {}, ...PARTS.map((part) => make("div", { className: part }, make("dt", { textContent: t(`teacher_lesson_${part}`) }), texts.get(part)))),
    make("div", { className: "row" }, start, link, code));

  async function begin() {
    const { activity, settings = {} } = LESSON[chosen];
    if (activity === "guess_first") return onGuess();
    return desk.ask("start_activity", { activity, settings }, problem);
  }

  function choose(number, byHand = false) {
    chosen = number;
    isWanted = byHand;
    remember("class-step", String(number));
    tell(problem, "");
    if (desk.state()) show(desk.state());
  }

  function followRound({ activity, count }) {
    if (round === activity.round) return;
    const isFirst = round === null;
    round = activity.round;
    isWanted = false;
    const isUnbegun = !count && activity.name === DEFAULT; // as every room is at first
    if (isFirst && (recall("class-step") || isUnbegun)) return;
    const found = LESSON.findIndex((step, number) => number >= chosen && runsNow(step, activity));
    if (found >= 0) choose(found);
  }

  // Its step comes before what the running activity has left.
  function isAhead(activity) {
    const isFree = isWanted || activity.name === DEFAULT || isLast(activity);
    return Boolean(LESSON[chosen].activity) && isFree && !runsNow(LESSON[chosen], activity);
  }

  function show({ wall }) {
    const { activity } = wall;
    const step = LESSON[chosen];
    const isRunning = runsNow(step, activity);
    steps.forEach((button, number) => {
      if (number === chosen) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.classList.toggle("done", number < chosen);
    });
    write(title, t(`lesson_step_${chosen}_title`));
    write(minutes, t("teacher_lesson_minutes", { minutes: t(`lesson_step_${chosen}_minutes`) }));
    PARTS.forEach((part) => write(texts.get(part), t(`lesson_step_${chosen}_${part}`)));
    start.hidden = !step.activity;
    link.hidden = !step.address;
    code.hidden = chosen > 1;
    if (step.activity) write(start, tellStart(step.activity, isRunning));
    const isBeginning = activity.step === "draw" && step.activity === DEFAULT;
    start.disabled = isRunning && isBeginning;
    start.classList.toggle("primary", isAhead(activity));
  }

  return {
    card,
    isAhead,
    get next() { return chosen + 1 < LESSON.length ? t(`lesson_step_${chosen + 1}_title`) : ""; },
    goOn() {
      choose(chosen + 1, true);
      card.scrollIntoView({ block: "nearest" });
    },
    show(state) {
      followRound(state.wall);
      show(state);
    },
  };
}

function tellStart(activity, isRunning) {
  const name = t(`activity_${activity}`);
  if (activity === "guess_first") return t(isRunning ? "teacher_guess_another" : "teacher_guess_choose");
  return t(isRunning ? "teacher_start_again" : "teacher_start", { name });
}
