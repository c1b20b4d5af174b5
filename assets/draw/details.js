// The details: the model that answers, how it was trained, how well it reads, and how long the last answer took.

import { on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { exactPercent, smallPercent } from "../shared/numbers.js";
import { ask, createLatest } from "../shared/server.js";
import { t, tellError } from "../shared/texts.js";
import { notify } from "./notice.js";

export const readModel = () => $("#model").value;

// A figure that its model lacks is null.
const ifKnown = (figure, format) => (figure === null ? t("not_known") : format(figure));

// onModel() is called when another model answers from now on.
export function createDetails(onModel) {
  let models = [];
  const begin = createLatest();

  // `wanted` is chosen if there is such a model.
  async function show(wanted) {
    const answer = await ask("describe_models", {}, {
      isCurrent: begin(), onState: (state, answer) => state === "error" && notify(tellError(answer)),
    });
    if (!answer) return;
    $("#device").textContent = [answer.device, answer.note].filter(Boolean).join("; ");
    const select = $("#model");
    const chosen = select.value;
    models = answer.models;
    select.replaceChildren(...models.map((model) => new Option(t("model_option", {
      label: model.label,
      accuracy: ifKnown(model.validation_accuracy, exactPercent),
    }), model.name)));
    const name = [wanted, chosen].find((one) => models.some((model) => model.name === one));
    if (name) select.value = name;
    describe();
    if (wanted && name !== wanted) notify(t("model_gone", { model: wanted }));
    if (wanted || (chosen && !name)) onModel();
  }

  function describe() {
    const model = models.find(({ name }) => name === readModel());
    if (!model) return;
    const training = {
      parameters: ifKnown(model.parameters, (number) => number.toLocaleString()),
      data: model.data,
      images: ifKnown(model.images, (number) => number.toLocaleString()),
      epochs: model.epochs,
      seconds: ifKnown(model.seconds, (number) => Math.round(number).toLocaleString()),
    };
    $("#trained").textContent = model.complete ? t("trained_value", training) : t("trained_early", training);
    $("#test").textContent = model.test ? t(leveled("test"), {
      accuracy: exactPercent(model.test.accuracy),
      low: exactPercent(model.test.interval[0]),
      high: exactPercent(model.test.interval[1]),
    }) : t("test_none");
  }

  $("#model").addEventListener("change", () => {
    describe();
    onModel();
  });
  // Models that were trained since the page was opened.
  $("#details").addEventListener("toggle", () => $("#details").open && show());
  on("level", describe);
  on("choose-model", show);
  show();
}

// What is known of one answer: its time there and back, the points of its strokes, the doubt.
export function showDetails(answer, points, milliseconds) {
  $("#points").textContent = points;
  if (!answer.ok) return;
  $("#time").textContent = t("time_value", { server: answer.milliseconds, round: Math.round(milliseconds) });
  const share = (value) => smallPercent(value, t("under_hundredth"));
  $("#doubt").textContent = t(answer.limit < 1 ? "doubt_value" : "doubt_none", {
    doubt: share(answer.doubt), limit: share(answer.limit),
  });
}
