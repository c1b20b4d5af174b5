// Layers drawn as blocks, which mouse, fingers and keys choose, move and remove.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

// Blocks in `root`; act is { choose(index), keep(index), move(step), remove() }: one layer is chosen or let go, stays
// chosen, or, when it is chosen, moved or removed.
export function createPicture(root, act) {
  let chosen = -1;
  const buttons = () => [...root.querySelectorAll("button")];

  function draw(layers, next, refused) {
    const hadFocus = root.contains(document.activeElement);
    chosen = next;
    root.replaceChildren(...layers.map((layer, index) => makeBlock(layer, index, index === refused)));
    const output = root.lastElementChild?.firstElementChild;
    output?.replaceWith(make("div", { className: "block" }, ...output.childNodes)); // it is what it is
    buttons().forEach((button, index) => button.addEventListener("click", () => act.choose(index)));
    if (hadFocus) focusOn(chosen);
  }

  function makeBlock(layer, index, isRefused) {
    const face = make("button", { type: "button", className: "block" }, ...describe(layer));
    face.setAttribute("aria-pressed", index === chosen);
    if (isRefused) face.setAttribute("aria-describedby", "train-network-problem");
    const block = make("li", { className: isRefused ? "refused" : "" }, face);
    Object.assign(block.dataset, { layer: layer.name ?? "", kind: layer.kind });
    return block;
  }

  function focusOn(index) {
    const all = buttons();
    all[Math.max(0, Math.min(index, all.length - 1))]?.focus();
  }

  // Arrow keys go from block to block, with Shift they move the layer.
  function press(event) {
    const at = buttons().indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (at < 0 || (!step && event.key !== "Delete")) return;
    event.preventDefault();
    if (step && !event.shiftKey) return focusOn(at + step);
    act.keep(at);
    if (step) act.move(step);
    else act.remove();
  }

  root.addEventListener("keydown", press);
  return { draw };
}

function describe({ name, kind, options, shape, parameters }) {
  const { filters, kernel_size: kernel, pool_size: pool, units, rate, activation, strides } = options;
  const facts = [filters && `${filters} × ${kernel}×${kernel}`, pool && `${pool}×${pool}`, strides > 1 && `/${strides}`, units, rate && `${rate}`, activation];
  return [
    make("b", { textContent: name || kind }),
    make("span", { textContent: [kind, ...facts].filter(Boolean).join(" ") }),
    make("span", { className: "shape", textContent: shape ? shape.join(" × ") : "" }),
    make("small", { textContent: parameters ? t("train_parameters", { count: parameters.toLocaleString() }) : "" }),
  ];
}
