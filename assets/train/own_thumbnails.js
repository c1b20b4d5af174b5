// The visitor's drawings one by one: what each is meant to be, and whether it is learned from.

import { make } from "../shared/dom.js";
import { readOwn, writeOwn } from "../shared/memory.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { isMeant } from "./own_choice.js";

// onChange() hears that one of them has changed.
export function createThumbnails(root, onChange) {
  const nodes = new Map(); // by image, what shows it: who is using one keeps the focus

  function change(image, changes) {
    writeOwn(readOwn().map((drawing) => (drawing.image === image ? { ...drawing, ...changes } : drawing)));
    onChange();
  }

  function build(image) {
    const canvas = make("canvas", { width: 28, height: 28 });
    canvas.setAttribute("aria-hidden", "true");
    paintPixels(canvas, decodeBytes(image));
    const button = make("button", { type: "button" }, canvas);
    button.addEventListener("click", () => {
      change(image, { isLeftOut: button.getAttribute("aria-pressed") === "true" });
    });
    const digits = Array.from({ length: 10 }, (_, digit) => new Option(digit, digit));
    const select = make("select", {}, new Option("?", ""), ...digits);
    select.addEventListener("change", () => {
      change(image, { label: select.value === "" ? undefined : Number(select.value) });
    });
    return { figure: make("div", { className: "own-drawing" }, button, select), button, select };
  }

  function show(drawing, index) {
    const { figure, button, select } = nodes.get(drawing.image);
    const isKnown = isMeant(drawing);
    const isUsed = isKnown && !drawing.isLeftOut;
    button.setAttribute("aria-pressed", isUsed);
    button.disabled = !isKnown;
    button.setAttribute("aria-label", t("own_drawing", { number: index + 1 }));
    select.setAttribute("aria-label", t("own_meant", { number: index + 1 }));
    select.value = isKnown ? drawing.label : "";
    figure.classList.toggle("unknown", !isKnown);
    figure.classList.toggle("left-out", isKnown && !isUsed);
    return figure;
  }

  // The newest first.
  return (drawings) => {
    for (const { image } of drawings) if (!nodes.has(image)) nodes.set(image, build(image));
    const figures = drawings.map(show).reverse();
    const shown = root.children;
    const isSame = figures.length === shown.length && figures.every((figure, index) => shown[index] === figure);
    if (!isSame) root.replaceChildren(...figures);
  };
}
