// What can be done with a stored network: it reads the drawing, explains an answer, or stands beside all others.

import { emit } from "../shared/bus.js";
import { $ } from "../shared/dom.js";

export function readWith(model) {
  location.hash = "#draw";
  emit("choose-model", model);
}

export function explainWith(model) {
  location.hash = "#inside?view=why";
  emit("choose-model", model);
}

export function compareAll(model) {
  readWith(model);
  requestAnimationFrame(() => $('#compare-open[aria-expanded="false"]:not([hidden])')?.click());
}
