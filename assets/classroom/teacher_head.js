// The code that everybody joins with, what leads to other screens, and what concerns everybody at once.

import { make } from "../shared/dom.js";
import { openDialog } from "../shared/dialog.js";
import { drawChart } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { askClass } from "./client.js";
import { addressFor, count, makeButton, makeProblem, problemOf, tell, write } from "./teacher_tools.js";

const plain = (address) => address.replace(/^https?:\/\//, "");

export function createHead(desk, onEnd) {
  const problem = makeProblem();
  const code = make("strong", { id: "class-code" });
  const link = make("a", { id: "class-link", target: "_blank", rel: "noopener" });
  const wall = make("a", { id: "class-wall-link", className: "button", target: "_blank", rel: "noopener" });
  wall.textContent = t("teacher_wall_open");
  const facts = make("p", { className: "teacher-facts muted" });
  const big = createBigCode();
  const phone = createPhone(desk);
  const room = () => desk.state().wall.room;
  const turnLock = () => desk.ask("lock", { isLocked: !room().is_locked }, problem);
  const turnPause = () => desk.ask("pause", { isPaused: !room().is_paused }, problem);
  const lock = makeButton("teacher_lock", turnLock, { id: "class-lock" });
  const pause = makeButton("teacher_pause", turnPause, { id: "class-pause" });

  const showCode = () => big.open(code.textContent, link.href);
  const node = make("header", { className: "teacher-head card" },
    make("div", { className: "teacher-code" }, make("span", { className: "unseen", textContent: t("teacher_code") }), code, link),
    make("div", { className: "teacher-tools" },
      makeButton("teacher_code_show", showCode, { id: "class-code-show" }),
      wall,
      makeButton("teacher_phone", phone.open, { id: "class-phone" }),
      lock,
      makeButton("teacher_end", onEnd, { id: "class-end" })),
    pause, facts, problem);

  return {
    node,
    showCode,
    dialogs: [big.dialog, phone.dialog],
    show(state) {
      const { code: letters, is_locked: isLocked, is_paused: isPaused } = state.wall.room;
      const address = addressFor(desk.place, `#class?code=${letters}`);
      write(code, letters);
      if (link.href !== address) Object.assign(link, { href: address, textContent: plain(address) });
      wall.href = `#class?wall=${state.wall_token}`;
      lock.setAttribute("aria-pressed", isLocked);
      write(lock, t(isLocked ? "teacher_unlock" : "teacher_lock"));
      pause.classList.toggle("paused", isPaused);
      write(pause, t(isPaused ? "teacher_go_on" : "teacher_pause"));
      write(facts, tellFacts(state));
      phone.show(state);
    },
  };
}

function tellFacts({ wall, num_controls: numControls }) {
  const minutes = Math.ceil(wall.room.seconds_left / 60);
  const time = minutes > 90 ? count("teacher_hours", Math.round(minutes / 60)) : count("teacher_minutes", minutes);
  const facts = [t("teacher_closes", { time })];
  if (numControls > 1) facts.unshift(t("teacher_controls", { num: numControls }));
  return facts.join(" ");
}

function makeFull(id, key) {
  const dialog = make("dialog", { id, className: "teacher-full", ariaLabel: t(key) });
  const close = makeButton("teacher_close", () => dialog.close(), { className: "close" });
  return { dialog, close };
}

async function drawCode(picture, problem, text) {
  const answer = await askClass("draw_code", { text });
  tell(problem, problemOf(answer));
  picture.replaceChildren(...(answer?.ok ? [drawChart(answer.svg, t("teacher_qr"))] : []));
}

// The code for all the room to read.
function createBigCode() {
  const { dialog, close } = makeFull("class-code-full", "teacher_code_show");
  const picture = make("div", { className: "qr" });
  const [code, address] = [make("strong", { className: "big" }), make("p", { className: "address" })];
  const problem = makeProblem();
  dialog.append(close, picture, make("div", {},
    make("p", { textContent: t("teacher_code_how") }), address,
    make("p", { textContent: t("teacher_code_type") }), code, problem));
  return {
    dialog,
    open(text, href) {
      write(code, text);
      write(address, plain(href).replace(/\?.*/, ""));
      openDialog(dialog);
      return drawCode(picture, problem, href);
    },
  };
}

// The controls on a second device.
function createPhone(desk) {
  const { dialog, close } = makeFull("class-phone-full", "teacher_phone");
  const picture = make("div", { className: "qr" });
  const code = make("strong", { id: "class-phone-code", className: "big" });
  const [address, others] = ["address", "muted"].map((className) => make("p", { className }));
  const problem = makeProblem();
  const alone = makeButton("teacher_phone_alone", () => desk.ask("close_other_controls", {}, problem), { id: "class-phone-alone" });
  dialog.append(close, picture, make("div", {},
    make("p", { textContent: t("teacher_phone_how") }), address, make("p", { textContent: t("teacher_code_type") }), code,
    make("p", { className: "muted", textContent: t("teacher_phone_once") }), others, alone, problem));
  return {
    dialog,
    async open() {
      write(code, "");
      picture.replaceChildren();
      openDialog(dialog);
      const made = await desk.ask("make_phone_code", {}, problem);
      if (!made) return;
      const href = addressFor(desk.place, `#class?control=${made.code}`);
      write(code, made.code);
      write(address, plain(href).replace(/\?.*/, ""));
      await drawCode(picture, problem, href);
    },
    show({ num_controls: num }) {
      write(others, count("teacher_controls_have", num));
      alone.hidden = num < 2;
    },
  };
}
