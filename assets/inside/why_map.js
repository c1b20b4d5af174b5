// The map of what mattered, over the drawing; the pixel that is looked at is named.

import { $ } from "../shared/dom.js";
import { signed } from "../shared/numbers.js";
import { paintMap } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

const CELL = 20;

export function createWhyMap() {
  const canvas = $("#why-map");
  let shown = null; // { values, image, largest } of the map that is drawn
  let place = null; // row and column that are looked at

  function draw() {
    paintMap(canvas, shown.image, shown.values, shown.largest);
    if (!place) return;
    const context = canvas.getContext("2d");
    context.lineWidth = 4;
    context.strokeStyle = "#ffe14d";
    context.strokeRect(place[1] * CELL, place[0] * CELL, CELL, CELL);
  }

  function showPixel() {
    if (!place) {
      $("#why-pixel").textContent = t("why_pixel_hint");
      return;
    }
    const index = place[0] * 28 + place[1];
    $("#why-pixel").textContent = t("why_pixel", {
      row: place[0] + 1, column: place[1] + 1, value: signed(shown.values[index]),
      ink: Math.round(shown.image[index] / 2.55),
    });
  }

  function lookAt(row, column) {
    if (!shown) return;
    const within = (value) => Math.min(27, Math.max(0, value));
    place = [within(row), within(column)];
    draw();
    showPixel();
  }

  function follow(event) {
    const box = canvas.getBoundingClientRect();
    const [down, across] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    lookAt(Math.floor(down * 28), Math.floor(across * 28));
  }

  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerdown", follow);
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [row, column] = place ?? [14, 14];
    lookAt(row + by[0], column + by[1]);
  });

  return {
    // values: signed, of 784 pixels; image: 0 to 255; largest: the largest size of a value.
    show(next) {
      shown = next;
      draw();
      $("#why-low").textContent = t("why_against", { value: signed(-shown.largest) });
      $("#why-zero").textContent = "0";
      $("#why-high").textContent = t("why_for", { value: signed(shown.largest) });
      showPixel();
    },
  };
}
