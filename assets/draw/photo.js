// The picture that lies on the pad, as it came: with a frame around what was found, which can be moved, and with the
// steps from it to 28x28.

import { on } from "../shared/bus.js";
import { $, digitColor, make } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { fillTexts, t } from "../shared/texts.js";
import { moveFrame, pressFrame, pullCorner, turnFrame } from "./frame.js";

// Not in the page's own HTML, which holds what is seen at once.
const PANEL = `
  <div class="samples-head">
    <h2 data-text="photo"></h2>
    <p class="photo-answer" aria-hidden="true"></p>
    <p class="muted" id="photo-hint"></p>
    <button type="button" id="photo-find" data-text="photo_find" disabled></button>
    <button type="button" id="photo-close" class="icon" data-label="photo_close">
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18"/></svg>
    </button>
  </div>
  <div class="photo-row">
    <div id="photo-stage">
      <img id="photo-picture" data-label="photo" alt="" draggable="false">
      <div id="photo-shade"><div></div></div>
      <div id="photo-digits"></div>
      <div id="photo-frame" role="application" tabindex="0" data-label="photo_frame" aria-describedby="photo-keys">
        <span data-handle="turn"></span>
        <span data-handle="-1,-1"></span>
        <span data-handle="1,-1"></span>
        <span data-handle="-1,1"></span>
        <span data-handle="1,1"></span>
      </div>
    </div>
    <div id="photo-steps" role="group" data-label="photo_steps"></div>
    <p id="photo-words"><b></b><span class="muted"></span></p>
    <img id="photo-step" alt="">
  </div>
  <p id="photo-keys" class="unseen" data-text="photo_keys"></p>
`;

// A picture is { url, aspect, frame, steps, number?, isByHand }. onFrame(frame) is called when the visitor wants another frame,
// onFind() when the digit is to be found without one, onRest() when the frame is let go.
export function createPhoto({ onFrame, onFind, onRest }) {
  const section = $("#photo");
  section.innerHTML = PANEL;
  fillTexts(section);
  const stage = $("#photo-stage");
  const node = $("#photo-frame");
  const showSteps = createSteps();
  let picture = null;
  let frame = null; // as it is shown, which may be ahead of the last answer
  let isHeld = false;
  let isClosed = false;

  const ends = () => (picture.aspect < 1 ? [picture.aspect, 1] : [1, 1 / picture.aspect]);

  function show(next, nextFrame) {
    if (next?.url !== picture?.url) {
      isClosed = false;
      if (next) $("#photo-picture").src = next.url;
    }
    picture = next;
    section.hidden = !next || isClosed;
    $("#photo-open").hidden = !next;
    if (!next) return;
    stage.style.setProperty("--aspect", next.aspect);
    $("#photo-find").disabled = !next.isByHand;
    $("#photo-hint").textContent = t(next.steps.length ? "photo_hint" : "photo_hint_none");
    const { digits = [], chosen } = next.number ?? {};
    showSteps(next.steps.map((step) => (step.name === "image" ? { ...step, ...pick(digits[chosen]) } : step)));
    place(nextFrame);
    $("#photo-digits").replaceChildren(...digits.map((digit, index) => {
      const box = make("div");
      box.classList.toggle("chosen", index === chosen);
      box.style.setProperty("--digit-color", digit.verdict.kind === "refused" ? "" : digitColor(digit.verdict.labels[0]));
      lay(box, digit.frame);
      return box;
    }));
  }

  function place(next) {
    frame = next;
    lay(node, frame);
    lay($("#photo-shade > *"), frame);
  }

  function lay({ style }, { x, y, width, height, angle }) {
    const [right, bottom] = ends();
    Object.assign(style, {
      left: `${100 * (x - width / 2) / right}%`, width: `${100 * width / right}%`,
      top: `${100 * (y - height / 2) / bottom}%`, height: `${100 * height / bottom}%`,
      transform: `rotate(${angle}deg)`,
    });
  }

  function want(next) {
    place(next);
    onFrame(next);
  }

  function hold(value) {
    if (value === isHeld) return;
    isHeld = value;
    if (!value) onRest();
  }

  // A place on the screen, in shares of the picture's longer side.
  function locate({ clientX, clientY }) {
    const { left, top, width, height } = stage.getBoundingClientRect();
    const [right, bottom] = ends();
    return [right * (clientX - left) / width, bottom * (clientY - top) / height];
  }

  function close() {
    isClosed = true;
    show(picture, frame);
    $("#photo-open").focus();
  }

  function open() {
    isClosed = false;
    show(picture, frame);
    section.scrollIntoView({ block: "nearest" });
    node.focus({ preventScroll: true });
  }

  // As far as the verdict stays in sight; not at all where the picture is not seen whole even so.
  function bringIntoView() {
    const hidden = stage.getBoundingClientRect().bottom + 16 - innerHeight;
    const room = $("#verdict").getBoundingClientRect().top - 8;
    if (hidden > 0 && hidden <= room) scrollBy({ top: hidden });
  }

  followPointer(node, { locate, read: () => frame, ends, want, hold });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = pressFrame(frame, event, ends());
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    hold(true);
    want(next);
  });
  node.addEventListener("keyup", () => hold(false));
  node.addEventListener("blur", () => hold(false));
  $("#photo-picture").addEventListener("click", (event) => want(moveFrame(frame, locate(event), ends())));
  $("#photo-find").addEventListener("click", onFind);
  $("#photo-close").addEventListener("click", close);
  $("#photo-open").addEventListener("click", open);

  return {
    // null for no picture; `frame` is where the visitor has put it.
    show,
    get isHeld() { return isHeld; },
    bringIntoView,
  };
}

