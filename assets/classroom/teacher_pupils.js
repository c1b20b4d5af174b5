// Who is in the room, those first who may need help. Whose animal drew what is seen on this screen alone.

import { openDialog } from "../shared/dialog.js";
import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { count, createList, makeButton, makeCard, makeProblem, makeSureButton, tell, tellAnimal, write } from "./teacher_tools.js";

const ORDER = ["stuck", "away", "here", "paper", "left"];

function stateOf(pupil) {
  if (pupil.has_left) return "left";
  if (pupil.is_away) return "away";
  if (pupil.is_stuck) return "stuck";
  return pupil.has_device ? "here" : "paper";
}

export function createPupils(desk, onPad) {
  const list = make("ul", { className: "class-pupils" });
  const asking = make("ul", { className: "class-requests" });
  const summary = make("p", { id: "class-pupils-summary", className: "muted" });
  const empty = make("p", { className: "muted", textContent: t("teacher_pupils_none") });
  const one = createPupil(desk);
  const { card, problem } = makeCard("class-pupils", "teacher_pupils", summary, asking, empty, list,
    makeButton("teacher_paper", onPad, { id: "class-paper" }));
  const update = createList(list, () => makePupil(one.open));
  const updateRequests = createList(asking, () => makeRequest(desk, problem), ({ device }) => device);

  return {
    card,
    dialogs: [one.dialog],
    show({ pupils, requests, wall: { activity } }) {
      list.classList.toggle("counts", activity.takes_drawings);
      const sorted = pupils.map((pupil) => ({ ...pupil, state: stateOf(pupil) }))
        .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.id - b.id);
      update(sorted);
      updateRequests(requests.map((request) => ({ ...request, animal: pupils.find(({ id }) => id === request.pupil) })));
      empty.hidden = pupils.length > 0;
      const num = (name) => sorted.filter(({ state }) => state === name).length;
      const said = [count("teacher_in_room", sorted.length - num("left"))];
      if (num("stuck")) said.push(count("teacher_num_stuck", num("stuck")));
      if (num("away")) said.push(t("teacher_num_away", { num: num("away") }));
      write(summary, said.join(" · "));
      one.show(sorted);
    },
  };
}

function makePupil(onOpen) {
  let pupil = null;
  const [symbol, name, num, state] = ["symbol", "name", "num", "state"].map((className) => make("span", { className }));
  symbol.setAttribute("aria-hidden", "true");
  const button = makeButton(null, () => onOpen(pupil), {}, symbol, name, num, state);
  const node = make("li", {}, button);
  return {
    node,
    show(next) {
      pupil = next;
      if (node.dataset.state !== pupil.state) node.dataset.state = pupil.state;
      write(symbol, pupil.symbol);
      write(name, tellAnimal(pupil));
      write(num, pupil.num_drawings);
      write(state, pupil.state === "here" ? "" : t(`teacher_state_${pupil.state}`));
      const label = `${tellAnimal(pupil)}, ${count("teacher_drawings", pupil.num_drawings)}${state.textContent ? `, ${state.textContent}` : ""}`;
      if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
    },
  };
}

function makeRequest(desk, problem) {
  let device = 0;
  const said = make("span");
  const reply = (isGranted) => desk.ask("answer_request", { request: device, isGranted }, problem);
  const node = make("li", {}, said,
    makeButton("teacher_let_in", () => reply(true), { className: "class-let-in" }), makeButton("teacher_refuse", () => reply(false)));
  return {
    node,
    show({ device: id, animal }) {
      device = id;
      write(said, animal ? t("teacher_asks", { symbol: animal.symbol, animal: tellAnimal(animal) }) : "");
    },
  };
}

// One pupil, closely.
function createPupil(desk) {
  let id = null;
  const title = make("h2", { id: "class-pupil-title" });
  const facts = make("ul", {});
  const problem = makeProblem();
  const remove = makeSureButton("teacher_remove", "teacher_sure", async () => {
    if (await desk.ask("remove_pupil", { pupil: id }, problem)) dialog.close();
  }, { id: "class-remove" });
  const dialog = make("dialog", { id: "class-pupil", className: "teacher-dialog" });
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(make("div", { className: "dialog-head" }, title, makeButton("teacher_close", () => dialog.close())),
    facts, make("p", { className: "muted", textContent: t("teacher_remove_about") }), problem, remove);

  function show(pupils) {
    const pupil = dialog.open && pupils.find((other) => other.id === id);
    if (!pupil) return;
    write(title, `${pupil.symbol} ${tellAnimal(pupil)}`);
    const said = tellPupil(pupil);
    if (facts.textContent !== said.join("")) facts.replaceChildren(...said.map((text) => make("li", { textContent: text })));
    remove.hidden = pupil.state === "left";
  }

  return {
    dialog,
    open(pupil) {
      id = pupil.id;
      tell(problem, "");
      openDialog(dialog);
      show([pupil]);
    },
    show,
  };
}

function tellPupil(pupil) {
  const said = [count("teacher_drawings_now", pupil.num_drawings)];
  if (pupil.seconds_drew !== null) said.push(t("teacher_drew", { time: tellAgo(pupil.seconds_drew) }));
  if (pupil.state === "away") said.push(t("teacher_seen", { time: tellAgo(pupil.seconds_seen) }));
  if (pupil.state !== "here") said.push(t(`teacher_state_${pupil.state}_long`));
  if (pupil.half !== null) said.push(t(pupil.half ? "teacher_half_test" : "teacher_half_teach"));
  return said;
}

const tellAgo = (seconds) => (seconds < 60 ? t("teacher_ago_now") : count("teacher_minutes", Math.round(seconds / 60)));
