// Belief over time: the drawing draws itself again, with what the network made of it at each moment.

import { createBars } from "../shared/bars.js";
import { drawCurves } from "../shared/curves.js";
import { $, $$, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { openSprite } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { paintInk } from "./belief_ink.js";
import { createPlayer } from "./belief_player.js";
import { ask, describeVerdict, teach } from "./shell.js";

const NUM_FRAMES = 12;

export function createBelief() {
  const section = $(".view-belief");
  const canvas = $("#belief-drawing");
  const showBars = createBars($("#belief-bars"));
  const player = createPlayer({ isSeen: () => section.offsetParent !== null, onMove: showMoment });
  let timeline = null; // the server's answer about `asked`
  let asked = null; // strokes and model, as text
  let width = 0; // of the pen, as a share of the pad's side
  let chart = null;
  let paint = null; // makes a node look like the image of a moment
  let hasPlayed = false;

  function draw() {
    if (timeline) paintInk(canvas, timeline.strokes, width, player.at.milliseconds);
  }

  function showMoment(milliseconds, index) {
    const isDot = index < 0;
    const time = nameTime(timeline, milliseconds);
    $("#belief-time").setAttribute("aria-valuetext", isDot
      ? t("belief_dot_at", { time }) : t("belief_moment", { time, answer: nameAnswer(answerAt(timeline, index)) }));
    $("#belief-clock").textContent = t("belief_clock", { time, whole: nameTime(timeline, timeline.moments.at(-1)) });
    chart.show(milliseconds);
    draw();
    section.dataset.index = index;
    $("#belief-seen").classList.toggle("dark-tile", isDot);
    if (!isDot) paint($("#belief-seen"), index);
    showBars(isDot ? null : timeline.probabilities[index]);
    $("#belief-bars").classList.toggle("refused", !isDot && !timeline.accepted[index]);
    $("#belief-verdict").replaceChildren(...(isDot
      ? [t("belief_dot")] : describeVerdict(timeline.verdicts[index], timeline.probabilities[index])));
    const frames = $$("#belief-film button");
    const current = frames.findLast((frame) => Number(frame.dataset.index) <= index);
    frames.forEach((frame) => frame.setAttribute("aria-pressed", frame === current));
  }

  function showTimeline() {
    const last = timeline.moments.length - 1;
    $("#belief-body").hidden = false;
    paint = openSprite(timeline.sprite, timeline.columns);
    $("#belief-seen").style.setProperty("--rows", Math.ceil(timeline.moments.length / timeline.columns));
    player.load(timeline.moments);
    chart = drawBelief(timeline, player.jump);
    showTurns(timeline, player.jump);
    showFilm(timeline, paint, player.jump);
    showNote(timeline);
    player.jump(last);
    if (hasPlayed || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    hasPlayed = true;
    player.play();
  }

  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(draw).observe(document.body, { attributeFilter: ["class"] });

  return {
    async show(subject, isCurrent) {
      const hasTime = subject.isPlain && subject.strokes.length > 0;
      $("#belief-none").hidden = hasTime;
      if (!hasTime) {
        player.pause();
        asked = null;
        $("#belief-body").hidden = true;
        $("#lesson").hidden = true;
        return;
      }
      const question = { strokes: subject.strokes, model: subject.model };
      const text = JSON.stringify(question);
      width = (subject.width ?? 5) / 100;
      if (text !== asked) {
        const answer = await ask("follow_belief", question, isCurrent);
        if (!answer) return;
        [asked, timeline] = [text, answer];
        showTimeline();
      }
      teachBelief(timeline);
    },
  };
}

const nameTime = ({ moments }, milliseconds) => (milliseconds / 1000).toFixed(moments.at(-1) < 5000 ? 2 : 1);

const nameAnswer = (label) => label ?? t("belief_no_digit");

// The digit that was read at a moment; null where it was taken for none.
function answerAt({ verdicts }, index) {
  const { kind, labels } = verdicts[index];
  return kind === "refused" ? null : labels[0];
}

function drawBelief(timeline, jump) {
  // While the pen rests between two strokes the answer stays: without a further point the curves would lead astray.
  const { moments, probabilities, accepted, ends } = timeline;
  const places = moments.flatMap((moment, index) => {
    const point = { x: moment, index };
    return ends.includes(index) && index < moments.length - 1 ? [point, { x: moments[index + 1], index }] : [point];
  });
  $("#belief-shaded").hidden = accepted.every(Boolean);
  return drawCurves($("#belief-curves"), {
    x: places.map((place) => place.x),
    name: t("belief_chart"),
    accepted: places.map(({ index }) => accepted[index]),
    curves: Array.from({ length: 10 }, (_, label) => ({
      label, values: places.map(({ index }) => probabilities[index][label]), color: digitColor(label),
    })),
    at: moments.at(-1),
    format: (moment) => t("belief_at", { time: nameTime(timeline, moment) }),
    onPick(moment) { jump(moments.lastIndexOf(moment)); },
  });
}

function showTurns(timeline, jump) {
  const { turns, moments } = timeline;
  $("#belief-turns").replaceChildren(...turns.map(({ index, before, after }) => {
    const button = make("button", { type: "button", textContent: t("belief_turn", {
      time: nameTime(timeline, moments[index]), before: nameAnswer(before), after: nameAnswer(after),
    }) });
    button.dataset.index = index;
    button.addEventListener("click", () => jump(index));
    return button;
  }));
  if (turns.length) return;
  $("#belief-turns").textContent = t("belief_no_turn", { answer: nameAnswer(answerAt(timeline, 0)) });
}

function showFilm(timeline, paint, jump) {
  const last = timeline.moments.length - 1;
  const places = Array.from({ length: NUM_FRAMES }, (_, number) => Math.round((number * last) / (NUM_FRAMES - 1)));
  $("#belief-film").replaceChildren(...[...new Set(places)].map((index) => {
    const label = answerAt(timeline, index);
    const time = nameTime(timeline, timeline.moments[index]);
    const answer = make("b", { textContent: label ?? "–" });
    if (label !== null) answer.style.setProperty("--digit-color", digitColor(label));
    const button = make("button", { type: "button" }, paint(make("span"), index), answer,
      make("small", { textContent: t("belief_at", { time }) }));
    button.dataset.index = index;
    button.setAttribute("aria-label", t("belief_moment", { time, answer: nameAnswer(label) }));
    button.addEventListener("click", () => jump(index));
    return button;
  }));
}

function showNote({ cut, isTimed }) {
  const said = [];
  if (cut >= 100) said.push(t("belief_cut", { seconds: (cut / 1000).toFixed(1) }));
  if (!isTimed) said.push(t("belief_untimed"));
  $("#belief-note").textContent = said.join(" ");
  $("#belief-note").hidden = !said.length;
}

function teachBelief(timeline) {
  const { turns, moments, probabilities, verdicts } = timeline;
  const last = turns.at(-1);
  const final = verdicts.at(-1).labels[0];
  const story = !last ? t("belief_story_none", { answer: nameAnswer(answerAt(timeline, 0)) })
    : t(turns.length === 1 ? "belief_story_once" : "belief_story", {
      turns: turns.length, time: nameTime(timeline, moments[last.index]),
      before: nameAnswer(last.before), after: nameAnswer(last.after),
    });
  teach("belief", {
    moments: moments.length, story, whole: nameTime(timeline, moments.at(-1)), label: final,
    percent: percent(probabilities.at(-1)[final], t("over_99")),
  });
}
