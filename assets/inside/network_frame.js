// The frame about the picture of a network: its size, the lines of Keras beside it, and what is pointed at.

import { $, isShown, make } from "../shared/dom.js";
import { decodeBytes } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { findTile } from "./network_layout.js";
import { createPicture } from "./network_picture.js";

export const NO_DRAWING = `${"A".repeat(1046)}==`; // 784 pixels of paper
const LOWEST = 400;
const LOWEST_ALONE = 200; // where nothing stands below it
const HIGHEST = 760;
const WIDE = 960; // from here on Keras' lines stand beside the layers

const isAlone = () => Boolean(document.body.dataset.mode); // see masthead/presentation.js

// onChoose(layer, channel) is called when a map is tapped or chosen by a key; the first layer is 0.
export function createFrame({ onChoose }) {
  const canvas = $("#network-canvas");
  const picture = createPicture(canvas);
  let layers = null;
  let strips = [];
  let shown = null; // { image, points, answer, values, paths, target }
  let height = 0; // of the picture, in CSS pixels
  let arranged = ""; // for which size; empty for a network that is new
  let chosen = null; // { number, channel }: 1 is the first layer

  // One screen holds the whole picture. A frame that grows with the page is as high as the page: hence a bound.
  function reserve() {
    const frame = $("#network");
    frame.classList.toggle("wide", frame.clientWidth >= WIDE);
    const top = frame.getBoundingClientRect().top + scrollY;
    const lowest = isAlone() ? LOWEST_ALONE : LOWEST;
    height = Math.min(Math.max(HIGHEST, innerWidth / 2), Math.max(lowest, innerHeight - top - 24));
    frame.style.height = `${height}px`;
  }

  // What stands above it may have become longer, or the window smaller.
  function fit() {
    reserve();
    const wanted = `${canvas.clientWidth} ${height}`;
    if (wanted === arranged) return;
    arranged = wanted;
    strips = picture.arrange(layers, canvas.clientWidth, height);
    $("#network-layers").replaceChildren(...layers.map((layer, number) => {
      const node = describeLayer(layer);
      const above = strips[number + 1].top;
      const isLast = number === layers.length - 1;
      if (isLast) node.style.bottom = ".5rem";
      else node.style.top = `calc(${above}px + .5rem)`;
      node.style.maxHeight = `${isLast ? height : strips[number + 2].top - above}px`;
      return node;
    }));
    paint();
  }

  function paint() {
    if (!shown || !strips.length) return;
    const { image, answer, values, paths, target } = shown;
    const outputs = layers.at(-1).shape[0];
    picture.paint({
      values: [Float32Array.from(decodeBytes(image ?? NO_DRAWING), (value) => value / 255), ...values],
      scales: [1, ...layers.map(({ scale }) => scale)],
      paths, label: target, probabilities: answer && shareOut(answer, outputs),
      names: Array.from({ length: outputs }, (_, output) => (output < 10 ? String(output) : t("network_no_digit"))),
      chosen: isAlone() ? null : chosen,
    });
  }

  function tileAt({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    const tile = shown && findTile(strips, clientX - box.left, clientY - box.top);
    return tile?.number ? tile : null; // the image is no map
  }

  const choose = ({ number, channel }) => onChoose(number - 1, channel);

  canvas.addEventListener("click", (event) => {
    const tile = tileAt(event);
    if (tile) choose(tile);
  });
  canvas.addEventListener("pointermove", (event) => {
    const tile = tileAt(event);
    canvas.style.cursor = tile ? "pointer" : "";
    $("#network-caption").textContent = tile
      ? t("network_caption", { name: layers[tile.number - 1].name, channel: tile.channel }) : t("network_hint");
  });
  canvas.addEventListener("keydown", (event) => {
    const next = stepFrom(chosen, event.key, strips);
    if (!next) return;
    event.preventDefault();
    choose(next);
  });
  addEventListener("resize", () => {
    if (layers && isShown($("#network"))) fit();
  });

  return {
    reserve,
    fit,
    open(next) {
      layers = next;
      shown = null;
      arranged = "";
      canvas.setAttribute("aria-label", t("network_label", {
        layers: layers.map(({ name, shape }) => `${name} ${shape.join(" × ")}`).join(", "),
      }));
    },
    show(next) {
      shown = next;
      paint();
      $("#network").dataset.points = shown.points;
    },
    // Frames a map; null frames none.
    choose(next) {
      chosen = next;
      paint();
    },
  };
}

function describeLayer({ name, shape, keras }) {
  return make("div", {}, make("b", { textContent: name }), make("span", { textContent: `(${shape.join(", ")})` }),
    ...keras.map(({ code, parameters }) => make("code", {},
      make("span", { textContent: code }), make("span", { textContent: parameters.toLocaleString() }))));
}

// Shares of all outputs: what doubt takes belongs to "not a digit".
function shareOut({ probabilities, doubt }, outputs) {
  return outputs === 10 ? probabilities : [...probabilities.map((share) => share * (1 - doubt)), doubt];
}

// From one map to the next by an arrow key; null for another key.
function stepFrom(chosen, key, strips) {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [0, 0] }[key];
  if (!by) return null;
  const { number, channel } = chosen ?? { number: 1, channel: 0 };
  const next = Math.min(strips.length - 1, Math.max(1, number + (chosen ? by[0] : 0)));
  const { count } = strips[next];
  return { number: next, channel: (Math.min(channel, count - 1) + (chosen ? by[1] : 0) + count) % count };
}
