// Tabs, by the page's address, help, presentation, and light or dark.

import { emit, on } from "../shared/bus.js";
import { $, $$, isShown } from "../shared/dom.js";
import { level, setLevel, showLevel } from "../shared/level.js";
import { recall, remember } from "../shared/memory.js";
import { liftSheet, openPart } from "../shared/part.js";
import { createHelp } from "./help.js";
import { createPresentation } from "./presentation.js";
import { createTour } from "./tour.js";

const isFocusLost = () => document.activeElement === document.body || !isShown(document.activeElement);

// An address may say more after the tab: `#data?label=4`. Each tab reads that for itself.
function showTab() {
  const name = location.hash.slice(1).split("?")[0];
  if (name === "tour") return; // the tour goes on to the step's place
  const links = $$(".masthead [data-tab]");
  const chosen = links.find((link) => link.dataset.tab === name) ?? links[0];
  const isOther = document.body.dataset.tab !== chosen.dataset.tab;
  const isFirst = document.body.dataset.tab === undefined;
  if (isOther) scrollTo(0, 0);
  document.body.dataset.tab = chosen.dataset.tab;
  // What had the focus may be hidden now: then keys go on from the tab.
  if (isOther && !isFirst) requestAnimationFrame(() => isFocusLost() && chosen.focus({ preventScroll: true }));
  links.forEach((link) => {
    if (link === chosen) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  emit("tab", chosen.dataset.tab);
}

function markLevel() {
  $$(".masthead [data-level]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.level === level());
  });
}

export async function mount(part) {
  await openPart(part, { texts: ["masthead"], styles: ["masthead/main", "masthead/help", "masthead/tour", "masthead/presentation"] });
  // A tab is opened again as it was left.
  on("address", ({ tab, address }) => $(`.masthead [data-tab="${tab}"]`).setAttribute("href", address));
  $("#theme").addEventListener("click", () => {
    remember("theme", document.body.classList.toggle("dark") ? "dark" : "light");
  });
  on("level", markLevel);
  $$(".masthead [data-level]").forEach((button) => {
    button.addEventListener("click", () => setLevel(button.dataset.level));
  });
  showLevel();
  const isDark = document.body.classList.contains("dark"); // as the system has it
  const showTheme = () => document.body.classList.toggle("dark", recall("theme") ? recall("theme") === "dark" : isDark);
  showTheme();
  on("start-anew", showTheme);
  on("start-anew", showLevel);
  addEventListener("hashchange", showTab);
  createPresentation(showTab);
  showTab();
  liftSheet();
  createHelp();
  createTour(showTab);
}
