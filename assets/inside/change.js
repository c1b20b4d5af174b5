// The smallest change found that flips the answer: one family after another, the cheapest result large.

import { $, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { ask, putOnPad, showCurrent, teach } from "./shell.js";

export function createChange() {
  const KINDS = ["close", "open", "add", "erase", "turn", "shear", "stretch", "thickness"];
  const CELL = 12;
  // The pictures are black in light and dark.
  const ADDED = "147, 165, 255";
  const REMOVED = "#ff5a4d";
  const pictures = Object.fromEntries(["before", "edited", "after"].map((name) => {
    const figure = $(`#change-pictures [data-picture="${name}"]`);
    return [name, { figure, canvas: figure.querySelector("canvas"), caption: figure.querySelector("figcaption") }];
  }));
  let wanted = null; // the digit that the visitor meant
  let chosen = null; // the family whose change is shown large; null for the cheapest
  let drawing = null; // the image that `wanted` and `chosen` belong to
  let searches = { of: null, results: [] }; // by image, model and wanted digit: kept when only the texts change

  const meant = [null, ...Array(10).keys()].map((label) => {
    const button = make("button", { type: "button", textContent: label ?? t("change_any") });
    if (label !== null) button.style.setProperty("--digit-color", digitColor(label));
    button.addEventListener("click", () => {
      [wanted, chosen] = [label, null];
      showCurrent();
    });
    $("#change-meant").append(button);
    return button;
  });

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
    while (results.length < KINDS.length) {
      const family = KINDS[results.length];
      const answer = await ask("find_smallest_change", { ...question, family }, isCurrent, "change_busy");
      if (!isCurrent()) return;
      if (!answer) return tellProgress("");
      results.push(answer);
      render(subject, results);
    }
  }

  // One of the images that were predicted is the drawing itself.
  const countEdited = ({ tried }) => tried - 1;
  const readLabel = ({ answer }) => (answer.verdict.kind === "refused" ? null : answer.verdict.labels[0]);

  function tellProgress(text) {
    $("#change-progress").textContent = text;
  }

  function render(subject, results) {
    const isDone = results.length === KINDS.length;
    const tried = results.reduce((sum, result) => sum + countEdited(result), 0);
    const found = results.filter(({ change }) => change).sort((one, other) => one.change.cost - other.change.cost);
    const best = found.find(({ family }) => family === chosen) ?? found[0];
    tellProgress(isDone
      ? t("change_done", { tried: tried.toLocaleString(), found: found.length, total: KINDS.length })
      : t("change_searching", { number: results.length + 1, total: KINDS.length, family: t(`change_family_${KINDS[results.length]}`) }));
    renderBest(subject, best, isDone);
    renderFound(subject, found, best);
    const none = results.filter(({ change }) => !change);
    $("#change-none-title").hidden = !none.length;
    $("#change-none").replaceChildren(...none.map((result) => make("li", { textContent: describeNone(result) })));
    if (isDone) teachThis(subject, found[0], tried);
  }

  function renderBest(subject, best, isDone) {
    $("#change-pictures").hidden = $("#change-below").hidden = !best;
    const target = wanted !== null ? t("change_wanted", { wanted })
      : t(readLabel(subject) === null ? "change_accepted" : "change_otherwise");
    $("#change-sentence").textContent = best ? describe(best) : isDone ? t("change_nothing_found", { target }) : "";
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

  function caption({ caption, canvas }, label, probabilities) {
    const top = probabilities.indexOf(Math.max(...probabilities));
    const text = label === null
      ? t("change_refused")
      : t("change_reads", { percent: percent(probabilities[top], t("over_99")) });
    const digit = make("b", { textContent: label ?? "?" });
    if (label !== null) digit.style.setProperty("--digit-color", digitColor(label));
    caption.replaceChildren(digit, ` ${text}`);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", caption.textContent);
  }

  function renderFound(subject, found, best) {
    $("#change-found-title").hidden = !found.length;
    const hasFocus = $("#change-found").contains(document.activeElement);
    $("#change-found").replaceChildren(...found.map((result) => {
      const canvas = make("canvas", { width: 28 * CELL, height: 28 * CELL });
      paintDifference(canvas, subject.image, result.change.edited);
      const words = make("span", {}, describe(result), make("small", {
        textContent: t("change_cost", { cost: percentOfInk(result.change.cost) }),
      }));
      const button = make("button", { type: "button" }, canvas, words);
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

  function describe({ unit, change }) {
    const size = Math.abs(change.amount);
    return t(`change_said_${change.effect}`, {
      amount: size.toFixed(unit === "percent" || (unit === "degrees" && size >= 10) ? 0 : 1),
      place: change.place && t(`change_place_${change.place}`),
      label: change.label,
    });
  }

  function describeNone({ family, lowest, highest, isComplete, ...search }) {
    const tried = countEdited(search);
    if (!tried) return t("change_impossible", { family: t(`change_family_${family}`) });
    const range = t(`change_range_${family}`, { lowest: Math.abs(lowest).toFixed(0), highest: highest.toFixed(0) });
    return t(isComplete ? "change_tried" : "change_stopped", { range, tried: tried.toLocaleString() });
  }

  const percentOfInk = (cost) => (cost < 0.1 ? (cost * 100).toFixed(1) : Math.round(cost * 100));

  // Ink that comes is filled, ink that goes is outlined.
  function paintDifference(canvas, before, after) {
    const context = canvas.getContext("2d");
    const [from, to] = [decodeBytes(before), decodeBytes(after)];
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const fill = (index, color) => {
      context.fillStyle = color;
      context.fillRect((index % 28) * CELL, Math.floor(index / 28) * CELL, CELL, CELL);
    };
    from.forEach((value, index) => {
      if (value) fill(index, `rgb(${value}, ${value}, ${value})`);
      if (to[index] > value + 8) fill(index, `rgba(${ADDED}, ${(to[index] - value) / 255})`);
    });
    outline(context, (x, y) => x >= 0 && y >= 0 && x < 28 && y < 28 && from[y * 28 + x] - to[y * 28 + x] > 64);
  }

  function outline(context, isGone) {
    context.strokeStyle = REMOVED;
    context.lineWidth = 3;
    context.beginPath();
    for (let y = 0; y <= 28; y += 1) {
      for (let x = 0; x <= 28; x += 1) {
        if (isGone(x, y) !== isGone(x - 1, y)) {
          context.moveTo(x * CELL, y * CELL);
          context.lineTo(x * CELL, (y + 1) * CELL);
        }
        if (isGone(x, y) !== isGone(x, y - 1)) {
          context.moveTo(x * CELL, y * CELL);
          context.lineTo((x + 1) * CELL, y * CELL);
        }
      }
    }
    context.stroke();
  }

  function teachThis(subject, best, tried) {
    const label = readLabel(subject);
    const share = percent(subject.answer.probabilities[label ?? 0], t("over_99"));
    const none = wanted === null
      ? { result: t("change_lesson_none"), moral: t("change_lesson_firm") }
      : { result: t("change_lesson_none_wanted", { wanted }) };
    teach("change", {
      tried: tried.toLocaleString(),
      total: KINDS.length,
      reading: label === null ? t("change_lesson_refused") : t("change_lesson_reads", { label, percent: share }),
      ...(best ? {
        result: t("change_lesson_found", { sentence: describe(best), cost: percentOfInk(best.change.cost) }),
        moral: t("change_lesson_moral"),
      } : none),
    });
  }

  $("#change-put").addEventListener("click", ({ currentTarget }) => putOnPad(currentTarget.dataset.image));

  return { show };
}
