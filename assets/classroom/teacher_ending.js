// The end of a room: everything in it is deleted, and that is said before.

import { openDialog } from "../shared/dialog.js";
import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { count, makeButton, makeProblem, write } from "./teacher_tools.js";

export function createEnding(desk, onEnding) {
  const problem = makeProblem();
  const what = make("p");
  const dialog = make("dialog", { id: "class-end-sure", className: "teacher-dialog" });
  const really = makeButton("teacher_end_really", async () => {
    onEnding();
    await desk.ask("end_room", {}, problem);
  }, { id: "class-end-really", className: "danger" });
  const title = make("h2", { id: "class-end-title", textContent: t("teacher_end_title") });
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(title, what, make("p", { textContent: t("teacher_end_keep") }), problem,
    make("div", { className: "row" }, makeButton("teacher_end_not", () => dialog.close()), really));
  return {
    dialogs: [dialog],
    open() {
      const { wall, pupils } = desk.state();
      const drawings = count("teacher_drawings", wall.count);
      const animals = count("teacher_animals", pupils.length);
      write(what, t("teacher_end_what", { drawings, animals }));
      openDialog(dialog);
    },
  };
}
