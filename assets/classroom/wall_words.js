// Sentences and numbers of the wall.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

export const title = (text = "") => make("h2", { textContent: text });
export const sentence = (text = "", className = "") => make("p", { className, textContent: text });

// How many of a class have answered, the number large.
export function createCount(key) {
  const [number, words] = [make("b"), make("span")];
  return {
    node: make("p", { className: "wall-count" }, number, words),
    show(count, all) {
      number.textContent = count;
      words.textContent = t(key, { all: Math.max(count, all) });
    },
  };
}

// A bar from the left as long as a share, in a colour.
export function makeBar(share, color = "var(--accent)") {
  const bar = make("span", { className: "wall-bar" });
  bar.style.setProperty("--share", share);
  bar.style.setProperty("--color", color);
  return bar;
}

// The choices of a guess; once they are shown, how often each was taken.
export function makeChoices(keys, counts) {
  const all = Math.max(1, ...(counts ?? []));
  return make("ol", { className: "wall-choices" }, ...keys.map((key, index) => {
    const item = make("li", {}, make("span", { textContent: t(key) }));
    if (counts) item.append(makeBar(counts[index] / all), make("b", { textContent: counts[index] }));
    return item;
  }));
}
