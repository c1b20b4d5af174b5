// What a class can do, and the lesson of forty minutes made of it.

// What a room does while nothing else has been started.
export const DEFAULT = "our_handwriting";

// The steps of each activity, see the server's `activities`.
export const ACTIVITIES = {
  guess_first: ["guess", "bars", "why"],
  our_handwriting: ["draw", "results"],
  teach_it: ["guess", "training", "results"],
  did_it_learn: ["guess", "draw", "results"],
  fool_it: ["draw", "judge", "results"],
  on_paper: ["collect", "results"],
  questions: ["answer", "closed"],
};

// What can be set of each.
export const SETTINGS = {
  our_handwriting: { digits: "0123456789", each: 1 },
  did_it_learn: { digit: 7, times: 5 },
  fool_it: { digit: 7, level: "linear" },
  questions: { when: "before" },
};
export const CHOICES = { level: ["linear", "lenet", "sketchnet"], when: ["before", "after"] };
export const BOUNDS = { each: [1, 10], digit: [0, 9], times: [2, 10] };

// The lesson, in the order of its texts: `lesson_step_N_…`.
export const LESSON = [
  { activity: "questions", settings: { when: "before" } },
  { activity: "our_handwriting" },
  { activity: "guess_first" },
  { activity: "our_handwriting" },
  { activity: "teach_it" },
  { activity: "did_it_learn" },
  { address: "#inside?view=network" },
  { activity: "questions", settings: { when: "after" } },
];

export function runsNow(step, { name, settings }) {
  return step.activity === name && Object.entries(step.settings ?? {}).every(([key, value]) => settings[key] === value);
}

export const isLast = ({ name, step }) => ACTIVITIES[name].at(-1) === step;

export const nextStep = ({ name, step }) => ACTIVITIES[name][ACTIVITIES[name].indexOf(step) + 1];
