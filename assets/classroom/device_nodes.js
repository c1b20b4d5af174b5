// Nodes that the views of a device are made of.

import { make } from "../shared/dom.js";

export const title = (text) => make("h1", { className: "device-title", textContent: text, tabIndex: -1 });

export const words = (text, className = "device-words") => make("p", { className, textContent: text });

export const column = (className, ...nodes) => make("div", { className }, ...nodes.filter(Boolean));

export const makeRow = (...nodes) => column("device-row", ...nodes);

// By its key a button is found again when a view is built anew.
export function makeButton(text, onClick, { key = text, isChosen, className = "" } = {}) {
  const button = make("button", { type: "button", className, textContent: text });
  button.dataset.key = key;
  if (isChosen !== undefined) button.setAttribute("aria-pressed", isChosen);
  button.addEventListener("click", onClick);
  return button;
}
