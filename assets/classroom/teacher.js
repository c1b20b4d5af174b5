// The teacher's screen: the way in, or the room that this browser has the controls of.

import { make } from "../shared/dom.js";
import { remember } from "../shared/memory.js";
import { loadStyle } from "../shared/part.js";
import { loadTexts } from "../shared/texts.js";
import { askClass, keep, kept } from "./client.js";
import { createLanding } from "./teacher_landing.js";
import { createRoom } from "./teacher_room.js";
import { problemOf } from "./teacher_tools.js";

export async function createScreen(root, address) {
  const own = make("div", { className: "teacher-screen" });
  let shown = null; // the room, or the way in
  let isClosed = false;
  root.append(own);
  await Promise.all([
    loadTexts("animals", "class_lesson", "class_teacher", "class_wall"),
    loadStyle("classroom/teacher"),
    loadStyle("classroom/wall"),
  ]);

  function show(create, ...given) {
    shown?.close();
    shown = isClosed ? null : create(own, ...given);
  }

  function showRoom(tokens, place) {
    keep("teacher", tokens);
    show(createRoom, tokens, place, (said) => leave(tokens, said));
  }

  // There is no such room any more; another begins with the lesson's first step, and may have begun in another tab.
  function leave({ teacher }, said) {
    if (kept("teacher")?.teacher === teacher) ["teacher", "teacher-pad"].forEach((name) => keep(name, null));
    remember("class-step", "");
    return showLanding(said);
  }

  async function showLanding(said = "") {
    const place = await askClass("look_at_rooms");
    show(createLanding, { place, said, onOpen: (tokens) => showRoom(tokens, place) });
  }

  // The code works once: what it gave is kept, and a reload does not try it again.
  async function takeControls(code) {
    const answer = await askClass("open_controls", { code });
    if (answer?.ok) keep("teacher", { teacher: answer.teacher });
    if (answer) history.replaceState(null, "", "#class");
    return answer?.ok ? "" : problemOf(answer);
  }

  const problem = address.has("control") ? await takeControls(address.get("control")) : "";
  const tokens = kept("teacher");
  if (tokens?.teacher && !problem) showRoom(tokens, await askClass("look_at_rooms"));
  else await showLanding(problem);
  return {
    wake() {},
    close() {
      isClosed = true;
      shown?.close();
    },
  };
}
