// The table of all networks: sorted by any column, filtered by words.

import { $, make } from "../shared/dom.js";
import { exactPercent } from "../shared/numbers.js";
import { call, describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";

const lacking = (value) => value === null || value === undefined;
const whole = (value) => Math.round(value).toLocaleString();

// By name: the value that is sorted by, and its text.
const COLUMNS = {
  label: { value: (model) => model.label, text: (model) => model.label },
  recipe: { value: (model) => model.recipe, text: (model) => model.recipe },
  data: { value: (model) => model.data, text: (model) => model.data },
  parameters: { value: (model) => model.parameters, text: (model) => whole(model.parameters) },
  seconds: { value: (model) => model.seconds, text: (model) => whole(model.seconds) },
  validation: { value: (model) => model.validation_accuracy, text: (model) => `${exactPercent(model.validation_accuracy)}%` },
  test: { value: (model) => model.test?.accuracy, text: ({ test }) => t("train_test_value", {
    accuracy: exactPercent(test.accuracy), low: exactPercent(test.interval[0]), high: exactPercent(test.interval[1]),
  }) },
  size: { value: (model) => model.bytes, text: (model) => t("train_kilobytes", { count: whole(model.bytes / 1000) }) },
};

export function sortModels(models, column, isDown) {
  const valueOf = COLUMNS[column].value;
  const [known, unknown] = [models.filter((model) => !lacking(valueOf(model))), models.filter((model) => lacking(valueOf(model)))];
  const compare = (one, other) => (typeof one === "string" ? one.localeCompare(other) : one - other);
  known.sort((one, other) => compare(valueOf(one), valueOf(other)) * (isDown ? -1 : 1));
  return [...known, ...unknown];
}

export function createModels(notify) {
  const root = $("#train-models");
  const filter = make("input", { type: "text", id: "train-models-filter" });
  const body = make("tbody");
  const head = make("tr");
  const frame = make("div", { className: "scroll", tabIndex: 0, role: "region" }, make("table", {}, make("thead", {}, head), body));
  frame.setAttribute("aria-label", t("train_models"));
  root.append(make("label", {}, t("train_models_filter"), filter), frame);
  let [models, column, isDown] = [[], "validation", true];
  const buttons = Object.keys(COLUMNS).map((name) => {
    const button = make("button", { type: "button", textContent: t(`train_column_${name}`) });
    button.addEventListener("click", () => {
      [column, isDown] = [name, name === column ? !isDown : !["label", "recipe", "data"].includes(name)];
      draw();
    });
    const cell = make("th", { scope: "col" }, button);
    cell.dataset.column = name;
    return cell;
  });
  head.append(...buttons);

  function draw() {
    buttons.forEach((cell) => cell.setAttribute("aria-sort", cell.dataset.column !== column ? "none" : isDown ? "descending" : "ascending"));
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = models.filter(({ name, label, recipe, data }) => {
      const text = [name, label, recipe, data].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    body.replaceChildren(...sortModels(wanted, column, isDown).map((model) => make("tr", {}, ...Object.values(COLUMNS).map(({ value, text }, index) => (
      make(index ? "td" : "th", { textContent: lacking(value(model)) ? "" : text(model), ...(!index && { scope: "row" }) }))))));
  }

  async function refresh() {
    if (!root.open) return;
    const answer = await call("describe_models", {});
    notify(describeState(answer));
    if (!answer?.ok) return;
    ({ models } = answer);
    draw();
  }

  filter.addEventListener("input", draw);
  root.addEventListener("toggle", refresh);
  return { refresh };
}
