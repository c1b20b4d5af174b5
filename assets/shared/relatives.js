// The training images most like another one, on two tabs.

import { digitColor, make } from "./dom.js";
import { openSprite } from "./pixels.js";
import { ask, describeState } from "./server.js";
import { t } from "./texts.js";

// question: { image, model, space }; isCurrent() says whether it still is wanted; onText(text) is told what is waited
// for or went wrong.
export const findRelatives = (question, isCurrent, onText) => ask("find_relatives", question, {
  isCurrent,
  onState: (state, answer) => onText(describeState(answer)),
});

// The ten nearest, nearest first, in `root`; a tap opens one of them, in the view that `more` describes.
export function showRelatives(root, answer, more) {
  root.classList.toggle("far", !answer.hasNear);
  const paint = openSprite(answer.sprite, answer.relatives.length);
  root.replaceChildren(...answer.relatives.map(({ index, label, distance, isSeen }, number) => {
    const tile = paint(make("span"), number);
    const seen = t(isSeen ? "seen" : "new");
    const caption = make("span", { className: "caption" }, make("b", { textContent: label }), ` ${distance.toFixed(1)}`,
      make("small", { textContent: seen }));
    const address = new URLSearchParams({ split: answer.split, ...more, open: index });
    const link = make("a", { className: "relative", href: `#data?${address}` }, tile, caption);
    link.style.setProperty("--digit-color", digitColor(label));
    link.setAttribute("aria-label", t("relative_label", { label, index, distance: distance.toFixed(1), seen }));
    link.title = link.getAttribute("aria-label");
    return link;
  }));
}
