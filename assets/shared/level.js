// School or university: one choice for the whole page. The address has it, so a link opens the page at its level.

import { emit } from "./bus.js";
import { recall, remember } from "./memory.js";

const LEVELS = ["school", "university"];

const isLevel = (name) => LEVELS.includes(name);

export const level = () => [new URLSearchParams(location.search).get("level"), recall("level"), LEVELS[0]].find(isLevel);

// The key of a text that has one wording for each level.
export const leveled = (key) => `${key}_${level()}`;

export function setLevel(name) {
  const address = new URL(location);
  address.searchParams.set("level", name);
  history.replaceState(history.state, "", address);
  showLevel();
}

// What belongs to one level alone is hidden by its class.
export function showLevel() {
  remember("level", level());
  document.body.dataset.level = level();
  emit("level", level());
}
