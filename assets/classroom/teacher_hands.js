// Raised hands, for a class without devices: so many for each answer.

import { make } from "../shared/dom.js";
import { recall, remember } from "../shared/memory.js";
import { hasText, t } from "../shared/texts.js";
import { makeButton, makeProblem, write } from "./teacher_tools.js";

const MOST = 1000;
const CHOICES = { teach_it: "teach_choice", did_it_learn: "learn_choice" }; // otherwise digits

export function createHands(desk) {
  let round = 0;
  let counts = [];
  let sending = Promise.resolve();
  const problem = makeProblem();
  const rows = make("div", { className: "class-hands" });
  const total = make("span", { className: "muted" });
  const node = make("details", { id: "class-hands" }, make("summary", {}, t("teacher_hands"), " ", total),
    make("p", { className: "muted", textContent: t("teacher_hands_about") }), rows, problem);

  // One after another: the last counts are those that stay.
  function send() {
    remember("class-hands", JSON.stringify({ round, counts }));
    sending = sending.then(() => desk.ask("count_hands", { counts }, problem));
  }

  function makeRow(choice, name) {
    const field = make("input", { type: "number", min: 0, max: MOST, value: counts[choice] });
    field.setAttribute("aria-label", t("teacher_hands_for", { name }));
    const set = (num) => {
      counts[choice] = Math.max(0, Math.min(MOST, num));
      field.value = counts[choice];
      write(total, tellTotal());
      send();
    };
    field.addEventListener("change", () => set(Math.round(Number(field.value)) || 0));
    const step = (by, sign, key) => {
      const button = makeButton(null, () => set(counts[choice] + by), {}, sign);
      button.setAttribute("aria-label", t(key, { name }));
      return button;
    };
    return make("div", { className: "class-hand" }, make("span", { className: "name", textContent: name }),
      step(-1, "\u2212", "teacher_hands_less"), field, step(1, "+", "teacher_hands_more"));
  }

  function tellTotal() {
    const num = counts.reduce((sum, value) => sum + value, 0);
    return num ? `(${num})` : "";
  }

  function build(activity) {
    round = activity.round;
    let kept = null;
    try { kept = JSON.parse(recall("class-hands")); } catch { /* what was kept is no count */ }
    counts = kept?.round === round ? kept.counts : Array(activity.num_choices).fill(0);
    const prefix = CHOICES[activity.name];
    const nameOf = (choice) => (hasText(`${prefix}_${choice}`) ? t(`${prefix}_${choice}`) : String(choice));
    rows.classList.toggle("long", Boolean(prefix));
    rows.replaceChildren(...counts.map((_, choice) => makeRow(choice, nameOf(choice))));
    write(total, tellTotal());
  }

  return {
    node,
    show({ wall: { activity } }) {
      node.hidden = !activity.num_choices;
      if (activity.num_choices && round !== activity.round) build(activity);
    },
  };
}
