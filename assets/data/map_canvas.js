// Paints the map: its points, the part that is chosen, the point under the pointer, and the drawing on the pad.

import { make } from "../shared/dom.js";

const POINT = 2.2;
const GREY = "#8b8b95";

// look() -> what is to be seen now: { points, box, hovered, placed, byMistake, style }; points may be null.
export function createMapCanvas(canvas, look) {
  const context = canvas.getContext("2d");
  let layer = null; // the points as they were last painted

  function draw() {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * ratio));
    if (!width || !height) return;
    canvas.width = width;
    canvas.height = height;
    const seen = look();
    if (!seen.points) return;
    if (layer?.width !== width || layer.height !== height) layer = paintPoints(seen, width, height, ratio);
    context.drawImage(layer, 0, 0);
    if (seen.box) drawBox(seen, ratio);
    if (seen.hovered >= 0) drawRing(seen.points.at(seen.hovered), seen.style.getPropertyValue("--ink"), ratio);
    if (seen.placed) drawPlaced(seen, ratio);
  }

  function drawBox({ points, box, style }, ratio) {
    const [x0, y0, x1, y1] = box.map((value, index) => (
      points.toShare(value, index % 2) * (index % 2 ? canvas.height : canvas.width)));
    context.strokeStyle = style.getPropertyValue("--accent");
    context.lineWidth = 2 * ratio;
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }

  function drawRing([x, y], color, ratio) {
    context.strokeStyle = color;
    context.lineWidth = 2 * ratio;
    context.beginPath();
    context.arc(x * canvas.width, y * canvas.height, 5 * ratio, 0, 2 * Math.PI);
    context.stroke();
  }

  // A drawing may lie outside of all that is on the map; dashed where it is taken for no digit.
  function drawPlaced({ points, placed, style }, ratio) {
    const within = (share) => Math.min(1, Math.max(0, share));
    const x = within(points.toShare(placed.x, 0)) * canvas.width;
    const y = within(points.toShare(placed.y, 1)) * canvas.height;
    context.strokeStyle = context.fillStyle = style.getPropertyValue("--ink");
    context.lineWidth = 3 * ratio;
    context.setLineDash(placed.isAccepted ? [] : [4 * ratio, 4 * ratio]);
    context.beginPath();
    context.arc(x, y, 12 * ratio, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(x, y, 4 * ratio, 0, 2 * Math.PI);
    context.fill();
  }

  // The points are others, or look otherwise.
  function redraw() {
    layer = null;
    draw();
  }

  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class"] });

  return { draw, redraw };
}

function paintPoints({ points, byMistake, style }, width, height, ratio) {
  const layer = make("canvas", { width, height });
  const brush = layer.getContext("2d");
  const colors = Array.from({ length: 10 }, (_, digit) => style.getPropertyValue(`--digit-${digit}`).trim());
  const isMiss = (index) => points.labels[index] >= 0 && points.labels[index] !== points.predicted[index];
  const paint = (index, color, size) => {
    const [x, y] = points.at(index);
    brush.fillStyle = color;
    brush.fillRect(x * width - size / 2, y * height - size / 2, size, size);
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
  paintNames(brush, points.middles, style, colors, ratio);
  return layer;
}

// The digit at the middle of its points, so that colour is not the only sign.
function paintNames(brush, middles, style, colors, ratio) {
  Object.assign(brush, {
    font: `700 ${20 * ratio}px sans-serif`, textAlign: "center", textBaseline: "middle", lineWidth: 4 * ratio,
    strokeStyle: style.getPropertyValue("--card"),
  });
  middles.forEach((middle, digit) => {
    if (Number.isNaN(middle[0])) return;
    const [x, y] = [middle[0] * brush.canvas.width, middle[1] * brush.canvas.height];
    brush.strokeText(digit, x, y);
    brush.fillStyle = colors[digit];
    brush.fillText(digit, x, y);
  });
}
