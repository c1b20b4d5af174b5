// Nodes: finding, making and showing them.

export const $ = (selector) => document.querySelector(selector);
export const $$ = (selector) => [...document.querySelectorAll(selector)];

// A part of the page is shown on its own tab.
export const isShown = (node) => node.isConnected && node.offsetParent !== null;

// Keys belong to a field in which somebody writes.
export const isTyping = ({ target }) => (
  Boolean(target.closest?.("input:not([type=range]), textarea, select, [contenteditable]")));

// Where nobody looks after the page, there are no files, links or help; see masthead/exhibit.js.
export const isExhibit = () => document.body.dataset.mode === "exhibit";

export const digitColor = (label) => `var(--digit-${label})`;

export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
