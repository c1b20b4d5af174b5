// Time while a drawing draws itself again: playing, pausing, and moving to any moment. Knows no page but its controls.

import { $ } from "../shared/dom.js";
import { t } from "../shared/texts.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];

// isSeen() says whether anybody looks; onMove(milliseconds, index) is called at every move, `index` being the last
// moment that has been, -1 before the first.
export function createPlayer({ isSeen, onMove }) {
  const time = $("#belief-time");
  let moments = [0]; // in milliseconds
  let at = { milliseconds: 0, index: -1 };
  let frame = 0;

  const duration = () => moments.at(-1);
  const isPlaying = () => frame !== 0;

  function moveTo(milliseconds, index = momentAt(moments, milliseconds)) {
    at = { milliseconds, index };
    time.value = milliseconds;
    onMove(milliseconds, index);
  }

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
      if (!isSeen()) return pause();
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
    const chosen = Math.min(moments.length - 1, Math.max(0, index));
    moveTo(moments[chosen], chosen);
  }

  $("#belief-speed").append(...SPEEDS.map((speed) => new Option(t("belief_times", { speed }), speed)));
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
  showPlay();

  return {
    get at() { return at; },
    play,
    pause,
    jump,
    // Another drawing, at its end.
    load(others) {
      pause();
      moments = others;
      time.max = duration();
      at = { milliseconds: duration(), index: moments.length - 1 };
    },
  };
}

// The last moment that has been by this time; -1 before the first.
const momentAt = (moments, milliseconds) => moments.findLastIndex((moment) => moment <= milliseconds + 0.01);
