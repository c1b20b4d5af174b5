// What is painted on the pad, whose side is 1. Knows no page but a canvas of its own.

import { decodeBytes, paintPixels } from "../shared/pixels.js";

export function paintStroke(context, points, width) {
  if (!points.length) return;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...points[0]);
  // Curves through the middles of the segments: a fast pen leaves few points and should still look round.
  for (let index = 1; index < points.length - 1; index += 1) {
    const [x, y] = points[index];
    context.quadraticCurveTo(x, y, (x + points[index + 1][0]) / 2, (y + points[index + 1][1]) / 2);
  }
  context.lineTo(points.at(-1)[0], points.at(-1)[1] + (points.length === 1 ? 1e-4 : 0));
  context.stroke();
}

// A 28x28 image, as the server sends it, in the colour of the ink.
export function paintImage(context, image) {
  const color = context.fillStyle.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
  const small = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  paintPixels(small, decodeBytes(image), (value) => [...color, value]);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, 1, 1);
}

// The pen that is led by keys: a ring, with a dot in it while it is down.
export function paintKeyPen(context, { place, isDown }, width, color) {
  const radius = Math.max(0.02, width * 0.75);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 0.008;
  context.beginPath();
  context.arc(...place, radius, 0, 2 * Math.PI);
  context.stroke();
  if (!isDown) return;
  context.beginPath();
  context.arc(...place, radius / 2, 0, 2 * Math.PI);
  context.fill();
}
