// Puts the parts together: pad, answers, buttons, samples, pictures. Runs as the body of a function that is given
// `element`, `props` and `server`.

const SMALLEST_DRAWING = 0.02;
const MAX_FILE_BYTES = 20e6;

const view = createAnswerView(element, say);
const ink = createInk(onInk);
const pad = createPad(find("#sketchpad"), ink, () => Number(find("#width").value), onPen);
const relatives = createRelatives({ find, say, server, readModel });
const own = createOwn();
const hand = createHand({ find, say, ink, server, own, notify, remember, recall, canAsk, isPenDown, readModel, showGhost });
const live = createLive((question) => server.classify_drawing(question), nextQuestion, onAnswer, onHealth);
let preview = null; // the sample that is looked at instead of the drawing
let shown = null; // the last answer and its question
let health = "ok";
let numPictures = 0;

function onInk() {
  if (preview) setPreview(null);
  find("#sketchpad").classList.toggle("empty", ink.isEmpty);
  updateButtons();
  pad.requestDraw();
  if (hand.isRunning) {
    if (shown) showNothing(); // nobody looks into what was there before
    return hand.update();
  }
  if (!pad.isPenDown) remember("drawing", ink.save());
  askAgain();
}

function canAsk() {
  return !ink.isEmpty && !isDot();
}

function showGhost(isShown) {
  pad.hasGhost = isShown;
}

function isPenDown() {
  return pad.isPenDown;
}

function readModel() {
  return find("#model").value;
}

function updateButtons() {
  find("#undo").disabled = !ink.canUndo;
  find("#redo").disabled = !ink.canRedo;
  find("#clear").disabled = ink.isEmpty && !preview;
}

function onPen(isDown) {
  if (isDown) return notify("");
  if (hand.isRunning) return;
  remember("drawing", ink.save());
  showAnswer();
  if (!shown?.isFinal) askAgain();
}

function isDot() {
  return !ink.image && ink.extent() < SMALLEST_DRAWING;
}

function askAgain() {
  if (hand.isRunning) return;
  if (!preview && ink.isEmpty) {
    showNothing();
    view.showNothing();
  } else if (!preview && isDot()) {
    showNothing();
    view.showDot(ink.numPoints());
  } else {
    if (shown?.isFinal) showAnswer();
    live.request();
  }
}

function nextQuestion() {
  const model = readModel();
  if (preview) return { strokes: [], image: preview.image, model, generation: ink.generation, preview, points: 0 };
  if (ink.isEmpty || isDot()) return null;
  const strokes = ink.strokes();
  return { strokes, image: ink.image, model, generation: ink.generation, preview: null, points: ink.numPoints() };
}

function onAnswer(answer, question, milliseconds) {
  // The drawing was cleared, undone or left for a sample meanwhile: this answer is about something that is gone.
  if (question.generation !== ink.generation || question.preview !== preview || ink.isEmpty > Boolean(preview)) return;
  shown = { answer, question, isFinal: false };
  showAnswer();
  if (answer.ok) find("#time").textContent = say("time_value", { server: answer.milliseconds, round: Math.round(milliseconds) });
  find("#points").textContent = question.points;
  if (answer.ok) find("#doubt").textContent = say(answer.limit < 1 ? "doubt_value" : "doubt_none", { doubt: smallPercent(answer.doubt), limit: smallPercent(answer.limit) });
}

function showAnswer() {
  if (!shown) return;
  const { answer, question, isFinal: wasFinal } = shown;
  const isWhole = question.generation === ink.generation && question.points === ink.numPoints();
  shown.isFinal = question.preview ? question.preview === preview : isWhole && !pad.isPenDown;
  const note = question.preview ? say("caption_sample", question.preview) : undefined;
  if (answer.ok && shown.isFinal && !wasFinal) onFinal(answer, question);
  if (answer.ok) view.show(answer, question.points, shown.isFinal, note);
  else view.showProblem(answer.error, question.points);
}

// The slower parts hear of a drawing when a stroke has ended.
function onFinal(answer, question) {
  relatives.show(answer.image);
  tellSubject(answer, question);
  if (question.preview) return;
  if (question.strokes.length) own.update(answer.image);
  tell("drawing", answer.image);
}

// What the inside tab looks into.
function tellSubject(answer, question) {
  const { image, model, probabilities, verdict, doubt, limit } = answer;
  const { strokes } = question;
  find("#why").hidden = false;
  tell("subject", {
    strokes, image, model, answer: { probabilities, verdict, doubt, limit },
    label: question.preview?.label, isPlain: strokes.length > 0 && !question.image,
    width: ink.gestures.at(-1)?.width,
  });
}

function showNothing() {
  shown = null;
  find("#why").hidden = true;
  tell("subject", null);
  relatives.clear();
  own.finish();
  tell("drawing", null);
}

function onHealth(state) {
  if (state === health) return;
  health = state;
  notify(state === "ok" ? "" : say(`server_${state}`));
}

function notify(text) {
  const notice = find("#notice");
  notice.textContent = text || (health === "ok" ? "" : say(`server_${health}`));
  notice.hidden = !notice.textContent;
}

// Buttons and keys

find("#undo").addEventListener("click", () => pad.isPenDown || ink.undo());
find("#redo").addEventListener("click", () => pad.isPenDown || ink.redo());
find("#clear").addEventListener("click", clearPad);
find("#erase").addEventListener("click", () => {
  pad.isErasing = !pad.isErasing;
  find("#erase").setAttribute("aria-pressed", pad.isErasing);
});

