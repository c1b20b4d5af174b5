// A pen that is led by keys: arrows move it, space or Enter puts it down and lifts it.

import { t } from "../shared/texts.js";

const STEP = 0.02;
const LARGE_STEP = 0.1;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// strokes: begin() says whether a stroke has begun, draw(points), end(); onChange() when the pen looks different;
// `state` is a node whose text is spoken.
export function createKeyPen(canvas, state, strokes, onChange) {
  const held = new Set(); // arrows; two of them lead along a diagonal
  let place = [0.5, 0.3];
  let isSeen = false;
  let isDown = false;

  const draw = () => strokes.draw([[...place, performance.now()]]);

  function setSeen(value) {
    isSeen = value;
    onChange();
  }

  function lift() {
    if (!isDown) return;
    isDown = false;
    state.textContent = t("pen_up");
    strokes.end();
  }

  function toggle() {
    if (isDown) return lift();
    isDown = strokes.begin();
    if (!isDown) return;
    state.textContent = t("pen_down");
    draw();
  }

  function step(length) {
    for (const arrow of held) {
      place = place.map((share, axis) => Math.min(0.98, Math.max(0.02, share + length * ARROWS[arrow][axis])));
    }
    if (isDown) draw();
  }

  function hide() {
    held.clear();
    lift();
    if (isSeen) setSeen(false);
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      step(event.shiftKey ? LARGE_STEP : STEP);
    } else if (event.key === " " || (event.key === "Enter" && isSeen)) {
      if (!event.repeat) toggle();
    } else if (event.key === "Escape" && isDown) {
      lift();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // Enter means something else to the page
    setSeen(true);
  }

  canvas.addEventListener("keydown", press);
  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && setSeen(true));
  canvas.addEventListener("blur", hide);

  return {
    lift,
    hide,
    // { place, isDown } while it is seen.
    get look() { return isSeen ? { place, isDown } : null; },
  };
}
