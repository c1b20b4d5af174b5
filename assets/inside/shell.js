// What the views of the inside tab stand on: the address, the drawing on the pad, questions, lessons.

const VIEWS = new Map();
const LEVELS = ["school", "university"];
const PENDING = 500;

// What the address says: `#inside?view=why&...`. A value of undefined takes an entry away.
const view = createInsideView();
let subject = null; // what is on the pad, see `inside.js`
let shows = 0; // grows whenever something else is to be shown

function createInsideView() {
  let now = {};

  function address() {
    const text = new URLSearchParams(Object.entries(now).filter(([, value]) => value !== undefined && value !== ""));
    return [...text].length ? `#inside?${text}` : "#inside";
  }

  function write() {
    if (location.hash.startsWith("#inside")) history.replaceState(null, "", address());
    tell("address", { tab: "inside", address: address() });
  }

  return {
    get now() { return now; },
    set(changes) {
      now = { ...now, ...changes };
      write();
    },
    restore() {
      if (!/^#inside(\?|$)/.test(location.hash)) return;
      now = Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? ""));
      write();
    },
  };
}

function addView(name, { show, needsDrawing = true }) {
  VIEWS.set(name, { show, needsDrawing });
}

function level() {
  const chosen = recall("level");
  return LEVELS.includes(chosen) ? chosen : LEVELS[0];
}

const digitColor = (label) => `var(--digit-${label})`;

// For heatmaps on dark or light: blue speaks against, red for it; stronger is more opaque.
function signedColor(value) {
  const strength = Math.min(1, Math.abs(value));
  return [...(value < 0 ? [58, 134, 255] : [255, 84, 54]), Math.round(255 * strength ** 0.7)];
}

// The words of a verdict as nodes, the digit in its colour.
function describeVerdict({ kind, labels }, probabilities) {
  if (kind !== "sure") return [say(`verdict_${kind}`, { first: labels[0], second: labels[1] })];
  const digit = make("b", { textContent: labels[0] });
  digit.style.setProperty("--digit-color", digitColor(labels[0]));
  return [digit, say("verdict_sure", { percent: percent(probabilities[labels[0]], say("over_99")) })];
}

function notify(text) {
  find("#inside-notice").textContent = text;
  find("#inside-notice").hidden = !text;
}

// A server that was away is asked again for all that the view shows.
function tellProblem(answer) {
  notify(answer?.error || say("server_away"));
  if (!answer) retryLater(showCurrent);
}

// Asks the server; says what went wrong, unless something else is wanted by now. What is being computed is asked for
// again until it is there.
async function ask(name, question, isCurrent = () => true) {
  for (;;) {
    const answer = await Promise.race([server[name](question), later(GIVE_UP)]);
    if (!isCurrent()) return null;
    if (answer?.ok) {
      notify("");
      return answer;
    }
    if (answer?.pending === undefined || answer.error) {
      tellProblem(answer);
      return null;
    }
    notify(say("inside_pending", { share: Math.round(answer.pending * 100) }));
    await later(PENDING);
    if (!isCurrent()) return null;
  }
}

const lessons = new Map(); // by the name of a view: { values, about }

// The text beside a view, with the visitor's own numbers, of the drawing that it is about.
function teach(name, values, about = subject) {
  lessons.set(name, { values, about });
  if (name !== currentView()) return;
  find("#lesson").hidden = false;
  find("#lesson").classList.toggle("stale", about !== subject);
  find("#lesson p").textContent = say(`lesson_${name}_${level()}`, values);
}

function currentView() {
  return VIEWS.has(view.now.view) ? view.now.view : VIEWS.keys().next().value;
}

// Shows the view that the address names, of what is on the pad now.
async function showCurrent() {
  if (!isShown()) return;
  const asked = ++shows;
  const isCurrent = () => asked === shows && isShown();
  const name = currentView();
  const { show, needsDrawing } = VIEWS.get(name);
  const isPossible = subject !== null || !needsDrawing;
  notify("");
  element.querySelectorAll(".view").forEach((section) => { section.hidden = section.dataset.view !== name || !isPossible; });
  element.querySelectorAll(".views a").forEach((link) => {
    if (link.dataset.view !== name) return link.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    const nav = link.parentElement; // which scrolls sideways on a phone
    nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  });
  find("#inside-empty").hidden = isPossible;
  find("#lesson").hidden = !isPossible || !lessons.has(name);
  if (!isPossible) return;
  const kept = lessons.get(name);
  if (kept) teach(name, kept.values, kept.about);
  await show(subject, isCurrent);
  if (isCurrent()) tell("view-shown", name);
}

function putOnPad(image) {
  tell("put", image);
}
