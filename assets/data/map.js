// The map: every image a point, alike ones side by side. Dragging chooses a part of it; the drawing on the pad is on it.

import { $, isShown, make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { server } from "../shared/server.js";
import { t } from "../shared/texts.js";

const POINT = 2.2;
const MARGIN = 0.05;
const NEAREST = 12; // screen pixels from a point to the pointer that names it
const GREY = "#8b8b95";

export function createMap(view, ask) {
  const canvas = $("#map-canvas");
  const context = canvas.getContext("2d");
  let points = null; // what is on the map, see unpack
  let shownKey = "";
  let drawing = null; // the image on the pad, as the network sees it
  let placed = null; // where it lies
  let drag = null;
  let hovered = -1;
  let number = 0;
  let isPeeking = false;
  let layer = null; // the points as they were last drawn

  const mapName = () => view.now.map ?? "pca";
  const key = () => [view.now.split, view.now.model, mapName()].join();

  async function show() {
    const asked = ++number;
    $("#map-kind").value = mapName();
    if (key() !== shownKey) {
      // Points of one set would lead to samples of another.
      points = placed = layer = null;
      shownKey = "";
      leave();
      const asking = key();
      const answer = await ask("draw_map", { split: view.now.split ?? "", model: view.now.model ?? "", map: mapName() }, () => asked === number);
      if (!answer) return;
      points = unpack(answer);
      shownKey = asking;
      $("#map-size").textContent = t(answer.num < answer.size ? "map_part" : "map_all", {
        num: answer.num.toLocaleString(), size: answer.size.toLocaleString(),
      });
    }
    draw();
    placeDrawing();
  }

  function unpack(answer) {
    const bytes = (name) => decodeBytes(answer[name]).buffer;
    const places = new Float32Array(bytes("places"));
    const bounds = [Infinity, Infinity, -Infinity, -Infinity];
    places.forEach((value, index) => {
      const axis = index % 2;
      bounds[axis] = Math.min(bounds[axis], value);
      bounds[axis + 2] = Math.max(bounds[axis + 2], value);
    });
    const predicted = new Int8Array(bytes("predicted"));
    const middles = Array.from({ length: 10 }, (_, digit) => [0, 1].map((axis) =>
      median(places.filter((_, index) => index % 2 === axis && predicted[index >> 1] === digit))));
    return {
      num: answer.num, places, bounds, predicted, middles,
      indices: new Int32Array(bytes("indices")),
      labels: new Int8Array(bytes("labels")),
    };
  }

  // From the map to the canvas, in shares of its sides, and back.
  const span = (axis) => Math.max(points.bounds[axis + 2] - points.bounds[axis], 1e-6);
  const toShare = (value, axis) => MARGIN + ((value - points.bounds[axis]) / span(axis)) * (1 - 2 * MARGIN);
  const toValue = (share, axis) => points.bounds[axis] + ((share - MARGIN) / (1 - 2 * MARGIN)) * span(axis);

  function draw() {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * ratio));
    if (!width || !height) return;
    canvas.width = width;
    canvas.height = height;
    if (!points) return;
    const style = getComputedStyle($("#data .sketch"));
    if (layer?.width !== width || layer.height !== height) layer = drawPoints(width, height, style, ratio);
    context.drawImage(layer, 0, 0);
    drawBox(style, ratio);
    context.lineWidth = 2 * ratio;
    if (hovered >= 0) drawRing(points.places[hovered * 2], points.places[hovered * 2 + 1], 5 * ratio, style.getPropertyValue("--ink"));
    drawPlaced(style, ratio);
  }

  function redraw() {
    layer = null;
    draw();
  }

  function drawPoints(width, height, style, ratio) {
    const image = make("canvas", { width, height });
    const brush = image.getContext("2d");
    const colors = Array.from({ length: 10 }, (_, digit) => style.getPropertyValue(`--digit-${digit}`).trim());
    const byMistake = $("#map-color").value === "mistake";
    const isMiss = (index) => points.labels[index] >= 0 && points.labels[index] !== points.predicted[index];
    const paint = (index, color, size) => {
      brush.fillStyle = color;
      brush.fillRect(
        toShare(points.places[index * 2], 0) * width - size / 2,
        toShare(points.places[index * 2 + 1], 1) * height - size / 2, size, size,
      );
    };
    brush.globalAlpha = byMistake ? 0.35 : 0.75;
    for (let index = 0; index < points.num; index += 1) {
      if (byMistake && isMiss(index)) continue;
      const label = points.labels[index] >= 0 ? points.labels[index] : points.predicted[index];
      paint(index, byMistake ? GREY : colors[label], POINT * ratio);
    }
    brush.globalAlpha = 1;
    for (let index = 0; byMistake && index < points.num; index += 1) {
      if (isMiss(index)) paint(index, colors[points.labels[index]], 2.5 * POINT * ratio);
    }
    drawNames(brush, image, style, colors, ratio);
    return image;
  }

  // The digit at the middle of its points, so that colour is not the only sign.
  function drawNames(brush, image, style, colors, ratio) {
    Object.assign(brush, {
      font: `700 ${20 * ratio}px sans-serif`, textAlign: "center", textBaseline: "middle", lineWidth: 4 * ratio,
      strokeStyle: style.getPropertyValue("--card"),
    });
    points.middles.forEach((middle, digit) => {
      if (Number.isNaN(middle[0])) return;
      const [x, y] = [toShare(middle[0], 0) * image.width, toShare(middle[1], 1) * image.height];
      brush.strokeText(digit, x, y);
      brush.fillStyle = colors[digit];
      brush.fillText(digit, x, y);
    });
  }

  function drawBox(style, ratio) {
    const box = drag ? drag.map((share, index) => toValue(share, index % 2)) : view.now.box;
    if (!box || box.some((value) => typeof value !== "number")) return;
    const [x0, y0, x1, y1] = box.map((value, index) => toShare(value, index % 2) * (index % 2 ? canvas.height : canvas.width));
    context.strokeStyle = style.getPropertyValue("--accent");
    context.lineWidth = 2 * ratio;
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }

  function drawRing(x, y, radius, color) {
    context.strokeStyle = color;
    context.beginPath();
    context.arc(toShare(x, 0) * canvas.width, toShare(y, 1) * canvas.height, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  function drawPlaced(style, ratio) {
    if (!placed) return;
    // A drawing may lie outside of all that is on the map.
    const x = Math.min(1, Math.max(0, toShare(placed.x, 0))) * canvas.width;
    const y = Math.min(1, Math.max(0, toShare(placed.y, 1))) * canvas.height;
    context.lineWidth = 3 * ratio;
    context.strokeStyle = style.getPropertyValue("--ink");
    context.setLineDash(placed.isAccepted ? [] : [4 * ratio, 4 * ratio]);
    context.beginPath();
    context.arc(x, y, 12 * ratio, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = style.getPropertyValue("--ink");
    context.beginPath();
    context.arc(x, y, 4 * ratio, 0, 2 * Math.PI);
    context.fill();
  }

  async function placeDrawing() {
    $("#map-drawing").textContent = drawing ? "" : t("map_no_drawing");
    if (!drawing || !points || !isShown($("#data")) || canvas.offsetParent === null) return;
    const [asked, shown] = [drawing, shownKey];
    const answer = await server.place_drawing({ image: drawing, split: view.now.split ?? "", model: view.now.model ?? "", map: mapName() });
    if (asked !== drawing || shown !== shownKey) return;
    placed = answer?.ok ? answer : null;
    $("#map-drawing").textContent = placed
      ? t(placed.isAccepted ? "map_drawing" : "map_drawing_refused", placed)
      : answer?.error || t("server_away");
    draw();
  }

  function median(values) {
    return values.length ? [...values].sort((a, b) => a - b)[values.length >> 1] : NaN;
  }

  function toShares(event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  function findNearest([x, y]) {
    let best = -1;
    let least = (NEAREST / canvas.clientWidth) ** 2;
    for (let index = 0; index < points.num; index += 1) {
      const dx = toShare(points.places[index * 2], 0) - x;
      const dy = (toShare(points.places[index * 2 + 1], 1) - y) * canvas.clientHeight / canvas.clientWidth;
      if (dx * dx + dy * dy < least) [best, least] = [index, dx * dx + dy * dy];
    }
    return best;
  }

  function hover(event) {
    const nearest = findNearest(toShares(event));
    if (nearest === hovered) return;
    hovered = nearest;
    draw();
    if (nearest < 0) $("#map-tip").hidden = true;
    else peek();
  }

  // The picture of the point under the pointer: one question in flight, the newest next.
  async function peek() {
    if (isPeeking || hovered < 0) return;
    const [asked, shown] = [hovered, shownKey];
    isPeeking = true;
    const { model, split } = view.now;
    const answer = await server.open_sample({ split: split ?? "", model: model ?? "", answerer: model ?? "", index: points.indices[asked] });
    isPeeking = false;
    if (shown !== shownKey || hovered < 0) return;
    if (hovered !== asked) return peek();
    if (answer?.ok) showTip(asked, answer);
  }

  function showTip(index, { image, label, predicted, index: number }) {
    const tip = $("#map-tip");
    const [x, y] = [0, 1].map((axis) => toShare(points.places[index * 2 + axis], axis));
    paintPixels(tip.querySelector("canvas"), decodeBytes(image));
    tip.querySelector("span").textContent = t("map_tip", { label: label ?? t("no_label"), predicted, index: number });
    tip.style.left = `${x * 100}%`;
    tip.style.top = `${y * 100}%`;
    tip.classList.toggle("left", x > 0.7);
    tip.hidden = false;
  }

  function leave() {
    hovered = -1;
    $("#map-tip").hidden = true;
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!points || drag || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    drag = [...toShares(event), ...toShares(event)];
    $("#map-tip").hidden = true;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!points) return;
    if (!drag) return void hover(event);
    drag.splice(2, 2, ...toShares(event));
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [x0, y0, x1, y1] = drag;
    drag = null;
    const [width, height] = [Math.abs(x1 - x0) * canvas.clientWidth, Math.abs(y1 - y0) * canvas.clientHeight];
    if (width > 6 && height > 6) {
      const round = (value) => Number(value.toPrecision(4));
      const box = [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
      return view.set({ box: box.map((share, index) => round(toValue(share, index % 2))), map: view.now.map });
    }
    const nearest = findNearest(toShares(event));
    if (nearest >= 0) view.set({ open: points.indices[nearest] });
    draw();
  });
  canvas.addEventListener("pointercancel", () => { drag = null; draw(); });
  canvas.addEventListener("pointerleave", leave);
  $("#map-kind").addEventListener("change", ({ target }) => {
    view.set({ map: target.value === "pca" ? undefined : target.value, box: undefined });
  });
  $("#map-color").addEventListener("change", redraw);
  // A finger that moves over the map scrolls the page, until this is pressed.
  $("#map-choose").addEventListener("click", ({ currentTarget }) => {
    const isChoosing = canvas.classList.toggle("choosing");
    currentTarget.setAttribute("aria-pressed", isChoosing);
  });
  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class"] });

  return {
    show,
    setDrawing(image) {
      drawing = image;
      placed = image ? placed : null;
      if (points) draw();
      placeDrawing();
    },
  };
}
