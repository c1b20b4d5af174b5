// The parts of the page speak to each other through the document.

const latest = new Map();

export function emit(name, detail) {
  latest.set(name, detail);
  document.dispatchEvent(new CustomEvent(`sketch:${name}`, { detail }));
}

export const on = (name, action) => document.addEventListener(`sketch:${name}`, (event) => action(event.detail));

// What was said last, for a part that begins later than another.
export const lastSaid = (name) => latest.get(name);
