// Why: which pixels mattered to the answer, by several methods, for one digit or for one rather than another.

import { $ } from "../shared/dom.js";
import { fixed, signed, size } from "../shared/numbers.js";
import { decodeBytes } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { ask, showCurrent, teach, view } from "./shell.js";
import { showWhyFigures } from "./why_figures.js";
import { createWhyMap } from "./why_map.js";

export function createWhy() {
  const map = createWhyMap();
  const known = new Map(); // what can explain each model, by its name

  async function methodsOf(model, isCurrent) {
    if (!known.has(model)) {
      const answer = await ask("list_explanations", { model }, isCurrent);
      if (!answer) return null;
      known.set(model, answer);
    }
    return known.get(model);
  }

  async function show(subject, isCurrent) {
    const list = await methodsOf(subject.model, isCurrent);
    if (!list) return;
    const choice = readChoice(list, subject);
    fillFields(list, choice);
    showWhyFigures(list.figures, choice);
    const { method, isInstead, digit, versus, baseline } = choice;
    const { image, model } = subject;
    $("#why-sentence").textContent = `${isInstead ? t("why_instead") : ""} ${t(`why_${method.name}`)}`.trim();
    $("#why-stage").classList.add("stale");
    const question = { image, model, method: method.name, digit, versus, baseline };
    const answer = await ask("explain_answer", question, isCurrent);
    if (!answer) return;
    $("#why-stage").classList.remove("stale");
    showAnswer(answer, choice, decodeBytes(image));
  }

  function showAnswer(answer, { method, digit, versus, baseline }, image) {
    const values = new Float32Array(decodeBytes(answer.attribution).buffer);
    const strongest = values.indexOf(values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
    const largest = Math.abs(values[strongest]);
    const without = answer.without ?? 0;
    map.show({ values, image, largest });
    showRunnerUp(answer);
    const names = { digit: name(digit), versus: name(versus) };
    const asked = t(versus === null ? "why_asked" : "why_asked_versus", names);
    const found = {
      target: t(versus === null ? "why_target" : "why_target_versus", names), digit: names.digit,
      value: fixed(answer.value, 1), largest: signed(values[strongest]), most: size(largest),
      row: Math.floor(strongest / 28) + 1, column: (strongest % 28) + 1,
      sum: fixed(answer.sum, 2), without: fixed(without, 1), rise: fixed(answer.value - without, 2),
      baseline: t(`why_baseline_${baseline}`),
    };
    $("#why-question").textContent = asked;
    $("#why-found").textContent = t(`why_found_${method.name}`, found);
    $("#why-map").setAttribute("aria-label", t("why_map_label", { ...found, asked }));
    teach("why", { ...found, method: t(`why_name_${method.name}`) });
  }

  for (const name of ["method", "digit", "versus", "baseline"]) {
    const key = `why-${name}`;
    $(`#${key}`).addEventListener("change", ({ target }) => choose({ [key]: target.value || undefined }));
  }

  return { show };
}

function choose(changes) {
  view.set(changes);
  showCurrent();
}

// The output of a number in the address; null for what is none.
function readOutput(text, { noDigit }) {
  if (noDigit !== null && text === String(noDigit)) return noDigit;
  return /^[0-9]$/.test(text ?? "") ? Number(text) : null;
}

const name = (output) => (output > 9 ? t("why_no_digit") : output);

// What is asked of an answer as it stands: of a refused drawing why it is no digit, of a close call why not the other.
function findQuestion({ kind, labels }, { noDigit }) {
  if (kind === "refused" && noDigit !== null) return { digit: noDigit, versus: labels[0] };
  return { digit: labels[0], versus: kind === "between" ? labels[1] : null };
}

// What the address says, as far as it is possible.
function readChoice(list, subject) {
  const named = list.methods.find(({ name }) => name === view.now["why-method"]) ?? list.methods[0];
  const method = named.isPossible ? named : list.methods[0];
  const asked = findQuestion(subject.answer.verdict, list);
  const digit = readOutput(view.now["why-digit"], list) ?? asked.digit;
  const isOpen = view.now["why-versus"] === undefined && view.now["why-digit"] === undefined;
  const versus = isOpen ? asked.versus : readOutput(view.now["why-versus"], list);
  const baseline = list.baselines.includes(view.now["why-baseline"]) ? view.now["why-baseline"] : list.baselines[0];
  return { method, isInstead: method !== named, digit, versus: versus === digit ? null : versus, baseline };
}

function fillFields(list, { method, digit, versus, baseline }) {
  $("#why-method").replaceChildren(...list.methods.map(({ name, isPossible }) => {
    const option = new Option(t(`why_name_${name}`), name);
    option.disabled = !isPossible;
    return option;
  }));
  $("#why-method").value = method.name;
  const outputs = Array.from({ length: list.noDigit === null ? 10 : 11 }, (_, output) => output);
  $("#why-digit").replaceChildren(...outputs.map((output) => new Option(name(output), output)));
  $("#why-digit").value = digit;
  const others = outputs.filter((output) => output !== digit).map((output) => new Option(name(output), output));
  $("#why-versus").replaceChildren(new Option(t("why_versus_none"), ""), ...others);
  $("#why-versus").value = versus ?? "";
  $("#why-baseline").replaceChildren(...list.baselines.map((name) => new Option(t(`why_baseline_${name}`), name)));
  $("#why-baseline").value = baseline;
  $("#why-baseline-field").hidden = !method.hasBaseline;
}

function showRunnerUp({ digit, versus, runnerUp }) {
  const button = $("#why-runner-up");
  button.textContent = t(versus === null ? "why_runner_up" : "why_one_digit", { digit: name(digit), versus: runnerUp });
  button.onclick = () => choose({ "why-digit": digit, "why-versus": versus === null ? runnerUp : undefined });
}
