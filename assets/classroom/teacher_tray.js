// What the network does not take for a digit waits here, and what was hidden stays here. Only this screen says whose
// drawing it is.

import { openDialog } from "../shared/dialog.js";
import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";
import { count, createList, makeButton, makeCard, makeProblem, tell, tellAnimal, write } from "./teacher_tools.js";

const MOST_AT_ONCE = 4;

export function createTray(desk) {
  const waiting = make("ul", { className: "class-tray" });
  const hidden = make("ul", { className: "class-tray" });
  const empty = make("p", { className: "muted", textContent: t("teacher_tray_none") });
  const about = make("p", { className: "muted", textContent: t("teacher_tray_about") });
  const hiddenTitle = make("summary");
  const hiddenBox = make("details", { id: "class-hidden" }, hiddenTitle, hidden);
  const all = makeButton("teacher_tray_accept_all", acceptAll, { id: "class-accept-all" });
  const num = make("span", { className: "num" });
  const { card, title, problem } = makeCard("class-tray", "teacher_tray", empty, about, waiting, all, hiddenBox);
  title.append(" ", num);
  const one = createOne(desk);

  const setState = (drawing, state) => desk.ask("set_state", { drawing, state }, problem);
  const creator = (choices) => () => makeWaiting(choices, setState, ownerOf);
  const update = createList(waiting, creator([["teacher_accept", "accepted"], ["teacher_hide", "hidden"]]));
  const updateHidden = createList(hidden, creator([["teacher_show_again", "accepted"]]));

  function ownerOf(id) {
    const pupil = desk.state().pupils.find((other) => other.id === id);
    return pupil ? `${pupil.symbol} ${tellAnimal(pupil)}` : "";
  }

  async function acceptAll() {
    const ids = desk.state().tray.map(({ id }) => id);
    const work = async () => { while (ids.length && await setState(ids.shift(), "accepted")); };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  }

  return {
    card,
    dialogs: [one.dialog],
    // A drawing on the wall: whose it is, and that it can be hidden.
    inspect(drawing) {
      one.open(drawing, ownerOf(desk.state().owners[drawing.id]));
    },
    show({ tray, hidden: out }) {
      update(tray);
      updateHidden(out);
      write(num, tray.length || "");
      write(hiddenTitle, count("teacher_hidden", out.length));
      hiddenBox.hidden = !out.length;
      empty.hidden = tray.length > 0;
      about.hidden = !tray.length;
      all.hidden = tray.length < 2;
    },
  };
}

function makeWaiting(choices, setState, ownerOf) {
  let id = 0;
  let tile = null;
  const [owner, asked] = [make("span", { className: "owner" }), make("span", { className: "muted" })];
  const buttons = choices.map(([key, state]) => makeButton(key, () => setState(id, state), { className: state }));
  const node = make("li", {}, make("div", {}, owner, asked), make("div", { className: "do" }, ...buttons));
  return {
    node,
    show(drawing) {
      id = drawing.id;
      write(owner, ownerOf(drawing.pupil));
      write(asked, tellAsked(drawing));
      if (tile) return;
      tile = makeTile(drawing, t("teacher_drawing_of", { owner: owner.textContent }));
      node.prepend(tile);
    },
  };
}

function tellAsked({ label, reading }) {
  if (label !== null && label !== undefined) return t("teacher_asked", { label });
  return reading ? t("teacher_read_as", { digit: reading.digit }) : "";
}

function createOne(desk) {
  let id = 0;
  const title = make("h2", { id: "class-drawing-title" });
  const picture = make("div", { className: "picture" });
  const problem = makeProblem();
  const dialog = make("dialog", { id: "class-drawing", className: "teacher-dialog" });
  dialog.setAttribute("aria-labelledby", title.id);
  const hide = makeButton("teacher_hide_from_wall", async () => {
    if (await desk.ask("set_state", { drawing: id, state: "hidden" }, problem)) dialog.close();
  }, { id: "class-hide" });
  dialog.append(make("div", { className: "dialog-head" }, title, makeButton("teacher_close", () => dialog.close())), picture,
    make("p", { className: "muted", textContent: t("teacher_hide_about") }), problem, hide);
  return {
    dialog,
    open(drawing, owner) {
      id = drawing.id;
      tell(problem, "");
      write(title, owner || t("teacher_drawing"));
      picture.replaceChildren(makeTile(drawing, t("teacher_drawing_of", { owner })));
      openDialog(dialog);
    },
  };
}
