// The wall as the class sees it, small.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeCard } from "./teacher_tools.js";
import { createWallView } from "./wall_view.js";

const WIDTH = 1280; // the wall is laid out as on a projector, and then made smaller

// onDrawing(drawing) when one is pressed.
export function createWall(desk, onDrawing) {
  const inner = make("div", { className: "wall-inner" });
  const frame = make("div", { className: "wall-frame" }, inner);
  const { card } = makeCard("class-wall-card", "teacher_wall", frame, make("p", { className: "muted", textContent: t("teacher_wall_about") }));
  const view = createWallView(inner, { onDrawing });
  const observer = new ResizeObserver(() => frame.style.setProperty("--scale", frame.clientWidth / WIDTH));
  observer.observe(frame);
  let version = -1;
  return {
    card,
    show({ wall }) {
      if (wall.version === version) return;
      version = wall.version;
      view.show(wall);
    },
    close() {
      observer.disconnect();
      view.close?.();
    },
  };
}