function clearPad() {
  if (pad.isPenDown) return;
  if (preview) {
    // Clearing while a sample is looked at leaves the sample, not the drawing.
    setPreview(null);
    shown = null;
    return askAgain();
  }
  ink.clear();
  notify("");
  pad.restartGhost();
  if (pad.isErasing) find("#erase").click();
}

document.addEventListener("keydown", (event) => {
  if (!isShown() || event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey;
  let action = null;
  if (withControl && key === "z") action = event.shiftKey ? ink.redo : ink.undo;
  else if (withControl && key === "y") action = ink.redo;
  else if (key === "delete" && !withControl) action = clearPad;
  if (!action || pad.isPenDown) return;
  event.preventDefault();
  action();
});

// Pictures: opened, pasted or dropped

find("#picture").addEventListener("click", () => find("#picture-file").click());
find("#picture-file").addEventListener("change", (event) => {
  readPicture(event.target.files[0]);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])][0];
  if (!isShown() || !file) return;
  event.preventDefault();
  readPicture(file);
});
// A file dropped beside the pad must not take the browser away from the page.
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (isShown()) readPicture(event.dataTransfer.files[0]);
});

async function readPicture(file) {
  if (!file || hand.isRunning) return;
  if (file.size > MAX_FILE_BYTES) return notify(say("picture_too_large"));
  const number = ++numPictures;
  const { generation } = ink;
  notify(say("picture_reading"));
  const answer = await Promise.race([sendPicture(file), later(GIVE_UP)]);
  // A later picture or a stroke drawn meanwhile is what the visitor wants.
  if (number !== numPictures || generation !== ink.generation || pad.isPenDown) return notify("");
  if (answer?.ok) {
    notify("");
    ink.putImage(answer.image);
  } else {
    notify(answer?.error ?? say("server_away"));
  }
}

async function sendPicture(file) {
  try {
    const response = await fetch(new URL("picture", document.baseURI), { method: "POST", body: file });
    return await response.json();
  } catch {
    return undefined;
  }
}

// Real samples

async function showSamples() {
  const answer = await server.pick_samples({});
  if (!answer?.ok) return answer ? notify(answer.error) : retryLater(showSamples);
  if (answer.name !== "mnist") find("#samples-title").textContent = say("samples_of", { name: answer.name });
  find("#samples-hint").textContent = `${say("samples_hint")} ${say(`samples_${answer.source}`)}`;
  find("#samples").replaceChildren(...answer.samples.map((sample) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sample" });
    button.setAttribute("aria-label", say("sample_label", sample));
    button.dataset.index = sample.index;
    button.dataset.label = sample.label;
    const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
    paintPixels(canvas, decodePixels(sample.image));
    button.append(canvas);
    button.addEventListener("click", () => tapSample(sample));
    return button;
  }));
}

function tapSample(sample) {
  if (pad.isPenDown) return;
  if (preview?.index === sample.index) return ink.putImage(sample.image);
  setPreview(sample);
  live.request();
}

function setPreview(sample) {
  preview = sample;
  element.querySelectorAll(".sample").forEach((button) => {
    button.setAttribute("aria-pressed", Number(button.dataset.index) === preview?.index);
  });
  updateButtons();
}

find("#shuffle").addEventListener("click", showSamples);

// Details and theme

let models = [];

// `wanted` is chosen if there is such a model.
async function showModels(wanted) {
  const answer = await server.describe_models({});
  if (!answer?.ok) return answer ? notify(answer.error) : retryLater(showModels);
  find("#device").textContent = [answer.device, answer.note].filter(Boolean).join("; ");
  const select = find("#model");
  const chosen = select.value;
  models = answer.models;
  select.replaceChildren(...models.map((model) => new Option(say("model_option", {
    label: model.label,
    accuracy: ifKnown(model.validation_accuracy, exactPercent),
  }), model.name)));
  const name = [wanted, chosen].find((one) => models.some((model) => model.name === one));
  if (name) select.value = name;
  describeModel();
  if (wanted && name !== wanted) notify(say("model_gone", { model: wanted }));
  if (wanted || (chosen && !name)) askAgain();
}

// A figure that its model lacks is null.
const ifKnown = (figure, format) => (figure === null ? say("not_known") : format(figure));

function describeModel() {
  const model = models.find((candidate) => candidate.name === find("#model").value);
  if (!model) return;
  const training = {
    parameters: ifKnown(model.parameters, (number) => number.toLocaleString()),
    data: model.data,
    images: ifKnown(model.images, (number) => number.toLocaleString()),
    epochs: model.epochs,
    seconds: ifKnown(model.seconds, (number) => Math.round(number).toLocaleString()),
  };
  find("#trained").textContent = model.complete ? say("trained_value", training) : say("trained_early", training);
  find("#test").textContent = model.test ? say("test_value", {
    accuracy: exactPercent(model.test.accuracy),
    low: exactPercent(model.test.interval[0]),
    high: exactPercent(model.test.interval[1]),
  }) : say("test_none");
}

const smallPercent = (share) => (share < 0.0001 ? say("under_hundredth") : `${Number((share * 100).toPrecision(2))} %`);

find("#model").addEventListener("change", () => {
  describeModel();
  askAgain();
});
// Models that were trained since the page was opened.
find("#details").addEventListener("toggle", () => find("#details").open && showModels());

hear("forget", own.forgetAll);
hear("subject-wanted", () => shown?.isFinal && shown.answer.ok && tellSubject(shown.answer, shown.question));
hear("choose-model", showModels);
hear("put", (image) => {
  if (hand.isRunning || pad.isPenDown) return;
  setPreview(null);
  ink.putImage(image);
});

hand.resume();
createEvidence({ find, say, server });
showSamples();
showModels();
