// The pad: shows the ink, and turns mouse, finger, pen and keys into ink. An empty pad shows a digit drawing itself.

import { isExhibit } from "../shared/dom.js";
import { traceGhost, USUAL_ROUNDS } from "./ghost.js";
import { createKeyPen } from "./key_pen.js";
import { paintImage, paintKeyPen, paintStroke } from "./pad_picture.js";
import { createPointers } from "./pointers.js";

const GHOST_WIDTH = 0.05;
const ERASER_REACH = 0.025;
const PEN_ERASER_BUTTON = 32;
const TAP_REACH = 0.012;

// onPen(isDown, isTap) is told of each stroke; takeTap(place) says whether a tap there is no ink.
export function createPad(root, ink, readWidth, onPen, takeTap) {
  const canvas = root.querySelector("canvas");
  const context = canvas.getContext("2d");
  let frame = 0;
  let isErasing = false;
  let stroke = null; // { mark, gesture } while a pen is down; gesture is null for the eraser
  let ghostStarted = performance.now();
  let ghostMoves = 0;
  let hasGhost = true;

  const strokes = { begin, draw: drawOn, end, withdraw };
  const keyPen = createKeyPen(canvas, root.querySelector("#pen-state"), strokes, requestDraw);
  const pointers = createPointers({ begin: beginAt, move: follow, end, withdraw });

  function requestDraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function draw(time) {
    frame = 0;
    clearTimeout(ghostMoves);
    const style = getComputedStyle(canvas);
    context.setTransform(canvas.width, 0, 0, canvas.height, 0, 0);
    context.clearRect(0, 0, 1, 1);
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = context.fillStyle = style.color;
    if (ink.isEmpty && !stroke && hasGhost) {
      drawGhost(time);
    } else {
      if (ink.image) paintImage(context, ink.image);
      for (const gesture of ink.gestures) {
        for (const points of gesture.strokes) paintStroke(context, points, gesture.width / 100);
      }
    }
    if (keyPen.look) paintKeyPen(context, keyPen.look, readWidth() / 100, style.getPropertyValue("--accent"));
  }

  function drawGhost(time) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const ghost = traceGhost((time - ghostStarted) / 1000, isStill, isExhibit() ? Infinity : USUAL_ROUNDS);
    context.globalAlpha = isExhibit() ? 0.4 : 0.13;
    ghost.strokes.forEach((points) => paintStroke(context, points, GHOST_WIDTH));
    context.globalAlpha = 1;
    if (Number.isFinite(ghost.wait) && root.isConnected) ghostMoves = setTimeout(requestDraw, ghost.wait * 1000);
  }

  function begin(erases = isErasing) {
    if (stroke || root.hasAttribute("inert")) return false; // Safari before 15.5 does not know what is inert
    stroke = { mark: ink.mark(), gesture: null };
    if (!erases) stroke.gesture = ink.begin(readWidth());
    onPen(true);
    return true;
  }

  function drawOn(points) {
    if (stroke.gesture) ink.extend(stroke.gesture, points);
    else points.forEach(([x, y]) => ink.eraseAt(x, y, ERASER_REACH));
    requestDraw();
  }

  function end() {
    const { mark, gesture } = stroke;
    stroke = null;
    const isTap = Boolean(gesture) && isAtOnePlace(gesture) && takeTap(gesture.strokes[0][0]);
    if (isTap) ink.withdraw(mark);
    requestDraw();
    onPen(false, isTap);
  }

  function withdraw() {
    const { mark } = stroke;
    stroke = null;
    ink.withdraw(mark);
    requestDraw();
  }

  function beginAt(event) {
    keyPen.hide();
    if (!begin(isErasing || Boolean(event.buttons & PEN_ERASER_BUTTON))) return false;
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // It is up already.
    }
    return true;
  }

  function follow(event) {
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const box = canvas.getBoundingClientRect();
    drawOn((coalesced.length ? coalesced : [event]).map(({ clientX, clientY, timeStamp }) => (
      [(clientX - box.left) / box.width, (clientY - box.top) / box.height, timeStamp])));
  }

  function resize() {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const side = Math.round(canvas.clientWidth * ratio);
    if (!side || side === canvas.width) return;
    canvas.width = canvas.height = side;
    draw(performance.now());
  }

  listen(canvas, pointers);
  new ResizeObserver(resize).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", requestDraw);
  new MutationObserver(requestDraw).observe(document.body, { attributeFilter: ["class"] });
  resize();
  requestDraw();

  return {
    requestDraw,
    get isPenDown() { return Boolean(stroke); },
    // Ends a stroke that no hand is drawing any more, and one that is led by keys.
    letGo() { keyPen.lift(); pointers.endSilent(performance.now()); },
    set isErasing(value) { isErasing = value; canvas.classList.toggle("erasing", value); },
    get isErasing() { return isErasing; },
    set hasGhost(value) { hasGhost = value; requestDraw(); },
    restartGhost() { ghostStarted = performance.now(); requestDraw(); },
  };
}

// Whether a gesture is hardly more than a point on the pad.
function isAtOnePlace({ strokes: [[first, ...others], ...more] }) {
  return Boolean(first) && !more.length
    && others.every(([x, y]) => Math.hypot(x - first[0], y - first[1]) < TAP_REACH);
}

function listen(canvas, pointers) {
  document.addEventListener("pointerdown", pointers.notice, true);
  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    event.preventDefault();
    pointers.down(event);
  });
  canvas.addEventListener("pointermove", pointers.move);
  canvas.addEventListener("pointerup", pointers.up);
  canvas.addEventListener("pointercancel", pointers.cancel);
  canvas.addEventListener("lostpointercapture", pointers.up);
  window.addEventListener("blur", pointers.endAll);
  document.addEventListener("visibilitychange", pointers.endAll);
  // The keys of who draws with a mouse belong to the page: arrows scroll it.
  canvas.addEventListener("mousedown", (event) => {
    event.preventDefault();
    document.activeElement?.blur();
  });
  // Without this a tap right after a quick stroke is taken for the end of a scroll and gives no click.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
}
