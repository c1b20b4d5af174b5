// A pupil without a device draws on the teacher's pad. The pad is that of the page; it stands beside this section, in
// the place of the teacher's screen.

import { emit } from "../shared/bus.js";
import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { askClass, keep, kept } from "./client.js";
import { count, makeButton, makeProblem, problemOf, tell, tellAnimal, write } from "./teacher_tools.js";

export function createPad(desk) {
  let token = null; // of the pupil who draws
  let snapshot = null; // what a device of that pupil would show
  let number = 0; // of the last drawing
  let pending = null; // { drawn, number, round } of one that may have arrived, or not
  const problem = makeProblem();
  const [who, task] = ["who", "task"].map((className) => make("p", { className }));
  const said = make("p", { className: "muted", role: "status" });
  const send = makeButton("teacher_pad_send", submit, { id: "class-pad-send", className: "primary" });
  const node = make("section", { id: "class-pad", className: "card", hidden: true },
    make("h2", { textContent: t("teacher_pad") }), who, task, problem, said,
    make("div", { className: "row" }, send,
      makeButton("teacher_pad_next", next, { id: "class-pad-next" }),
      makeButton("teacher_pad_done", close, { id: "class-pad-done" })));

  const nextLabel = () => snapshot.asked[snapshot.drawings.length] ?? null;

  // Gives false where there is no such pupil any more.
  async function look() {
    const answer = await askClass("show_device", { device: token, since: 0 });
    tell(problem, problemOf(answer));
    if (!answer?.ok) return !answer?.isGone;
    if (answer.room.code !== desk.state().wall.room.code) return false; // a pupil of another room
    snapshot = answer;
    number = Math.max(number, answer.last_number);
    show(desk.state());
    return Boolean(snapshot.pupil);
  }

  async function next() {
    const added = await desk.ask("add_pupil", {}, problem);
    if (!added) return;
    token = added.device;
    number = 0;
    pending = null;
    write(said, "");
    keep("teacher-pad", { device: token });
    emit("pad-emptied");
    await look();
  }

  async function submit() {
    let ink = null;
    emit("ink-wanted", (value) => { ink = value; });
    if (!snapshot?.pupil || !ink?.canBeRead) return tell(problem, t("teacher_pad_empty"));
    const { strokes, image } = ink;
    const drawn = JSON.stringify([strokes, image]);
    // Sent again, it is the same drawing under its number; another gets one that no drawing has.
    if (pending?.drawn !== drawn) {
      if (pending && !await look()) return;
      pending = { drawn, number: number + 1, round: snapshot.activity.round, label: nextLabel() };
    }
    const { round, label } = pending;
    const answer = await askClass("submit", { device: token, round, number: pending.number, strokes, image, label });
    tell(problem, problemOf(answer));
    if (!answer?.ok) return;
    number = Math.max(number, pending.number);
    pending = null;
    const { is_digit: isDigit, digit } = answer.reading ?? {};
    write(said, answer.reading ? t(isDigit ? "teacher_pad_read" : "teacher_pad_waits", { digit }) : "");
    emit("pad-emptied");
    await look();
  }

  function close() {
    node.hidden = true;
    delete document.body.dataset.pad;
  }

  function show({ wall }) {
    if (node.hidden || !snapshot?.pupil) return;
    if (wall.activity.round !== snapshot.activity.round) {
      snapshot.activity.round = wall.activity.round; // asked for once
      look();
    }
    write(who, `${snapshot.pupil.symbol} ${tellAnimal(snapshot.pupil)}`);
    write(task, tellTask(wall.activity));
    send.disabled = !wall.activity.takes_drawings;
  }

  function tellTask({ takes_drawings: isDrawing }) {
    const { asked, drawings } = snapshot;
    const label = nextLabel();
    if (!isDrawing) return t("teacher_pad_nothing");
    if (label !== null) return t("teacher_pad_asked", { label });
    if (!asked.length) return t("teacher_pad_any");
    return t("teacher_pad_all", { drawings: count("teacher_drawings", drawings.length) });
  }

  return {
    node,
    async open() {
      node.hidden = false;
      document.body.dataset.pad = "class";
      scrollTo(0, 0);
      token = kept("teacher-pad")?.device ?? null;
      if (!token || !await look()) await next();
    },
    close,
    show,
  };
}