// Of several digits the last step is the chosen one's.
const pick = (digit) => (digit ? { picture: digit.picture } : {});

// The frame follows a pointer that has taken it, or one of its handles.
function followPointer(node, { locate, read, ends, want, hold }) {
  let grip = null; // { handle, frame, start } while it is held

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    grip = { handle: event.target.dataset.handle, frame: read(), start: locate(event) };
    node.setPointerCapture(event.pointerId);
    hold(true);
  });
  node.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const { handle, frame, start } = grip;
    const place = locate(event);
    if (handle === "turn") want(turnFrame(frame, place));
    else if (handle) want(pullCorner(frame, handle.split(",").map(Number), place));
    else want(moveFrame(frame, [frame.x + place[0] - start[0], frame.y + place[1] - start[1]], ends()));
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    node.addEventListener(type, () => {
      grip = null;
      hold(false);
    });
  }
}

// Small pictures in a row; the chosen one is shown large and is explained.
function createSteps() {
  const row = $("#photo-steps");
  let steps = [];
  let chosen = "image";

  const address = ({ picture }) => `data:image/png;base64,${picture}`;

  function explain() {
    const step = steps.find(({ name }) => name === chosen) ?? steps.at(-1);
    $("#photo-step").hidden = $("#photo-words").hidden = !step;
    for (const button of row.children) button.setAttribute("aria-pressed", button.dataset.step === step?.name);
    if (!step) return;
    $("#photo-step").src = address(step);
    $("#photo-words b").textContent = t(`picture_step_${step.name}`);
    $("#photo-words span").textContent = t(leveled(`picture_step_${step.name}`));
  }

  function makeButton({ name }) {
    const button = make("button", { type: "button" }, make("img", { alt: "" }), make("span", { textContent: t(`picture_step_${name}`) }));
    button.dataset.step = name;
    button.addEventListener("click", () => {
      chosen = name;
      explain();
    });
    return button;
  }

  on("level", explain);

  return (next) => {
    const names = next.map(({ name }) => name).join();
    if (names !== steps.map(({ name }) => name).join()) row.replaceChildren(...next.map(makeButton));
    steps = next;
    steps.forEach((step, index) => { row.children[index].firstChild.src = address(step); });
    explain();
  };
}
