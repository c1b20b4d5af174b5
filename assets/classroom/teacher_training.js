// "Teach it our hand": trains the class's networks, shows how far they are, and what becomes of the class's own.

import { make } from "../shared/dom.js";
import { tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { createList, makeButton, makeProblem, makeSureButton, tell, write } from "./teacher_tools.js";

export function createTraining(desk) {
  const problem = makeProblem();
  const [halves, failed] = [make("p", { className: "muted" }), make("p", { className: "teacher-problem", role: "alert" })];
  const rows = make("div", { className: "class-networks" });
  const update = createList(rows, makeRow, ({ key }) => key);
  const again = makeButton("teacher_train_again", () => begin(problem), { id: "class-train-again" });
  const keeping = createKeeping(desk, problem);
  const node = make("div", { id: "class-training" }, halves, rows, failed, again, problem, keeping.node);

  const begin = (place) => desk.ask("train_class", {}, place);
  const stateOf = ({ told }) => told.teach?.state ?? "";
  const isRunning = (activity) => activity.name === "teach_it" && ["waiting", "training"].includes(stateOf(activity));

  function tellProblem({ told: { teach } }) {
    const { training } = desk.place ?? {};
    if (teach?.state === "failed") return t("teacher_train_failed", { error: teach.error ?? "" });
    return !teach && training && !training.allowed ? training.reason : "";
  }

  return {
    node,
    begin,
    isRunning,
    isBegun: (activity) => ["waiting", "training", "done"].includes(stateOf(activity)),
    isNext: (activity) => activity.name === "teach_it" && activity.step === "guess",
    show({ wall, class_set: classSet }) {
      const { activity } = wall;
      node.hidden = activity.name !== "teach_it";
      if (node.hidden) return;
      const { teach } = activity.told;
      const state = stateOf(activity);
      write(halves, t("teacher_halves", { teach: classSet.pupils[0], test: classSet.pupils[1] }));
      halves.hidden = Boolean(teach);
      tell(failed, tellProblem(activity));
      again.hidden = state !== "failed";
      update(teach?.networks ?? []);
      keeping.show(activity, state === "done");
    },
  };
}

// One network: how far its training is, then what it reads.
function makeRow() {
  const [name, said, bar] = [make("span", { className: "name" }), make("span", { className: "muted" }), make("span", { className: "share" }, make("span"))];
  const node = make("div", { className: "network-row" }, name, said, bar);
  return {
    node,
    show({ key, state, share, class: own, mnist }) {
      const isTested = state === "done" && own && mnist;
      write(name, t(`net_${key}`));
      node.style.setProperty("--share", isTested ? own.read / Math.max(1, own.num) : share);
      node.classList.toggle("tested", Boolean(isTested));
      const values = { ...own, percent: Math.round(share * 100), mnist: isTested && tenthPercent(mnist.read / mnist.num) };
      write(said, t(isTested ? "teacher_net_read" : `teacher_net_${state}`, values));
    },
  };
}

// The class's network stays in the page's list of networks, or goes with the room.
function createKeeping(desk, problem) {
  let round = 0;
  const said = make("p", { role: "status" });
  const field = make("input", { type: "text", maxLength: 40, autocomplete: "off", placeholder: t("teacher_model_name"), id: "class-model-name" });
  const keep = makeButton("teacher_model_keep", async () => {
    const answer = await desk.ask("keep_model", { name: field.value.trim() || undefined }, problem);
    if (answer) settle(t("teacher_model_kept", { model: answer.model }), true);
  }, { id: "class-model-keep" });
  const drop = makeSureButton("teacher_model_drop", "teacher_sure", async () => {
    if (await desk.ask("drop_model", {}, problem)) settle(t("teacher_model_dropped"), false);
  }, { id: "class-model-drop" });
  const link = make("a", { href: "#train", textContent: t("teacher_model_link") });
  const form = make("div", { className: "row" }, make("label", { htmlFor: field.id, textContent: t("teacher_model_field") }), field, keep);
  const node = make("div", { className: "class-keeping" }, form, said, make("div", { className: "row" }, link, drop));

  function settle(text, isKept) {
    tell(said, text);
    form.hidden = Boolean(text);
    link.hidden = drop.hidden = !isKept;
  }

  return {
    node,
    show(activity, isDone) {
      node.hidden = !isDone;
      if (round !== activity.round) settle("", false);
      round = activity.round;
    },
  };
}
