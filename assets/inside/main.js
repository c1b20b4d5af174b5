// The tab: its views, the drawing on the pad, the model, the level of its texts.

import { emit, on } from "../shared/bus.js";
import { $, $$, make } from "../shared/dom.js";
import { openPart } from "../shared/part.js";
import { t } from "../shared/texts.js";
import { createBelief } from "./belief.js";
import { createBroken } from "./broken.js";
import { createChange } from "./change.js";
import { createFool } from "./fool.js";
import { createGlossary } from "./glossary.js";
import { createJourney } from "./journey.js";
import { createMove } from "./move.js";
import { createNetwork } from "./network.js";
import { addView, ask, begin, setSubject, showCurrent, subject, view } from "./shell.js";
import { createWhy } from "./why.js";

// In the order in which they are offered, by the names that addresses have.
const VIEWS = {
  network: createNetwork,
  journey: createJourney,
  why: createWhy,
  change: createChange,
  fool: createFool,
  belief: createBelief,
  move: createMove,
  break: createBroken,
  glossary: createGlossary,
};
const STYLES = ["main", "network", "journey", "why", "change", "fool", "belief", "move", "broken", "glossary"];

async function showModels() {
  const answer = await ask("describe_models", {});
  if (!answer) return;
  const chosen = $("#inside-model").value;
  $("#inside-model").replaceChildren(...answer.models.map(({ name, label }) => new Option(label, name)));
  showModel(subject?.model ?? chosen);
}

// The one that answers may be new, or no longer stored.
function showModel(name) {
  const select = $("#inside-model");
  if (subject && ![...select.options].some(({ value }) => value === name)) select.add(new Option(name, name));
  if ([...select.options].some(({ value }) => value === name)) select.value = name;
}

function open() {
  view.restore();
  showModels();
  const isFirst = begin();
  emit("subject-wanted");
  if (isFirst()) showCurrent(); // nothing is on the pad
}

export async function mount(part) {
  await openPart(part, { texts: ["inside", "glossary"], styles: STYLES.map((name) => `inside/${name}`) });
  for (const [name, create] of Object.entries(VIEWS)) addView(name, create());
  $("#inside .views").replaceChildren(...Object.keys(VIEWS).map((name) => {
    const link = make("a", { href: `#inside?view=${name}`, textContent: t(`inside_${name}`) });
    link.dataset.view = name;
    return link;
  }));
  on("tab", (name) => (name === "inside" ? open() : begin()));
  on("subject", (next) => {
    setSubject(next);
    if (subject) showModel(subject.model);
    showCurrent();
  });
  $("#inside-model").addEventListener("change", ({ target }) => emit("choose-model", target.value));
  on("level", showCurrent);
  $("#inside-example").addEventListener("click", () => {
    const samples = $$("#samples .sample");
    samples[Math.floor(Math.random() * samples.length)]?.click();
  });
  if (document.body.dataset.tab === "inside") open();
}
