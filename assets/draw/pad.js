// The canvas: draws the ink, and turns mouse, finger and pen into ink. An empty pad shows a digit drawing itself.

import { isExhibit } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { traceGhost, USUAL_ROUNDS } from "./ghost.js";

const GHOST_WIDTH = 0.05;
const ERASER_REACH = 0.025;
const PEN_ERASER_BUTTON = 32;
export function createPad(root, ink, readWidth, onPen) {
  const canvas = root.querySelector("canvas");
  const context = canvas.getContext("2d");
  let side = 0;
  let frame = 0;
  let isErasing = false;
  let pen = null; // {id, gesture} while a pointer is down; gesture is null for the eraser
  let ghostStarted = performance.now();
  let hasGhost = true;

  function requestDraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function draw(time) {
    frame = 0;
    context.setTransform(canvas.width, 0, 0, canvas.height, 0, 0);
    context.clearRect(0, 0, 1, 1);
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
    if (ink.isEmpty && !pen && hasGhost) return drawGhost(time);
    if (ink.image) drawImage(ink.image);
    for (const gesture of ink.gestures) {
      for (const stroke of gesture.strokes) drawStroke(stroke, gesture.width / 100);
    }
  }

  function drawStroke(points, width) {
    if (!points.length) return;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...points[0]);
    // Curves through the middles of the segments: a fast pen leaves few points and should still look round.
    for (let index = 1; index < points.length - 1; index += 1) {
      const [x, y] = points[index];
      context.quadraticCurveTo(x, y, (x + points[index + 1][0]) / 2, (y + points[index + 1][1]) / 2);
    }
    context.lineTo(points.at(-1)[0], points.at(-1)[1] + (points.length === 1 ? 1e-4 : 0));
    context.stroke();
  }

  function drawImage(image) {
    const color = context.fillStyle.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
    const small = new OffscreenCanvas(28, 28);
    paintPixels(small, decodeBytes(image), (value) => [...color, value]);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, 1, 1);
  }

  function drawGhost(time) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { strokes, isOver } = traceGhost((time - ghostStarted) / 1000, isStill, isExhibit() ? Infinity : USUAL_ROUNDS);
    context.globalAlpha = isExhibit() ? 0.4 : 0.13;
    strokes.forEach((stroke) => drawStroke(stroke, GHOST_WIDTH));
    context.globalAlpha = 1;
    if (!isOver && root.isConnected) requestDraw();
  }

  function toPad(event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, event.timeStamp];
  }

  function onDown(event) {
    if (pen || (event.pointerType === "mouse" && event.button !== 0)) return; // a second finger does no harm
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const erases = isErasing || Boolean(event.buttons & PEN_ERASER_BUTTON);
    pen = { id: event.pointerId, gesture: erases ? null : ink.begin(readWidth()) };
    onMove(event);
    onPen(true);
  }

  function onMove(event) {
    if (pen?.id !== event.pointerId) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const points = (coalesced.length ? coalesced : [event]).map(toPad);
    if (pen.gesture) ink.extend(pen.gesture, points);
    else points.forEach(([x, y]) => ink.eraseAt(x, y, ERASER_REACH));
    requestDraw();
  }

  function onUp(event) {
    if (pen?.id !== event.pointerId) return;
    pen = null;
    requestDraw();
    onPen(false);
  }

  function resize() {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    side = Math.round(canvas.clientWidth * ratio);
    if (!side || side === canvas.width) return;
    canvas.width = canvas.height = side;
    draw(performance.now());
  }

  canvas.addEventListener("pointerdown", onDown);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", onUp);
  canvas.addEventListener("pointercancel", onUp);
  canvas.addEventListener("lostpointercapture", onUp);
  // Without this a tap right after a quick stroke is taken for the end of a scroll and gives no click.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  new ResizeObserver(resize).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", requestDraw);
  new MutationObserver(requestDraw).observe(document.body, { attributeFilter: ["class"] });
  resize();
  requestDraw();

  return {
    requestDraw,
    get isPenDown() { return Boolean(pen); },
    set isErasing(value) { isErasing = value; canvas.classList.toggle("erasing", value); },
    get isErasing() { return isErasing; },
    set hasGhost(value) { hasGhost = value; requestDraw(); },
    restartGhost() { ghostStarted = performance.now(); requestDraw(); },
  };
}
