// What an experiment shall be: its kind, how large it is, and about how long that takes.

import { $, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { call, describeState } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { tellSeconds } from "./words.js";

// onBegin(id) is called when one was begun; notify(text) tells what went wrong.
export function createExperimentForm({ onBegin, notify }) {
  const estimate = createLive({ name: "estimate_study", nextQuestion: question, onAnswer: showEstimate });
  let small = null;
  let [isAllowed, isPossible] = [false, false];

  function question() {
    const settings = Object.fromEntries([...$("#experiment-fields").querySelectorAll("input")].map(({ dataset, valueAsNumber }) => [dataset.setting, valueAsNumber]));
    return { kind: $("#experiment-kind").value, settings };
  }

  function enableStart() {
    $("#experiment-start").disabled = !isAllowed || !isPossible;
  }

  function showEstimate(answer) {
    isPossible = Boolean(answer?.ok);
    const words = t(`experiment_about_${$("#experiment-kind").value}`);
    const plan = answer?.ok ? t("experiment_plan", { trials: answer.trials, time: tellSeconds(answer.seconds) }) : tellError(answer);
    $("#experiment-plan").replaceChildren(`${words} `, make("b", { textContent: plan }));
    enableStart();
  }

  function showFields() {
    $("#experiment-fields").replaceChildren(...Object.entries(small[$("#experiment-kind").value]).map(([name, value]) => (
      makeField(name, value))));
    estimate.request();
  }

  function offerKinds(first) {
    small = first;
    $("#experiment-kind").replaceChildren(...Object.keys(small).map((kind) => new Option(t(`experiment_${kind}`), kind)));
    showFields();
  }

  $("#experiment-kind").addEventListener("change", showFields);
  $("#experiment-fields").addEventListener("input", () => estimate.request());
  $("#experiment-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await call("begin_study", question());
    notify(describeState(answer));
    if (answer?.ok) onBegin(answer.study);
  });

  return {
    // first: what is offered first, by kind.
    offer(first) {
      if (!small) offerKinds(first);
    },
    allow(allowed) {
      isAllowed = allowed;
      enableStart();
    },
  };
}

function makeField(name, value) {
  const input = make("input", { type: "number", value, min: 1, required: true });
  input.dataset.setting = name;
  return make("label", {}, make("span", { textContent: t(`experiment_field_${name}`) }), input);
}
