// What the sections of the teacher's screen have in common. All of them are brought up to date several times a second:
// nodes stay as they are, so that nothing is taken away under a finger or a caret.

import { make } from "../shared/dom.js";
import { describeState, later, RETRY } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { askClass } from "./client.js";

const SURE = 5000; // how long what was pressed once may be pressed again
const TRIES = 4;

export function write(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

export const problemOf = (answer) => (answer?.ok ? "" : describeState(answer));

// Asks as the teacher of a room; onChange(name) hears of what was done. What goes wrong is said in `problem`.
export function createAsker(teacher, onChange) {
  return async function ask(name, question = {}, problem = null) {
    let answer = await askClass(name, { teacher, ...question });
    for (let tries = 1; answer?.isBusy && tries < TRIES; tries += 1) {
      await later(RETRY);
      answer = await askClass(name, { teacher, ...question });
    }
    if (problem) tell(problem, problemOf(answer));
    if (!answer?.ok) return null;
    onChange(name);
    return answer;
  };
}

export function tell(problem, text) {
  write(problem, text);
  problem.hidden = !text;
}

export const makeProblem = () => make("p", { className: "teacher-problem", role: "alert", hidden: true });

// While its action goes on, a button is not pressed again.
export function makeButton(key, action, properties = {}, ...children) {
  const button = make("button", { type: "button", ...properties }, ...(key ? [t(key)] : children));
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await action(button);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return button;
}

// A button that has to be pressed twice.
export function makeSureButton(key, sureKey, action, properties = {}) {
  let timer = 0;
  const settle = (button, isSure) => {
    clearTimeout(timer);
    timer = isSure ? setTimeout(settle, SURE, button, false) : 0;
    button.classList.toggle("sure", isSure);
    write(button, t(isSure ? sureKey : key));
  };
  return makeButton(key, (button) => {
    const wasSure = Boolean(timer);
    settle(button, !wasSure);
    return wasSure ? action() : null;
  }, properties);
}

export function makeCard(id, key, ...children) {
  const title = make("h2", { id: `${id}-title`, textContent: t(key) });
  const problem = makeProblem();
  const card = make("section", { id, className: "card" }, title, problem, ...children);
  card.setAttribute("aria-labelledby", title.id);
  return { card, title, problem };
}

// A button for a file, and the field behind it; action(file) is called for each that is chosen.
export function makeFileButton(key, action, properties) {
  const field = make("input", { type: "file", className: "unseen", tabIndex: -1, ariaHidden: "true", ...properties });
  field.addEventListener("change", () => {
    const [file] = field.files;
    field.value = "";
    if (file) action(file);
  });
  return [field, makeButton(key, () => field.click())];
}

// The bytes of a file as base64.
export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// Gives a function that makes the children of `root` those of `items`. create(item) gives { node, show(item) }.
// Nothing changes its place while one of them has the focus.
export function createList(root, create, keyOf = ({ id }) => id) {
  const entries = new Map();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, { node }] of entries) {
      if (!keys.has(key)) {
        node.remove();
        entries.delete(key);
      }
    }
    const isHeld = root.contains(document.activeElement);
    items.forEach((item, index) => {
      const key = keyOf(item);
      if (!entries.has(key)) entries.set(key, create(item));
      const entry = entries.get(key);
      entry.show(item);
      const isThere = entry.node.parentNode === root;
      if (root.children[index] !== entry.node && !(isThere && isHeld)) {
        root.insertBefore(entry.node, root.children[index] ?? null);
      }
    });
  };
}

export function tellAnimal({ animal, number }) {
  return number > 1 ? t("teacher_animal_number", { animal: t(`animal_${animal}`), number }) : t(`animal_${animal}`);
}

// "1 drawing" or "3 drawings".
export const count = (key, num, values = {}) => t(num === 1 ? `${key}_one` : key, { num, ...values });

// An address of this page as other devices reach it; behind localhost no other device would find anything.
export function addressFor(place, hash) {
  const own = new URL(".", document.baseURI);
  const isOwn = !["localhost", "127.0.0.1", "[::1]"].includes(own.hostname);
  const address = new URL(isOwn ? own : place?.addresses?.[0] ?? own);
  address.hash = hash;
  return address.href;
}
