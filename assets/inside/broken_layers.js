// The layers of a network, each of whose channels can be switched off.

import { $, make } from "../shared/dom.js";
import { shuffle } from "../shared/random.js";
import { t } from "../shared/texts.js";
import { cornerOf, mapShape, markTile, paintTiles, tileAt } from "./tiles.js";

const OFF = "#ff5436d9";

// onChange() is called when other channels are off.
export function createBrokenLayers(onChange) {
  let off = {}; // lists of channels by the name of their layer
  let opened = null; // the network's layers, with their maps of this drawing

  const sizeOf = (part) => part.shape.at(-1);
  const channelsOf = (part) => Array.from({ length: sizeOf(part) }, (_, channel) => channel);
  const chooseSome = (part) => shuffle(channelsOf(part)).slice(0, Math.max(1, Math.round(sizeOf(part) / 4)));
  const isWhole = (part) => off[part.name]?.length === sizeOf(part);

  function show() {
    if (!opened) return;
    $("#break-layers").replaceChildren(...opened.parts.map((part) => {
      const card = make("article", { className: "layer" });
      const maps = make("canvas", { className: "maps", tabIndex: 0, role: "application" });
      const whole = make("button", { type: "button", textContent: t("break_layer") });
      const some = make("button", { type: "button", textContent: t("break_some") });
      const state = make("span", { className: "muted" });
      card.append(make("div", { className: "row" }, make("h3", { textContent: part.name }), state, whole, some), maps);
      const entry = { part, maps, whole, state, cursor: 0 };
      whole.addEventListener("click", () => change(entry, isWhole(part) ? [] : channelsOf(part)));
      some.addEventListener("click", () => change(entry, chooseSome(part)));
      maps.addEventListener("click", (event) => toggle(entry, tileAt(event, maps, part)?.channel));
      maps.addEventListener("keydown", (event) => pressKey(event, entry));
      maps.setAttribute("aria-label", t("break_maps", { name: part.name, channels: sizeOf(part) }));
      paint(entry);
      return card;
    }));
  }

  async function paint({ part, maps, whole, state }) {
    await paintTiles(maps, part.picture, opened.columns, part);
    const [height, width, channels] = mapShape(part);
    const context = maps.getContext("2d");
    const out = off[part.name] ?? [];
    context.fillStyle = OFF;
    for (const channel of out) context.fillRect(...cornerOf(maps, part, channel), width, height);
    whole.setAttribute("aria-pressed", isWhole(part));
    state.textContent = t("break_state", { off: out.length, channels });
  }

  function toggle(entry, channel) {
    if (channel === undefined) return;
    const out = off[entry.part.name] ?? [];
    change(entry, out.includes(channel) ? out.filter((other) => other !== channel) : [...out, channel]);
  }

  function pressKey(event, entry) {
    const columns = Number(entry.maps.dataset.columns);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!by && ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    entry.cursor = Math.min(sizeOf(entry.part) - 1, Math.max(0, entry.cursor + (by ?? 0)));
    if (!by) toggle(entry, entry.cursor);
    entry.maps.parentElement.querySelectorAll(".mark").forEach((mark) => mark.remove());
    markTile(entry.maps, entry.part, entry.cursor);
  }

  function change(entry, channels) {
    off = { ...off, [entry.part.name]: channels };
    if (!channels.length) delete off[entry.part.name];
    paint(entry);
    onChange();
  }

  return {
    get off() { return off; },
    get numChannels() { return opened.parts.reduce((sum, part) => sum + sizeOf(part), 0); },
    // layers: what the server says of a drawing's way through the network; the last layer, which answers, stays whole.
    open(layers) {
      opened = layers;
    },
    reset() { off = {}; },
    show,
  };
}
