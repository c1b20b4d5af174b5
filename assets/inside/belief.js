// Belief over time: the drawing draws itself again, with what the network made of it at each moment.

import { createBars } from "../shared/bars.js";
import { drawCurves } from "../shared/curves.js";
import { $, $$, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { openSprite } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { ask, describeVerdict, teach } from "./shell.js";

const BELIEF_SPEEDS = [0.25, 0.5, 1, 2, 4];
const BELIEF_FRAMES = 12;

export function createBelief() {
  const section = $(".view-belief");
  const time = $("#belief-time");
  const canvas = $("#belief-drawing");
  const showBars = createBars($("#belief-bars"));
  let timeline = null; // the server's answer about `asked`
  let asked = null; // strokes and model, as text
  let width = 0; // of the pen, as a share of the pad's side
  let chart = null;
  let paint = null; // makes a node look like the image of a moment
  let at = { milliseconds: 0, index: -1 }; // index is the last moment that has been; -1 while there is only a dot
  let frame = 0;
  let hasPlayed = false;

  const duration = () => timeline.moments.at(-1);
  const seconds = (milliseconds) => (milliseconds / 1000).toFixed(duration() < 5000 ? 2 : 1);
  const nameAnswer = (label) => label ?? t("belief_no_digit");
  const answerAt = (index) => {
    const { kind, labels } = timeline.verdicts[index];
    return kind === "refused" ? null : labels[0];
  };

  // The last moment that has been by this time.
  function momentAt(milliseconds) {
    return timeline.moments.findLastIndex((moment) => moment <= milliseconds + 0.01);
  }

  function moveTo(milliseconds, index = momentAt(milliseconds)) {
    at = { milliseconds, index };
    time.value = milliseconds;
    time.setAttribute("aria-valuetext", describeMoment());
    $("#belief-clock").textContent = t("belief_clock", { time: seconds(milliseconds), whole: seconds(duration()) });
    chart.show(milliseconds);
    draw();
    showMoment();
  }

  function describeMoment() {
    const values = { time: seconds(at.milliseconds) };
    if (at.index < 0) return t("belief_dot_at", values);
    return t("belief_moment", { ...values, answer: nameAnswer(answerAt(at.index)) });
  }

  function showMoment() {
    const { index } = at;
    const verdict = $("#belief-verdict");
    const isDot = index < 0;
    section.dataset.index = index;
    $("#belief-seen").classList.toggle("dark-tile", isDot);
    if (!isDot) paint($("#belief-seen"), index);
    showBars(isDot ? null : timeline.probabilities[index]);
    $("#belief-bars").classList.toggle("refused", !isDot && !timeline.accepted[index]);
    verdict.replaceChildren(...(isDot ? [t("belief_dot")] : describeVerdict(timeline.verdicts[index], timeline.probabilities[index])));
    $$("#belief-film button").forEach((button) => {
      button.setAttribute("aria-pressed", button === currentFrame());
    });
  }

  function currentFrame() {
    const past = [...$("#belief-film").children].filter((button) => Number(button.dataset.index) <= at.index);
    return past.at(-1);
  }

  // The ink up to now dark, what is still to come pale.
  function draw() {
    const side = Math.round(canvas.clientWidth * Math.max(1, window.devicePixelRatio || 1));
    if (!side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.setTransform(side, 0, 0, side, 0, 0);
    context.clearRect(0, 0, 1, 1);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = width;
    context.strokeStyle = getComputedStyle(canvas).color;
    for (const [opacity, until] of [[0.1, Infinity], [1, at.milliseconds]]) {
      context.globalAlpha = opacity;
      context.beginPath();
      timeline.strokes.forEach((stroke) => traceStroke(context, stroke, until));
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function traceStroke(context, stroke, until) {
    if (stroke[0][2] > until) return;
    context.moveTo(stroke[0][0], stroke[0][1]);
    context.lineTo(stroke[0][0], stroke[0][1] + 1e-4); // otherwise a dot leaves nothing
    for (let index = 1; index < stroke.length; index += 1) {
      const [x, y, end] = stroke[index];
      const [fromX, fromY, start] = stroke[index - 1];
      const share = end <= until ? 1 : (until - start) / (end - start);
      context.lineTo(fromX + share * (x - fromX), fromY + share * (y - fromY));
      if (share < 1) return;
    }
  }

  const isPlaying = () => frame !== 0;

  function showPlay() {
    $("#belief-play").textContent = t(isPlaying() ? "belief_pause" : "belief_play");
  }

  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
    showPlay();
  }

  function play() {
    pause();
    if (at.milliseconds >= duration()) moveTo(0);
    let before = performance.now();
    const step = (now) => {
      if (section.offsetParent === null) return pause();
      const passed = Math.max(0, now - before) * Number($("#belief-speed").value);
      before = now;
      moveTo(Math.min(duration(), at.milliseconds + passed));
      if (at.milliseconds >= duration()) return pause();
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    showPlay();
  }

  function jump(index) {
    pause();
    const last = timeline.moments.length - 1;
    const chosen = Math.min(last, Math.max(0, index));
    moveTo(timeline.moments[chosen], chosen);
  }

  function showChart() {
    // While the pen rests between two strokes the answer stays: without a further point the curves would lead astray.
    const { moments, probabilities, accepted, ends } = timeline;
    const places = moments.flatMap((moment, index) => {
      const point = { x: moment, index };
      return ends.includes(index) && index < moments.length - 1 ? [point, { x: moments[index + 1], index }] : [point];
    });
    const x = places.map((place) => place.x);
    chart = drawCurves($("#belief-curves"), {
      x,
      name: t("belief_chart"),
      accepted: places.map(({ index }) => accepted[index]),
      curves: Array.from({ length: 10 }, (_, label) => ({
        label, values: places.map(({ index }) => probabilities[index][label]), color: digitColor(label),
      })),
      at: at.milliseconds,
      format: (moment) => t("belief_at", { time: seconds(moment) }),
      onPick(moment) { jump(moments.lastIndexOf(moment)); },
    });
    $("#belief-shaded").hidden = accepted.every(Boolean);
  }

  function showTurns() {
    const { turns, moments } = timeline;
    $("#belief-turns").replaceChildren(...turns.map(({ index, before, after }) => {
      const button = make("button", { type: "button", textContent: t("belief_turn", {
        time: seconds(moments[index]), before: nameAnswer(before), after: nameAnswer(after),
      }) });
      button.dataset.index = index;
      button.addEventListener("click", () => jump(index));
      return button;
    }));
    if (!turns.length) $("#belief-turns").textContent = t("belief_no_turn", { answer: nameAnswer(answerAt(0)) });
  }

  function showFilm() {
    const last = timeline.moments.length - 1;
    const places = Array.from({ length: BELIEF_FRAMES }, (_, number) => Math.round((number * last) / (BELIEF_FRAMES - 1)));
    $("#belief-film").replaceChildren(...[...new Set(places)].map((index) => {
      const label = answerAt(index);
      const answer = make("b", { textContent: label ?? "–" });
      if (label !== null) answer.style.setProperty("--digit-color", digitColor(label));
      const button = make("button", { type: "button" }, paint(make("span"), index), answer,
        make("small", { textContent: t("belief_at", { time: seconds(timeline.moments[index]) }) }));
      button.dataset.index = index;
      button.setAttribute("aria-label", t("belief_moment", { time: seconds(timeline.moments[index]), answer: nameAnswer(label) }));
      button.addEventListener("click", () => jump(index));
      return button;
    }));
  }

  function showNote() {
    const said = [];
    if (timeline.cut >= 100) said.push(t("belief_cut", { seconds: (timeline.cut / 1000).toFixed(1) }));
    if (!timeline.isTimed) said.push(t("belief_untimed"));
    $("#belief-note").textContent = said.join(" ");
    $("#belief-note").hidden = !said.length;
  }

  function teachBelief() {
    const { turns, moments, probabilities, verdicts } = timeline;
    const last = turns.at(-1);
    const final = verdicts.at(-1).labels[0];
    const story = !last ? t("belief_story_none", { answer: nameAnswer(answerAt(0)) })
      : t(turns.length === 1 ? "belief_story_once" : "belief_story", {
        turns: turns.length, time: seconds(moments[last.index]), before: nameAnswer(last.before), after: nameAnswer(last.after),
      });
    teach("belief", {
      moments: moments.length, story, whole: seconds(duration()), label: final, percent: percent(probabilities.at(-1)[final], t("over_99")),
    });
  }

  function showTimeline() {
    pause();
    $("#belief-body").hidden = false;
    paint = openSprite(timeline.sprite, timeline.columns);
    $("#belief-seen").style.setProperty("--rows", Math.ceil(timeline.moments.length / timeline.columns));
    time.max = duration();
    at = { milliseconds: duration(), index: timeline.moments.length - 1 };
    showChart();
    showTurns();
    showFilm();
    showNote();
    jump(timeline.moments.length - 1);
    if (hasPlayed || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    hasPlayed = true;
    play();
  }

  $("#belief-speed").append(...BELIEF_SPEEDS.map((speed) => new Option(t("belief_times", { speed }), speed)));
  $("#belief-speed").value = 1;
  $("#belief-play").addEventListener("click", () => (isPlaying() ? pause() : play()));
  time.addEventListener("input", () => {
    pause();
    moveTo(Number(time.value));
  });
  // From moment to moment: each has a prediction of its own.
  time.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (by) jump(at.index + by);
    else if (event.key === " ") $("#belief-play").click();
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => timeline && draw()).observe(canvas);
  new MutationObserver(() => timeline && draw()).observe(document.body, { attributeFilter: ["class"] });
  showPlay();

  return {
    async show(subject, isCurrent) {
      const hasTime = subject.isPlain && subject.strokes.length > 0;
      $("#belief-none").hidden = hasTime;
      if (!hasTime) {
        pause();
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
      teachBelief();
    },
  };
}
