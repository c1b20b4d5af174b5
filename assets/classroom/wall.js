// The wall, for the back row: the code, what the devices show, and what the class does. It has no controls but those of
// the whole screen, and never says whose a drawing is.

import { isTyping, make } from "../shared/dom.js";
import { loadStyle } from "../shared/part.js";
import { fillTexts, loadTexts, t } from "../shared/texts.js";
import { follow } from "./client.js";
import { createJoin } from "./wall_join.js";
import { createWallView } from "./wall_view.js";

const FRAME = `
<header class="wall-top">
  <p class="wall-code"><span data-text="wall_code"></span> <b></b></p>
  <p class="wall-pupils"><b></b> <span></span></p>
  <p class="wall-show" role="status"></p>
  <button type="button" class="icon wall-full" data-label="wall_full">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/></svg>
  </button>
</header>
<div class="wall-stage"><div class="wall-join" hidden></div><div class="wall-shown"></div></div>
<p class="wall-away" role="status" data-text="wall_away" hidden></p>`;

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (event.key.toLowerCase() === "f") toggleFullScreen();
}

export async function createScreen(root, address) {
  await Promise.all([loadTexts("class_wall", "class_lesson"), loadStyle("classroom/wall")]);
  const wall = make("section", { id: "class-wall", innerHTML: FRAME });
  const find = (name) => wall.querySelector(`.wall-${name}`);
  fillTexts(wall);
  root.append(wall);
  const join = createJoin(find("join"));
  const view = createWallView(find("shown"));

  function showTop({ room, activity, devices_show: shown }) {
    find("code").lastElementChild.textContent = room.code;
    const [number, word] = find("pupils").children;
    number.textContent = room.num_pupils;
    word.textContent = t(room.num_pupils === 1 ? "wall_pupil" : "wall_pupils");
    find("show").textContent = t(shown === "paused" ? "show_paused" : `show_${activity.name}_${shown}`);
  }

  function show(snapshot) {
    const { room, activity, count } = snapshot;
    wall.dataset.count = count;
    showTop(snapshot);
    const isJoining = activity.told.join ?? !room.num_pupils;
    wall.classList.toggle("joining", isJoining);
    find("join").hidden = !isJoining;
    find("shown").hidden = isJoining;
    if (isJoining) join.show(room);
    view.show(snapshot);
  }

  const feed = follow("show_wall", { wall: address.get("wall") }, {
    onNews: show,
    onState: (state) => { find("away").hidden = state !== "away"; },
    onGone: () => wall.replaceChildren(make("p", { className: "wall-end", textContent: t("wall_ended") })),
  });
  find("full").addEventListener("click", toggleFullScreen);
  document.addEventListener("keydown", onKey);
  return {
    wake: feed.look,
    close() {
      feed.close();
      document.removeEventListener("keydown", onKey);
    },
  };
}
