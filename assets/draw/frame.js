// A frame on a picture: { x, y, width, height, angle }, its middle and its sides as shares of the picture's longer side,
// turned clockwise by an angle in degrees. Knows no page.

const [SMALLEST, LARGEST] = [0.04, 1.5];
const UPRIGHT_WITHIN = 3; // degrees
const [STEP, LARGE_STEP, TURN, GROWTH] = [0.01, 0.05, 5, 1.08];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const clampSide = (length) => clamp(length, SMALLEST, LARGEST);

function rotate([x, y], degrees) {
  const radians = degrees * Math.PI / 180;
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)];
  return [x * cosine - y * sine, x * sine + y * cosine];
}

// Some paper belongs around what was found: the frame does not cover it, and where it ends the paper is seen.
export function surround(found) {
  const margin = 0.2 * Math.max(found.width, found.height);
  return { ...found, width: clampSide(found.width + margin), height: clampSide(found.height + margin) };
}

// For a picture on which nothing was found; its right and lower ends are shares of its longer side.
export const middleFrame = ([right, bottom]) => ({ x: right / 2, y: bottom / 2, width: right / 2, height: bottom / 2, angle: 0 });

// The middle stays on the picture.
export const moveFrame = (frame, [x, y], [right, bottom]) => ({ ...frame, x: clamp(x, 0, right), y: clamp(y, 0, bottom) });

// A corner, such as [-1, -1] for the upper left one, is pulled to a place; the one across from it stays.
export function pullCorner(frame, [across, down], [x, y]) {
  const { width, height, angle } = frame;
  const [offsetX, offsetY] = rotate([-across * width / 2, -down * height / 2], angle);
  const [fixedX, fixedY] = [frame.x + offsetX, frame.y + offsetY];
  const [pulledX, pulledY] = rotate([x - fixedX, y - fixedY], -angle);
  const [newWidth, newHeight] = [clampSide(across * pulledX), clampSide(down * pulledY)];
  const [middleX, middleY] = rotate([across * newWidth / 2, down * newHeight / 2], angle);
  return { ...frame, x: fixedX + middleX, y: fixedY + middleY, width: newWidth, height: newHeight };
}

// The handle above the frame is pulled to a place.
export function turnFrame(frame, [x, y]) {
  const degrees = Math.atan2(y - frame.y, x - frame.x) * 180 / Math.PI + 90;
  return { ...frame, angle: settle(degrees) };
}

function settle(degrees) {
  const angle = ((degrees + 540) % 360) - 180;
  const upright = Math.round(angle / 90) * 90;
  return Math.abs(angle - upright) <= UPRIGHT_WITHIN ? upright : Math.round(angle);
}

// The frame after a key, or null for a key that means nothing to it.
export function pressFrame(frame, { key, shiftKey }, ends) {
  if (key in ARROWS) {
    const length = shiftKey ? LARGE_STEP : STEP;
    const [across, down] = ARROWS[key];
    return moveFrame(frame, [frame.x + length * across, frame.y + length * down], ends);
  }
  if (key === "," || key === ".") return { ...frame, angle: ((frame.angle + (key === "." ? TURN : -TURN) + 540) % 360) - 180 };
  const factors = { "+": [GROWTH, GROWTH], "=": [GROWTH, GROWTH], "-": [1 / GROWTH, 1 / GROWTH], w: [GROWTH, 1], W: [1 / GROWTH, 1], h: [1, GROWTH], H: [1, 1 / GROWTH] };
  if (!(key in factors)) return null;
  const [wider, higher] = factors[key];
  return { ...frame, width: clampSide(frame.width * wider), height: clampSide(frame.height * higher) };
}
