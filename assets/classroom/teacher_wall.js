// The wall as the class sees it, small.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeCard } from "./teacher_tools.js";
import { createWallView } from "./wall_view.js";

const WIDTH = 1024; // the wall is laid out as on a projector, and then made smaller; see the styles

// onDrawing(drawing) when one is pressed.
export function createWall(desk, onDrawing) {
  const drawings = new Map(); // of the round, by id
  let version = -1;
  const inner = make("div", { id: "class-wall" });
  const frame = make("div", { className: "wall-frame" }, inner);
  const { card } = makeCard("class-wall-card", "teacher_wall", frame, make("p", { className: "muted", textContent: t("teacher_wall_about") }));
  const view = createWallView(inner, { onDrawing: (id) => drawings.has(id) && onDrawing(drawings.get(id)) });
  const observer = new ResizeObserver(() => frame.style.setProperty("--scale", frame.clientWidth / WIDTH));
  observer.observe(frame);
  return {
    card,
    // Every snapshot says only what is new: none is shown twice, and none left out.
    show({ wall }) {
      if (wall.version === version) return;
      version = wall.version;
      if (wall.is_whole) drawings.clear();
      wall.drawings.forEach((drawing) => drawings.set(drawing.id, drawing));
      wall.gone.forEach((id) => drawings.delete(id));
      view.show(wall);
    },
    close: () => observer.disconnect(),
  };
}
