// Puts the parts together: pad, answers, buttons. What is asked is always about the newest ink.

import { emit, lastSaid, on } from "../shared/bus.js";
import { $, isExhibit, isShown, isTyping } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { recall, remember } from "../shared/memory.js";
import { openPart } from "../shared/part.js";
import { findLine } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { findFault } from "./advice.js";
import { createAnswerView } from "./answer.js";
import { createCompare } from "./compare.js";
import { createDetails, readModel, showDetails } from "./details.js";
import { createEvidence } from "./evidence.js";
import { createInk } from "./ink.js";
import { createLine } from "./line.js";
import { notify, showHealth } from "./notice.js";
import { createNumber } from "./number.js";
import { createOwn } from "./own_drawings.js";
import { createOwnTest } from "./own_test.js";
import { createPad } from "./pad.js";
import { createPictures } from "./pictures.js";
import { createRelatives } from "./relatives.js";
import { createSamples } from "./samples.js";

const SMALLEST_DRAWING = 0.02;

let view, ink, pad, number, samples, relatives, compare, own, ownTest, live, pictures;
let shown = null; // the last answer and its question
let borrower = null; // { name, model } of another part that has drawings of its own on the pad

export async function mount(part) {
  await openPart(part, { texts: ["draw"], styles: ["draw/main"] });
  view = createAnswerView();
  ink = createInk(onInk);
  const readWidth = () => Number($("#width").value);
  number = createNumber(readWidth, chooseDigit);
  pad = createPad($("#sketchpad"), ink, readWidth, onPen, number.chooseAt);
  relatives = createRelatives();
  compare = createCompare((model) => emit("choose-model", model));
  own = createOwn();
  ownTest = createOwnTest({ ink, pad, own, canAsk: () => !borrower && canBeRead() });
  const line = createLine(findLine());
  live = createLive({ send: line.ask, nextQuestion, onAnswer, onState: showHealth });
  samples = createSamples(putSample);
  pictures = createPictures({ ink, pad, isBlocked: () => borrower || ownTest.isRunning || isExhibit(), onRest: settle });
  listen();
  ownTest.resume();
  if (lastSaid("pad-lent")) lend(lastSaid("pad-lent"));
  createEvidence();
  createDetails(askAgain);
}

const isTesting = () => ownTest.isRunning && !borrower;

function keepDrawing() {
  remember(borrower ? `drawing-${borrower.name}` : "drawing", ink.save());
}

// The pad changes hands, and with null goes back to the visitor: each finds the drawing that was left there.
function lend(next) {
  if (isDrawing()) ink.restore(null); // a stroke without its end is nobody's
  const isSame = borrower?.name === next?.name;
  borrower = next;
  if (isSame) return askAgain();
  if (!borrower) return ownTest.resume();
  pad.hasGhost = false;
  if (pad.isErasing) $("#erase").click();
  ink.restore(recall(`drawing-${borrower.name}`));
}

function onInk() {
  samples.mark(ink.sample);
  $("#sketchpad").classList.toggle("empty", ink.isEmpty);
  updateButtons();
  pictures.show();
  pad.requestDraw();
  if (borrower) emit("ink-changed", canBeRead());
  if (isTesting()) {
    if (shown) showNothing(); // nobody looks into what was there before
    return ownTest.update();
  }
  if (!pad.isPenDown) {
    notify(""); // what was said was about what was there before
    keepDrawing();
  }
  askAgain();
}

function updateButtons() {
  $("#undo").disabled = !ink.canUndo;
  $("#redo").disabled = !ink.canRedo;
  $("#clear").disabled = ink.isEmpty && !ink.picture;
}

function onPen(isDown, isTap) {
  $("#sketchpad").classList.toggle("pen-down", isDown);
  if (isDown) return notify("");
  if (!isTap) number.followPen();
  if (isTesting()) return;
  keepDrawing();
  settle();
}

// A hand has let go of the pen, or of the frame on a picture.
function settle() {
  showAnswer();
  if (!shown?.isFinal) askAgain();
}

function isDot() {
  return !ink.image && ink.extent() < SMALLEST_DRAWING;
}

function canBeRead() {
  return !ink.isEmpty && !isDot();
}

function askAgain() {
  if (isTesting()) return;
  if (ink.isEmpty) {
    showNothing();
    view.showNothing();
  } else if (isDot()) {
    showNothing();
    view.showDot(ink.numPoints());
  } else {
    if (shown?.isFinal) showAnswer();
    live.request();
  }
}

function nextQuestion() {
  if (!canBeRead()) return null;
  const { image, sample, generation } = ink;
  return { strokes: ink.strokes(), image, model: borrower?.model ?? readModel(), generation, sample, points: ink.numPoints() };
}

function onAnswer(answer, question, milliseconds) {
  // The drawing was cleared, undone or left for a sample meanwhile: this answer is about something that is gone.
  if (question.generation !== ink.generation || ink.isEmpty) return;
  shown = { answer, question, isFinal: false };
  showAnswer();
  if (answer.ok) tellSeen(shown.about);
  showDetails(shown.about?.answer ?? answer, question.points, milliseconds);
}

