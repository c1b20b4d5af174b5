// The whole network on one canvas: the image, each layer's maps, the outputs, and the strongest paths between them.

import { digitColor, make } from "../shared/dom.js";
import { cornerOf, layOut } from "./network_layout.js";

const GROUND = "#16161c";

export function createPicture(canvas) {
  const context = canvas.getContext("2d");
  let strips = [];
  let sheets = []; // for each strip a canvas with a pixel for each value
  let ratio = 1;

  // Makes room for a network; width and height in CSS pixels.
  function arrange(layers, width, height) {
    ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    strips = layOut(layers.map(({ shape }) => shape), width, height);
    sheets = strips.map(({ map: [rows, columns], count, columns: across }) => make("canvas", {
      width: Math.min(count, across) * columns, height: Math.ceil(count / across) * rows,
    }));
    return strips;
  }

  // values: of the image and each layer; scales: the largest usual value of each; names: of the outputs.
  function paint({ values, scales, paths, names, probabilities, label, chosen }) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, canvas.width / ratio, canvas.height / ratio);
    context.imageSmoothingEnabled = false;
    strips.slice(0, -1).forEach((strip, number) => (
      paintStrip(context, strip, sheets[number], values[number], scales[number])));
    const frame = (number, channel, color, width) => (
      frameTile(context, strips[number], channel, { color, width, isOutput: number === strips.length - 1 }));
    const color = label === null ? "#8888" : findColor(canvas, label);
    paths.forEach((links, number) => links.forEach((link) => {
      paintLink(context, strips[number], strips[number + 1], { ...link, color });
      frame(number, link.from, color, 1.5);
    }));
    paintOutputs(context, strips.at(-1), { names, probabilities, label });
    if (chosen) frame(chosen.number, chosen.channel, "#ffc83d", 2.5);
  }

  return { arrange, paint };
}

const findColor = (canvas, digit) => getComputedStyle(canvas).getPropertyValue(digitColor(digit).slice(4, -1)).trim();

function paintStrip(context, strip, sheet, values, scale) {
  const { map: [rows, columns], count, columns: across, tile } = strip;
  const image = new ImageData(sheet.width, sheet.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let channel = 0; channel < count; channel += 1) {
    const start = Math.floor(channel / across) * rows * sheet.width + (channel % across) * columns;
    for (let place = 0; place < rows * columns; place += 1) {
      const at = start + Math.floor(place / columns) * sheet.width + (place % columns);
      pixels[at] = toColor(values[place * count + channel] / scale);
    }
  }
  sheet.getContext("2d").putImageData(image, 0, 0);
  const space = Math.min(2, tile * 0.12); // between the maps
  for (let channel = 0; channel < count; channel += 1) {
    const [left, top] = cornerOf(strip, channel);
    context.drawImage(sheet, (channel % across) * columns, Math.floor(channel / across) * rows, columns, rows,
      left + space / 2, top + space / 2, tile - space, tile - space);
  }
}

function paintLink(context, below, above, { from, to, share, color }) {
  const [fromLeft, fromTop] = cornerOf(below, from);
  const [toLeft, toTop] = cornerOf(above, to);
  const [x, y, endX, endY] = [fromLeft + below.tile / 2, fromTop + below.tile, toLeft + above.tile / 2, toTop];
  context.beginPath();
  context.moveTo(x, y);
  context.bezierCurveTo(x, (y + endY) / 2, endX, (y + endY) / 2, endX, endY);
  context.strokeStyle = color;
  context.globalAlpha = 0.35 + 0.65 * Math.sqrt(share);
  context.lineWidth = 1 + 4 * Math.sqrt(share);
  context.stroke();
  context.globalAlpha = 1;
}

function frameTile(context, strip, channel, { color, width, isOutput }) {
  const [left, top] = cornerOf(strip, channel);
  const height = isOutput ? strip.height : strip.tile;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.strokeRect(left + width / 2, top + width / 2, strip.tile - width, height - width);
}

function paintOutputs(context, strip, { names, probabilities, label }) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  names.forEach((name, output) => {
    const [left, top] = cornerOf(strip, output);
    context.fillStyle = "#2a2a33";
    context.fillRect(left + 1, top, strip.tile - 2, strip.height);
    const share = probabilities?.[output] ?? 0;
    context.fillStyle = output < 10 ? findColor(context.canvas, output) : "#888";
    context.globalAlpha = output === label ? 1 : 0.6;
    context.fillRect(left + 1, top + strip.height * (1 - share), strip.tile - 2, strip.height * share);
    context.globalAlpha = 1;
    context.fillStyle = "#fff";
    context.font = `${output === label ? "700 1.1rem" : "500 1rem"} ui-sans-serif, system-ui, sans-serif`;
    context.strokeStyle = GROUND; // so that the name is read before a bar of any colour
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(name, left + strip.tile / 2, top + strip.height / 2);
    context.fillText(name, left + strip.tile / 2, top + strip.height / 2);
  });
}

// A value in units of its layer's scale as a pixel: black is 0, white is large, blue is negative.
export function toColor(value) {
  const strength = Math.round(255 * Math.min(1, Math.abs(value)) ** 0.5);
  const [red, green, blue] = value < 0 ? [strength * 0.2, strength * 0.5, strength] : [strength, strength, strength];
  return (255 << 24 | blue << 16 | green << 8 | red) >>> 0; // as little-endian bytes: red, green, blue, opacity
}
