// A room as its teacher sees it: the sections of the screen, kept up to date by what the server says.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { follow } from "./client.js";
import { createChoice } from "./teacher_choice.js";
import { createEnding } from "./teacher_ending.js";
import { createGuide } from "./teacher_guide.js";
import { createHands } from "./teacher_hands.js";
import { createHead } from "./teacher_head.js";
import { createNow } from "./teacher_now.js";
import { createOffers } from "./teacher_offers.js";
import { createPad } from "./teacher_pad.js";
import { createPaper } from "./teacher_paper.js";
import { createPupils } from "./teacher_pupils.js";
import { createQuestions } from "./teacher_questions.js";
import { createSet } from "./teacher_set.js";
import { createAsker, write } from "./teacher_tools.js";
import { createTraining } from "./teacher_training.js";
import { createTray } from "./teacher_tray.js";
import { createWall } from "./teacher_wall.js";

const STARTS = ["start_activity", "start_guess"];
const VIEWS = ["lesson", "pupils", "tray", "wall", "more"];

// onEnd(said) when there is no room any more. `place` is the answer to `look_at_rooms`.
export function createRoom(root, { teacher }, place, onEnd) {
  let state = null; // the last of all that the server has said
  let isEnding = false;
  const ask = createAsker(teacher, (name) => {
    follower.look();
    if (STARTS.includes(name)) views.choose("lesson"); // what has begun is in sight
  });
  const desk = { ask, place, state: () => state };

  const pad = createPad(desk);
  const ending = createEnding(desk, () => { isEnding = true; });
  const head = createHead(desk, ending.open);
  const offers = createOffers(desk);
  const guide = createGuide(desk, { onGuess: offers.open, onCode: head.showCode });
  const choice = createChoice(desk, offers.open);
  guide.card.append(choice.node);
  const pupils = createPupils(desk, pad.open);
  const tray = createTray(desk);
  const views = createViews(root);
  const now = createNow(desk, {
    guide,
    parts: [createTraining(desk), createHands(desk), createPaper(desk)],
    onGuess: offers.open,
    onTray() {
      views.choose("tray");
      tray.card.scrollIntoView({ block: "nearest" });
    },
  });
  const wall = createWall(desk, tray.inspect);
  const sections = [head, guide, choice, now, pupils, tray, wall, createQuestions(), createSet(desk)];
  const [questions, set] = sections.slice(-2);

  const away = make("p", { className: "teacher-away", role: "status", textContent: t("teacher_away"), hidden: true });
  const room = make("div", { className: "teacher-room", hidden: true },
    away, head.node, views.node,
    make("div", { className: "teacher-desk" },
      make("div", { className: "teacher-main" }, now.card, guide.card),
      make("div", { className: "teacher-side" }, pupils.card),
      make("div", { className: "teacher-seen" }, wall.card, tray.card)),
    make("div", { className: "teacher-more" }, questions.card, set.card),
    ...[head, ending, offers, pupils, tray].flatMap(({ dialogs }) => dialogs));
  root.replaceChildren(room, pad.node);

  const follower = follow("show_teacher", { teacher }, {
    isAlways: true,
    onState: (name) => { away.hidden = name !== "away"; },
    onNews(answer) {
      state = { ...state, ...answer };
      room.hidden = false;
      sections.forEach((section) => section.show(state));
      views.show(state);
      pad.show(state);
    },
    onGone: () => onEnd(t(isEnding ? "teacher_ended" : "teacher_gone")),
  });
  return {
    close() {
      root.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()); // else the page stays behind it
      follower.close();
      wall.close();
      pad.close();
    },
  };
}

// On a phone one section is shown at a time.
function createViews(root) {
  const nums = new Map();
  const buttons = VIEWS.map((name) => {
    const num = make("span", { className: "num" });
    nums.set(name, num);
    const button = make("button", { type: "button" }, t(`teacher_view_${name}`), num);
    button.addEventListener("click", () => choose(name));
    button.dataset.view = name;
    return button;
  });
  const node = make("nav", { className: "teacher-views" }, ...buttons);
  node.setAttribute("aria-label", t("teacher_views"));

  function choose(name) {
    root.dataset.view = name;
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.view === name));
    scrollTo(0, 0);
  }

  choose(VIEWS[0]);
  return {
    node,
    choose,
    show({ pupils, tray, requests }) {
      write(nums.get("pupils"), pupils.filter((pupil) => pupil.is_stuck).length + requests.length || "");
      write(nums.get("tray"), tray.length || "");
    },
  };
}
