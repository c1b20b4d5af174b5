// "Teach it our hand": three networks side by side. And what is asked before: choices, and the three questions.

import { make } from "../shared/dom.js";
import { tenthPercent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { createCount, makeBar, makeChoices, sentence, title } from "./wall_words.js";

// Those that are guessed about, in the order of the choices.
const GUESSED = ["class", "mnist", "both"];
const MOST_KEPT = 0.05; // in 100: what rounding hides
export const CHOICES = {
  teach_it: GUESSED.map((_, index) => `teach_choice_${index}`),
  did_it_learn: ["learn_choice_0", "learn_choice_1"],
};

export function createChoices(root) {
  const [question, choices] = [title(), make("div")];
  const count = createCount("wall_answered");
  root.append(make("div", { className: "wall-asked" }, question, choices, count.node));
  return {
    show({ activity, guesses, room }) {
      question.textContent = t(`wall_ask_${activity.name}`, activity.settings);
      choices.replaceChildren(makeChoices(CHOICES[activity.name], null));
      count.show(guesses.num_committed, room.num_pupils);
    },
  };
}

export function createQuestions(root) {
  const count = createCount("wall_answered_all");
  const words = [title(t("activity_questions")), count.node, sentence(t("wall_no_marks"))];
  root.append(make("div", { className: "wall-asked" }, ...words));
  return { show({ num_answered: num, room }) { count.show(num, room.num_pupils); } };
}

export function createClosed(root) {
  root.append(sentence(t("wall_closed"), "wall-empty"));
  return { show() {} };
}

// How many of some digits a network reads: a large number, what it is of, and a bar.
function makeTested(key, found, [number, words], color) {
  return make(
    "div", { className: "wall-tested" },
    make("span", { textContent: t(key) }),
    make("span", { className: "wall-number" }, make("b", { textContent: found ? number : "–" }), found ? words : ""),
    makeBar(found ? found.read / found.num : 0, color),
  );
}

function makeNetwork({ key, state, share, class: ours, mnist }, count) {
  const ofClass = [ours?.read, t("wall_of", { all: ours?.num })];
  const ofMnist = [mnist && `${tenthPercent(mnist.read / mnist.num)}${t("percent_unit")}`, ""];
  const node = make(
    "section", { className: "wall-network" },
    title(t(`net_${key}`)),
    sentence(t(`wall_net_${state}`, { share: Math.round(share * 100) }), "wall-state"),
    makeBar(state === "done" ? 1 : share, "var(--muted)"),
    makeTested("wall_tested_class", ours, ofClass, "var(--accent)"),
    makeTested("wall_tested_mnist", mnist, ofMnist, "var(--digit-3)"),
  );
  node.dataset.network = key;
  if (count !== undefined) node.append(sentence(t("wall_chose", { num: count }), "wall-chose"));
  return node;
}

// What the network that was trained twice reads more and fewer of than before.
function tellForgotten(networks) {
  const [before, after] = ["mnist", "both"].map((key) => networks.find((one) => one.key === key));
  if (![before, after].every((one) => one?.class && one.mnist)) return "";
  const lost = (before.mnist.read / before.mnist.num - after.mnist.read / after.mnist.num) * 100;
  const values = { num: Math.abs(after.class.read - before.class.read), lost: Math.abs(lost).toFixed(1) };
  const won = after.class.read >= before.class.read ? "more" : "fewer";
  const end = lost >= MOST_KEPT ? "lost" : "kept";
  return t(`wall_forgot_${won}_${end}`, values);
}

export function createNetworks(root) {
  const waiting = GUESSED.map((key) => ({ key, state: "waiting", share: 0 }));
  const [row, words] = [make("div", { className: "wall-networks" }), sentence("", "wall-forgot")];
  root.append(make("div", { className: "wall-taught" }, row, words));
  return {
    show({ activity, guesses }) {
      const { networks = waiting, state, error } = activity.told.teach ?? {};
      const countOf = ({ key }) => guesses.counts?.[GUESSED.indexOf(key)];
      row.replaceChildren(...networks.map((network) => makeNetwork(network, countOf(network))));
      row.style.setProperty("--columns", networks.length);
      row.classList.toggle("done", state === "done");
      words.textContent = state === "failed" ? error : state === "done" ? tellForgotten(networks) : "";
    },
  };
}
