// The map: every image a point, alike ones side by side; the drawing on the pad is on it. Dragging chooses a part.

import { $, isShown } from "../shared/dom.js";
import { ask as askServer, createLatest, describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { createMapCanvas } from "./map_canvas.js";
import { followPointer } from "./map_pointer.js";
import { findNearest, openPoints } from "./map_points.js";
import { createTip } from "./map_tip.js";
import { ask } from "./status.js";

const NEAREST = 12; // screen pixels from a point to the pointer that names it

export function createMap(view) {
  const canvas = $("#map-canvas");
  const painter = createMapCanvas(canvas, look);
  const tip = createTip(view, () => (
    points && hovered >= 0 ? { index: points.indices[hovered], at: points.at(hovered) } : null));
  const begin = createLatest();
  const beginPlacing = createLatest();
  let points = null; // what is on the map, see `map_points.js`
  let shownKey = "";
  let drawing = null; // the image on the pad, as the network sees it
  let placed = null; // where it lies
  let drag = null; // two corners, in shares of the canvas
  let hovered = -1;

  const mapName = () => view.now.map ?? "pca";
  const key = () => [view.now.split, view.now.model, mapName()].join();
  const question = () => ({ split: view.now.split ?? "", model: view.now.model ?? "", map: mapName() });

  function look() {
    const box = drag && points ? drag.map((share, index) => points.toValue(share, index % 2)) : view.now.box;
    return {
      points, hovered, placed,
      box: box?.every((value) => typeof value === "number") ? box : null,
      byMistake: $("#map-color").value === "mistake",
      style: getComputedStyle($("#data .sketch")),
    };
  }

  async function show() {
    const isCurrent = begin();
    $("#map-kind").value = mapName();
    if (key() !== shownKey) {
      // Points of one set would lead to samples of another.
      points = placed = null;
      shownKey = "";
      beginPlacing();
      leave();
      const asking = key();
      const answer = await ask("draw_map", question(), isCurrent);
      if (!answer) return;
      points = openPoints(answer);
      shownKey = asking;
      $("#map-size").textContent = t(answer.num < answer.size ? "map_part" : "map_all", {
        num: answer.num.toLocaleString(), size: answer.size.toLocaleString(),
      });
      painter.redraw();
    } else {
      painter.draw();
    }
    placeDrawing();
  }

  async function placeDrawing() {
    const isCurrent = beginPlacing();
    $("#map-drawing").textContent = drawing ? "" : t("map_no_drawing");
    const isSeen = () => isShown(canvas);
    if (!drawing || !points || !isSeen()) return;
    placed = await askServer("place_drawing", { image: drawing, ...question() }, {
      isCurrent: () => isCurrent() && isSeen(),
      onState: (state, answer) => { $("#map-drawing").textContent = describeState(answer); },
    });
    if (placed) $("#map-drawing").textContent = t(placed.isAccepted ? "map_drawing" : "map_drawing_refused", placed);
    painter.draw();
  }

  function findUnder(place) {
    const { clientWidth: width, clientHeight: height } = canvas;
    return findNearest(points, place, NEAREST / width, height / width);
  }

  function leave() {
    hovered = -1;
    tip.follow();
    painter.draw();
  }

  followPointer(canvas, {
    isReady: () => Boolean(points),
    onHover(at) {
      const nearest = findUnder(at);
      if (nearest === hovered) return;
      hovered = nearest;
      painter.draw();
      tip.follow();
    },
    onTap(at) {
      const nearest = findUnder(at);
      if (nearest >= 0) view.set({ open: points.indices[nearest] });
    },
    onDrag(corners) {
      drag = corners;
      tip.hide();
      painter.draw();
    },
    onBox(corners) {
      const box = corners.map((share, index) => Number(points.toValue(share, index % 2).toPrecision(4)));
      view.set({ box, map: view.now.map });
    },
    onLeave: leave,
  });
  $("#map-kind").addEventListener("change", ({ target }) => {
    view.set({ map: target.value === "pca" ? undefined : target.value, box: undefined });
  });
  $("#map-color").addEventListener("change", painter.redraw);
  // A finger that moves over the map scrolls the page, until this is pressed.
  $("#map-choose").addEventListener("click", ({ currentTarget }) => {
    currentTarget.setAttribute("aria-pressed", canvas.classList.toggle("choosing"));
  });

  return {
    show,
    setDrawing(image) {
      drawing = image;
      if (!image) placed = null;
      painter.draw();
      placeDrawing();
    },
  };
}
