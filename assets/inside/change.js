// The smallest change found that flips the answer: one family after another, the cheapest result large.

import { $, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { makeDifference, paintDifference } from "./change_pictures.js";
import { countEdited, describeChange, describeNone, percentOfInk } from "./change_words.js";
import { ask, putOnPad, showCurrent, showState, teach } from "./shell.js";

const FAMILIES = ["close", "open", "add", "erase", "turn", "shear", "stretch", "thickness"];

export function createChange() {
  const pictures = Object.fromEntries(["before", "edited", "after"].map((name) => {
    const figure = $(`#change-pictures [data-picture="${name}"]`);
    return [name, { canvas: figure.querySelector("canvas"), caption: figure.querySelector("figcaption") }];
  }));
  const meant = offerDigits((label) => {
    [wanted, chosen] = [label, null];
    showCurrent();
  });
  let wanted = null; // the digit that the visitor meant
  let chosen = null; // the family whose change is shown large; null for the cheapest
  let drawing = null; // the image that `wanted` and `chosen` belong to
  let searches = { of: null, results: [] }; // by image, model and wanted digit: kept when only the texts change

  async function show(subject, isCurrent) {
    if (drawing !== subject.image) [drawing, wanted, chosen] = [subject.image, null, null];
    const label = readLabel(subject);
    if (wanted === label) wanted = null;
    meant.forEach((button, index) => {
      const digit = index === 0 ? null : index - 1;
      button.setAttribute("aria-pressed", digit === wanted);
      button.disabled = digit !== null && digit === label;
    });
    const question = { image: subject.image, model: subject.model, ...(wanted !== null && { wanted }) };
    const of = JSON.stringify(question);
    if (searches.of !== of) searches = { of, results: [] };
    const { results } = searches;
    render(subject, results);
    while (results.length < FAMILIES.length) {
      const family = FAMILIES[results.length];
      const answer = await ask("find_smallest_change", { ...question, family }, isCurrent, tellState);
      if (!isCurrent()) return;
      if (!answer) return tellProgress("");
      results.push(answer);
      render(subject, results);
    }
  }

  function tellState(state, answer) {
    if (state === "pending") tellProgress(t("change_busy"));
    else showState(state, answer);
  }

  function render(subject, results) {
    const isDone = results.length === FAMILIES.length;
    const tried = results.reduce((sum, result) => sum + countEdited(result), 0);
    const found = results.filter(({ change }) => change).sort((one, other) => one.change.cost - other.change.cost);
    const best = found.find(({ family }) => family === chosen) ?? found[0];
    const total = FAMILIES.length;
    const family = t(`change_family_${FAMILIES[results.length]}`);
    tellProgress(isDone
      ? t("change_done", { tried: tried.toLocaleString(), found: found.length, total })
      : t("change_searching", { number: results.length + 1, total, family }));
    renderBest(subject, best, isDone);
    renderFound(subject, found, best);
    const none = results.filter(({ change }) => !change);
    $("#change-none-title").hidden = !none.length;
    $("#change-none").replaceChildren(...none.map((result) => make("li", { textContent: describeNone(result) })));
    if (isDone) teachChange(subject, found[0], tried, wanted);
  }

  function renderBest(subject, best, isDone) {
    $("#change-pictures").hidden = $("#change-below").hidden = !best;
    const target = wanted !== null ? t("change_wanted", { wanted })
      : t(readLabel(subject) === null ? "change_accepted" : "change_otherwise");
    const nothing = isDone ? t("change_nothing_found", { target }) : "";
    $("#change-sentence").textContent = best ? describeChange(best) : nothing;
    if (!best) return;
    const { change } = best;
    paintPixels(pictures.before.canvas, decodeBytes(subject.image));
    paintPixels(pictures.after.canvas, decodeBytes(change.image));
    paintDifference(pictures.edited.canvas, subject.image, change.edited);
    caption(pictures.before, best.label, best.probabilities);
    caption(pictures.after, change.label, change.probabilities);
    const tool = { close: "pen", add: "pen", open: "eraser", erase: "eraser" }[best.family];
    $("#change-detail").textContent = t(tool ? `change_detail_${tool}` : "change_detail", {
      cost: percentOfInk(change.cost), length: Math.round(change.amount),
    });
    $("#change-put").dataset.image = change.image;
  }

  function renderFound(subject, found, best) {
    $("#change-found-title").hidden = !found.length;
    const hasFocus = $("#change-found").contains(document.activeElement);
    $("#change-found").replaceChildren(...found.map((result) => {
      const cost = t("change_cost", { cost: percentOfInk(result.change.cost) });
      const words = make("span", {}, describeChange(result), make("small", { textContent: cost }));
      const button = make("button", { type: "button" }, makeDifference(subject.image, result.change.edited), words);
      button.dataset.family = result.family;
      button.setAttribute("aria-pressed", result === best);
      button.addEventListener("click", () => {
        chosen = result.family;
        showCurrent();
      });
      return button;
    }));
    if (hasFocus) $('#change-found [aria-pressed="true"]')?.focus();
  }

  $("#change-put").addEventListener("click", ({ currentTarget }) => putOnPad(currentTarget.dataset.image));

  return { show };
}

// The digit that was read; null where the drawing was taken for none.
const readLabel = ({ answer }) => (answer.verdict.kind === "refused" ? null : answer.verdict.labels[0]);

// Buttons for any digit and for each; onChoose(label) with null for any.
function offerDigits(onChoose) {
  return [null, ...Array(10).keys()].map((label) => {
    const button = make("button", { type: "button", textContent: label ?? t("change_any") });
    if (label !== null) button.style.setProperty("--digit-color", digitColor(label));
    button.addEventListener("click", () => onChoose(label));
    $("#change-meant").append(button);
    return button;
  });
}

function tellProgress(text) {
  $("#change-progress").textContent = text;
}

function caption({ caption: node, canvas }, label, probabilities) {
  const top = Math.max(...probabilities);
  const text = label === null ? t("change_refused") : t("change_reads", { percent: percent(top, t("over_99")) });
  const digit = make("b", { textContent: label ?? "?" });
  if (label !== null) digit.style.setProperty("--digit-color", digitColor(label));
  node.replaceChildren(digit, ` ${text}`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", node.textContent);
}

function teachChange(subject, best, tried, wanted) {
  const label = readLabel(subject);
  const share = percent(subject.answer.probabilities[label ?? 0], t("over_99"));
  const none = wanted === null
    ? { result: t("change_lesson_none"), moral: t("change_lesson_firm") }
    : { result: t("change_lesson_none_wanted", { wanted }) };
  teach("change", {
    tried: tried.toLocaleString(),
    total: FAMILIES.length,
    reading: label === null ? t("change_lesson_refused") : t("change_lesson_reads", { label, percent: share }),
    ...(best ? {
      result: t("change_lesson_found", { sentence: describeChange(best), cost: percentOfInk(best.change.cost) }),
      moral: t("change_lesson_moral"),
    } : none),
  });
}
