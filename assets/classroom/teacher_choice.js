// Any activity, with its settings.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { ACTIVITIES, BOUNDS, CHOICES, SETTINGS } from "./teacher_lesson.js";
import { makeButton, makeProblem, tell, write } from "./teacher_tools.js";

// onGuess() when a drawing has to be chosen.
export function createChoice(desk, onGuess) {
  const problem = makeProblem();
  const fields = make("div", { className: "choice-fields" });
  const about = make("p", { className: "muted" });
  const choice = make("select", { id: "class-activity" }, ...Object.keys(ACTIVITIES).map((name) => new Option(t(`activity_${name}`), name)));
  const start = makeButton("teacher_choice_start", begin, { id: "class-activity-start" });
  const node = make("details", { id: "class-choice" }, make("summary", { textContent: t("teacher_choice") }),
    make("label", {}, t("teacher_choice_activity"), choice), about, fields, problem, start);

  function build() {
    const settings = Object.entries(SETTINGS[choice.value] ?? {});
    fields.replaceChildren(...settings.map(([name, value]) => makeField(name, value)));
    write(about, t(`activity_${choice.value}_about`));
    write(start, t(choice.value === "guess_first" ? "teacher_guess_choose" : "teacher_choice_start"));
    tell(problem, "");
  }

  function begin() {
    if (choice.value === "guess_first") return onGuess();
    const given = [...fields.querySelectorAll("[name]")].map((field) => [field.name, readField(field)]);
    const wrong = given.find(([, value]) => value === null);
    if (wrong) return tell(problem, t(`teacher_wrong_${wrong[0]}`));
    return desk.ask("start_activity", { activity: choice.value, settings: Object.fromEntries(given) }, problem);
  }

  choice.addEventListener("change", build);
  build();
  return { node, show() {} };
}

function makeField(name, value) {
  const [min, max] = BOUNDS[name] ?? [];
  const field = CHOICES[name]
    ? make("select", {}, ...CHOICES[name].map((choice) => new Option(t(`teacher_${name}_${choice}`), choice)))
    : make("input", BOUNDS[name] ? { type: "number", min, max } : { type: "text", inputMode: "numeric", autocomplete: "off" });
  Object.assign(field, { name, value });
  return make("label", {}, t(`teacher_setting_${name}`), field);
}

// What is set; null for what cannot be meant.
function readField({ name, value }) {
  if (CHOICES[name]) return value;
  if (name === "digits") {
    const digits = [...new Set(value.match(/\d/g) ?? [])].map(Number);
    return digits.length ? digits : null;
  }
  const [min, max] = BOUNDS[name];
  return /^\d+$/.test(value) && value >= min && value <= max ? Number(value) : null;
}
