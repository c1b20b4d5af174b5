// Paints strokes as they were by a moment: dark what had been drawn, pale what was still to come.

// strokes: lists of [x, y, milliseconds]; width: of the pen; coordinates are shares of the canvas's side.
export function paintInk(canvas, strokes, width, milliseconds) {
  const side = Math.round(canvas.clientWidth * Math.max(1, window.devicePixelRatio || 1));
  if (!side) return;
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.setTransform(side, 0, 0, side, 0, 0);
  context.clearRect(0, 0, 1, 1);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = width;
  context.strokeStyle = getComputedStyle(canvas).color;
  for (const [opacity, until] of [[0.1, Infinity], [1, milliseconds]]) {
    context.globalAlpha = opacity;
    context.beginPath();
    strokes.forEach((stroke) => traceStroke(context, stroke, until));
    context.stroke();
  }
  context.globalAlpha = 1;
}

function traceStroke(context, stroke, until) {
  if (stroke[0][2] > until) return;
  context.moveTo(stroke[0][0], stroke[0][1]);
  context.lineTo(stroke[0][0], stroke[0][1] + 1e-4); // otherwise a dot leaves nothing
  for (let index = 1; index < stroke.length; index += 1) {
    const [x, y, end] = stroke[index];
    const [fromX, fromY, start] = stroke[index - 1];
    const share = end <= until ? 1 : (until - start) / (end - start);
    context.lineTo(fromX + share * (x - fromX), fromY + share * (y - fromY));
    if (share < 1) return;
  }
}
