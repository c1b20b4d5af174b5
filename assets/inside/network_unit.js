// A map of the network opened: its values, the patch behind each of them, and the sum as it grows. The kernel slides over
// the image until somebody chooses a place.

import { $, isShown } from "../shared/dom.js";
import { mapShape } from "../shared/engine.js";
import { createLive } from "../shared/live.js";
import { t } from "../shared/texts.js";
import { showUnit } from "./layer_unit.js";
import { growSum } from "./layer_growth.js";
import { toColor } from "./network_picture.js";
import { isOpen, showState } from "./shell.js";

const PLACES = 48; // at which the kernel stops on its way
const STEP = 80; // milliseconds from one to the next
const CELL = 8; // pixels of the canvas for each value of the map

// onChosen({ number, channel }) is called when a map is opened, with null when it is closed; 1 is the first layer.
export function createUnitPanel({ onChosen }) {
  const panel = $("#layers-unit");
  const canvas = $("#network-map");
  const live = createLive({ name: "open_unit", nextQuestion, onAnswer, onState: showState });
  let about = null; // { image, model, layers, values } of the drawing
  let chosen = null; // { number, channel }
  let place = null; // row and column
  let reached = null; // how far the kernel has come, null when it does not slide
  let timer;

  const layer = () => about.layers[chosen.number - 1];
  const valueAt = (row, column) => {
    const [, width, channels] = mapShape(layer().shape);
    return about.values[chosen.number - 1][(row * width + column) * channels + chosen.channel];
  };

  function open(index, channel) {
    chosen = { number: index + 1, channel };
    place = strongest();
    panel.hidden = false;
    onChosen(chosen);
    if (hasPlaces() && !matchMedia("(prefers-reduced-motion: reduce)").matches) slide();
    else rest(place);
  }

  const hasPlaces = () => mapShape(layer().shape)[0] > 1;

  const strongest = () => findLargest(mapShape(layer().shape), valueAt);

  // From the first place to the last, and back to where the map answers most.
  function slide() {
    const [height, width] = mapShape(layer().shape);
    const stops = Array.from({ length: PLACES }, (_, stop) => Math.floor(stop * height * width / PLACES));
    const step = (number) => {
      if (!isShown(panel)) return rest(place);
      if (number === stops.length) return rest(strongest());
      reached = stops[number];
      look([Math.floor(reached / width), reached % width]);
      timer = setTimeout(step, STEP, number + 1);
    };
    clearTimeout(timer);
    step(0);
    showButton();
  }

  function rest(where) {
    clearTimeout(timer);
    reached = null;
    look(where);
    showButton();
  }

  function showButton() {
    $("#network-slide").hidden = !hasPlaces();
    $("#network-slide").textContent = t(reached === null ? "network_slide" : "network_stop");
  }

  function look(where) {
    place = where;
    paintMap(canvas, { sides: mapShape(layer().shape), valueAt, scale: layer().scale, place, reached });
    live.request();
  }

  function nextQuestion() {
    if (!chosen || !isOpen("network")) return null;
    const { image, model } = about;
    const isMap = layer().shape.length === 3;
    return { image, model, layer: layer().name, place: isMap ? [...place, chosen.channel] : [chosen.channel] };
  }

  function onAnswer(answer, question) {
    if (live.isWanted || !answer.ok || question.image !== about?.image) return;
    showUnit(answer, question.image);
    growSum($("#layers-growth"), answer, reached === null);
  }

  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const [height, width] = mapShape(layer().shape);
    const find = (share, side) => Math.min(side - 1, Math.max(0, Math.floor(share * side)));
    rest([find((event.clientY - box.top) / box.height, height), find((event.clientX - box.left) / box.width, width)]);
  });
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [height, width] = mapShape(layer().shape);
    rest([Math.min(height - 1, Math.max(0, place[0] + by[0])), Math.min(width - 1, Math.max(0, place[1] + by[1]))]);
  });
  $("#network-slide").addEventListener("click", () => (reached === null ? slide() : rest(place)));

  return {
    open,
    // The drawing is another one: the same map of it.
    refresh(next) {
      about = next;
      if (chosen) rest(hasPlaces() && place ? place : strongest());
      else open(0, findStrongestChannel(about));
    },
    close() {
      clearTimeout(timer);
      chosen = place = reached = null;
      panel.hidden = true;
      onChosen(null);
    },
  };
}

function findLargest([height, width], valueAt) {
  let best = [0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (valueAt(row, column) > valueAt(...best)) best = [row, column];
    }
  }
  return best;
}

function findStrongestChannel({ values: [values], layers: [{ shape }] }) {
  return values.indexOf(values.reduce((a, b) => Math.max(a, b))) % shape.at(-1);
}

// The values of a map as far as the kernel has come, and a mark on the place that is looked at.
function paintMap(canvas, { sides: [height, width], valueAt, scale, place, reached }) {
  canvas.width = width * CELL;
  canvas.height = height * CELL;
  const context = canvas.getContext("2d");
  for (let index = 0; index < height * width; index += 1) {
    const [row, column] = [Math.floor(index / width), index % width];
    const color = reached !== null && index > reached ? 0xff383030 : toColor(valueAt(row, column) / scale);
    context.fillStyle = `rgb(${color & 255} ${(color >> 8) & 255} ${(color >> 16) & 255})`;
    context.fillRect(column * CELL, row * CELL, CELL, CELL);
  }
  context.strokeStyle = "#ff5436";
  context.lineWidth = 2;
  context.strokeRect(place[1] * CELL + 1, place[0] * CELL + 1, CELL - 2, CELL - 2);
}
