// A page that nobody looks after: whoever leaves a drawing behind is asked "Still there?", and then all starts anew.

import { emit } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { forget } from "../shared/memory.js";
import { t } from "../shared/texts.js";

const COUNTDOWN = 10; // seconds
const [SHORTEST, USUAL, LONGEST] = [10, 60, 3600];

// The seconds of rest that an address names.
export function readSeconds(text) {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : USUAL;
  return seconds < SHORTEST || seconds > LONGEST ? USUAL : seconds;
}

export function createExhibit(patience) {
  const dialog = $("#still-there");
  let last = performance.now(); // when somebody was there

  const isUntouched = () => ["#undo", "#redo", "#clear"].every((name) => $(name)?.disabled ?? true);

  function stay() {
    last = performance.now();
    dialog.close();
  }

  function look() {
    if (!dialog.open && isUntouched()) return;
    const left = Math.ceil(patience + COUNTDOWN - (performance.now() - last) / 1000);
    if (left > COUNTDOWN) return;
    if (left <= 0) {
      startAnew();
    } else {
      $("#still-there-rest").textContent = t("still_there_rest", { seconds: left });
      if (!dialog.open) dialog.showModal();
    }
  }

  function startAnew() {
    stay();
    forget();
    emit("start-anew");
  }

  for (const type of ["pointerdown", "pointermove", "wheel"]) {
    addEventListener(type, () => { if (!dialog.open) last = performance.now(); }, { capture: true, passive: true });
  }
  addEventListener("keydown", stay, { capture: true });
  dialog.addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  addEventListener("contextmenu", (event) => event.preventDefault());
  setInterval(look, 1000);
}