function showAnswer() {
  if (!shown) return;
  const { answer, question, isFinal: wasFinal } = shown;
  const isWhole = question.generation === ink.generation && question.points === ink.numPoints();
  shown.isFinal = isWhole && !pad.isPenDown && !pictures.isHeld;
  if (!answer.ok) {
    number.clear();
    return view.showProblem(tellError(answer), question.points);
  }
  const about = number.follow(answer, question, question.strokes.length ? null : ink.picture?.number);
  shown.about = { answer: about.answer, question: { ...question, strokes: about.strokes } };
  if (shown.isFinal && !wasFinal) onFinal(shown.about);
  const isTooMuch = answer.problem && answer.verdict.kind === "refused";
  const note = question.sample ? t("caption_sample", question.sample) : isTooMuch ? tellError(answer.problem) : undefined;
  view.show(about.answer, question.points, shown.isFinal, { note, judge: judgeInk, number: about.number });
}

// Another of several digits: everything follows it.
function chooseDigit(place) {
  if (!shown?.answer.ok) return;
  if (!shown.answer.number) return pictures.choose(place);
  number.choose(place);
  shown.isFinal = false;
  showAnswer();
  tellSeen(shown.about);
}

function judgeInk() {
  return ink.image ? "" : findFault(ink.gestures, ink.extent());
}

// The slower parts hear of a drawing when a stroke has ended.
function onFinal({ answer, question }) {
  if (borrower) return;
  relatives.show(answer.image);
  compare.show(answer.image);
  tellSubject({ answer, question });
  if (question.points) own.update(answer.image);
  else own.finish();
  emit("drawing", answer.image);
}

// What the network makes of the drawing while the pen moves.
function tellSeen({ answer, question }) {
  const { image, model, probabilities, verdict, doubt } = answer;
  emit("seen", { image, model, points: question.points, answer: { probabilities, verdict, doubt } });
}

// What the inside tab looks into.
function tellSubject({ answer, question }) {
  const { image, model, probabilities, verdict, doubt, limit } = answer;
  const { strokes } = question;
  $("#why").hidden = false;
  emit("subject", {
    strokes, image, model, answer: { probabilities, verdict, doubt, limit },
    label: question.sample?.label, isPlain: strokes.length > 0 && !question.image,
    width: ink.gestures.at(-1)?.width,
  });
}

function showNothing() {
  shown = null;
  number.clear();
  $("#why").hidden = true;
  emit("subject", null);
  relatives.clear();
  compare.show(null);
  own.finish();
  emit("drawing", null);
}

// Whether somebody is drawing just now: what the pad holds is not taken away under a hand.
function isDrawing() {
  pad.letGo();
  return pad.isPenDown;
}

function putSample({ image, label, index }) {
  if (isDrawing()) return;
  if (ink.sample?.index !== index) ink.putImage(image, { label, index });
  // The whole answer stays in sight where it fits on the screen.
  for (const part of ["#bars", "#sketchpad", "#verdict"]) $(part).scrollIntoView({ block: "nearest" });
}

function clearPad() {
  if (isDrawing()) return;
  ink.clear();
  notify("");
  pad.restartGhost();
  if (pad.isErasing) $("#erase").click();
}

function startAnew() {
  ink.restore(null);
  notify("");
  pad.restartGhost();
}

function listen() {
  $("#undo").addEventListener("click", () => isDrawing() || ink.undo());
  $("#redo").addEventListener("click", () => isDrawing() || ink.redo());
  $("#clear").addEventListener("click", clearPad);
  $("#erase").addEventListener("click", () => {
    pad.isErasing = !pad.isErasing;
    $("#erase").setAttribute("aria-pressed", pad.isErasing);
  });
  document.addEventListener("keydown", pressKey);
  on("forget", own.forgetAll);
  on("subject-wanted", () => shown?.isFinal && shown.answer.ok && tellSubject(shown.about));
  on("start-anew", startAnew);
  on("pad-emptied", startAnew);
  on("ink-wanted", (take) => take({ strokes: ink.strokes(), image: ink.image, canBeRead: canBeRead() && !pad.isPenDown }));
  on("put", (image) => {
    if (!borrower && !ownTest.isRunning && !isDrawing()) ink.putImage(image);
  });
  on("pad-lent", lend);
}

function pressKey(event) {
  if (!isShown($("#sketchpad")) || $("#sketchpad").hasAttribute("inert")) return;
  if (isTyping(event) || event.target.closest?.("dialog")) return;
  const key = event.key.toLowerCase();
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey;
  let action = null;
  if (withControl && key === "z") action = event.shiftKey ? ink.redo : ink.undo;
  else if (withControl && key === "y") action = ink.redo;
  else if (key === "delete" && !withControl) action = clearPad;
  else if (/^[0-9]$/.test(key) && !withControl && !event.altKey && !borrower && !ownTest.isRunning) action = () => samples.take(key);
  if (!action || isDrawing()) return;
  event.preventDefault();
  action();
}
