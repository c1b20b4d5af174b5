// A field to draw one line in, with finger, pen or mouse.

import { $ } from "../shared/dom.js";
import { judgeStroke } from "./test_checks.js";

const LINE_WIDTH = 10;

// onResult(result) of each stroke, see `judgeStroke`.
export function createTestPad(canvas, onResult) {
  let stroke = null; // { id, kind, num, last }

  const place = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };

  // As many pixels as the screen has in its place; what was drawn goes.
  function prepare() {
    const { width, height } = canvas.getBoundingClientRect();
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    const context = canvas.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    Object.assign(context, { lineWidth: LINE_WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    return context;
  }

  function begin(event) {
    if (stroke || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture?.(event.pointerId);
    $("#test-pad-hint").hidden = true;
    stroke = { id: event.pointerId, kind: event.pointerType, num: 1, last: place(event), context: prepare() };
  }

  function move(event) {
    if (event.pointerId !== stroke?.id) return;
    const points = event.getCoalescedEvents?.() ?? [];
    for (const point of points.length ? points : [event]) {
      const next = place(point);
      stroke.context.beginPath();
      stroke.context.moveTo(...stroke.last);
      stroke.context.lineTo(...next);
      stroke.context.stroke();
      stroke.last = next;
      stroke.num++;
    }
  }

  function end(event) {
    if (event.pointerId !== stroke?.id) return;
    onResult(judgeStroke({ ...stroke, isBroken: event.type === "pointercancel" }));
    stroke = null;
  }

  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  // Old browsers scroll with the finger in spite of the style.
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
}
