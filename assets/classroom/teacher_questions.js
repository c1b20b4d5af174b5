// How often each answer to the three questions was given, before and after the lesson. Nothing says which is right.

import { make } from "../shared/dom.js";
import { hasText, t } from "../shared/texts.js";
import { makeCard, write } from "./teacher_tools.js";

const NUM_QUESTIONS = 3;
const MOST_CHOICES = 6;
const WHEN = ["before", "after"];

export function createQuestions() {
  const rows = [];
  const questions = Array.from({ length: NUM_QUESTIONS }, (_, question) => {
    const section = make("section", {}, make("h3", { textContent: t(`question_${question + 1}`) }));
    for (let choice = 0; choice < MOST_CHOICES; choice += 1) {
      const key = `question_${question + 1}_choice_${choice}`;
      if (hasText(key)) section.append(makeRow(rows, question, choice, t(key)));
    }
    return section;
  });
  const legend = make("p", { className: "class-legend muted" },
    ...WHEN.map((when) => make("span", { className: when, textContent: t(`teacher_when_${when}`) })));
  const none = make("p", { className: "muted", textContent: t("teacher_questions_none") });
  const all = make("div", { className: "class-questions" }, ...questions);
  const { card } = makeCard("class-questions", "teacher_questions", none, legend, all);
  return {
    card,
    show({ questions: counts }) {
      const most = Math.max(...WHEN.flatMap((when) => counts[when].flat()));
      none.hidden = most > 0;
      legend.hidden = all.hidden = !most;
      rows.forEach((row) => row(counts, most));
    },
  };
}

function makeRow(rows, question, choice, text) {
  const bars = WHEN.map((when) => {
    const num = make("span", { className: "num" });
    const bar = make("div", { className: `class-answers ${when}` }, make("span", { className: "bar" }), num);
    rows.push((counts, most) => {
      const value = counts[when][question][choice];
      bar.style.setProperty("--share", value / Math.max(1, most));
      write(num, value);
      num.setAttribute("aria-label", `${t(`teacher_when_${when}`)}: ${value}`);
    });
    return bar;
  });
  return make("div", { className: "class-choice" }, make("p", { textContent: text }), ...bars);
}
