// Drawings side by side, all of one size, which becomes smaller as more come.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";

const GAP = 0.13; // of a tile's side
const MOST = 400;
// There is room for so many before all become smaller: tiles that are there seldom move.
const ROOMS = [8, 15, 24, 40, 60, 90, 130, 180, 240, 320, MOST];
const MOST_ROWS_FILLED = 3; // fewer tiles are not made larger than this many rows of them

// The side of tiles and the number of columns so that `count` of them fill a width and a height.
export function fitTiles(width, height, count) {
  let best = { side: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.max(Math.ceil(count / columns), MOST_ROWS_FILLED);
    const across = width / (columns + (columns - 1) * GAP);
    const down = height / (rows + (rows - 1) * GAP);
    const side = Math.floor(Math.min(across, down));
    if (side > best.side) best = { side, columns };
  }
  return best;
}

// What is read aloud of a drawing; of one that the class is still to read, nothing more.
function describe({ label, digit }) {
  if (digit === undefined || digit === null) return t("wall_drawing");
  return label === null ? t("wall_drawing_read", { digit }) : t("wall_drawing_of", { label, digit });
}

// With onDrawing(id) a tile can be chosen.
function makeFramed(drawing, onDrawing) {
  const canvas = makeTile(drawing, describe(drawing));
  if (!onDrawing) return make("div", { className: "wall-tile" }, canvas);
  const button = make("button", { type: "button", className: "wall-tile" }, canvas);
  button.addEventListener("click", () => onDrawing(drawing.id));
  return button;
}

// Gives the `node` of the tiles, and show(drawings), which adds what is new at the end. `capacity` is a fixed number.
export function createTiles({ onDrawing = null, capacity = null } = {}) {
  const node = make("div", { className: "wall-tiles" });
  const tiles = new Map(); // by id
  let isFilled = false;

  function fit() {
    const room = capacity ?? ROOMS.find((size) => size >= tiles.size) ?? MOST;
    const { side, columns } = fitTiles(node.clientWidth, node.clientHeight, room);
    node.style.setProperty("--side", `${side}px`);
    node.style.setProperty("--columns", columns);
  }

  new ResizeObserver(fit).observe(node);
  return {
    node,
    show(drawings) {
      const newest = drawings.slice(-(capacity ?? MOST));
      const wanted = new Set(newest.map(({ id }) => id));
      for (const [id, tile] of tiles) {
        if (wanted.has(id)) continue;
        tile.remove();
        tiles.delete(id);
      }
      for (const drawing of newest) {
        if (tiles.has(drawing.id)) continue;
        const tile = makeFramed(drawing, onDrawing);
        tile.classList.toggle("new", isFilled);
        tile.dataset.drawing = drawing.id;
        tiles.set(drawing.id, tile);
        node.append(tile);
      }
      isFilled = true;
      fit();
    },
  };
}
