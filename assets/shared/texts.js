// What a visitor reads, by key. A text reaches the page as text, never as HTML.

const texts = {};
const files = new Map(); // of texts, by name: each is fetched once

// Fetches the files of these names, which hold the texts of a part.
export async function loadTexts(...names) {
  for (const name of names) if (!files.has(name)) files.set(name, fetchTexts(name));
  await Promise.all(names.map((name) => files.get(name)));
}

async function fetchTexts(name) {
  const answer = await fetch(new URL(`../locales/en/${name}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`The texts of ${name} could not be fetched: status ${answer.status}.`);
  Object.assign(texts, await answer.json());
}

export const hasText = (key) => key in texts;

export const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// What the server says went wrong, in the page's language where it has that message: its key is the English template.
export const tellError = ({ error, message }) => (
  message && hasText(message.key) ? t(message.key, message.values) : error
);

// Fills in the texts that the HTML of a part names.
export function fillTexts(root) {
  root.querySelectorAll("[data-text]").forEach((node) => { node.textContent = t(node.dataset.text); });
  root.querySelectorAll("[data-label]").forEach((node) => {
    node.setAttribute("aria-label", t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.label);
  });
}
