// Why: which pixels mattered to the answer, by several methods, for one digit or for one rather than another.

import { drawCurves } from "../shared/curves.js";
import { $, make } from "../shared/dom.js";
import { decodeBytes, signedColor } from "../shared/pixels.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { ask, showCurrent, teach, view } from "./shell.js";

export function createWhy() {
  const CELL = 20;
  const CURVES_OF = { own: "var(--accent)", random: "var(--muted)", darkness: "var(--digit-1)" };
  const known = new Map(); // what can explain each model, by its name
  let shown = null; // { answer, values, image } of the map that is drawn
  let place = null; // row and column that are looked at

  // Logits of a drawing are tens, a pixel's share of them may be a hundredth.
  const size = (value) => (Math.abs(value) < 0.995 && value !== 0 ? Number(Math.abs(value).toPrecision(2)).toString() : Math.abs(value).toFixed(2));
  const signed = (value) => `${value < 0 ? "\u2212" : "+"}${size(value)}`;
  const plain = (value, digits = 1) => `${value < 0 ? "\u2212" : ""}${Math.abs(value).toFixed(digits)}`;
  const digitOf = (text) => (/^[0-9]$/.test(text ?? "") ? Number(text) : null);

  async function methodsOf(model, isCurrent) {
    if (!known.has(model)) {
      const answer = await ask("list_explanations", { model }, isCurrent);
      if (!answer) return null;
      known.set(model, answer);
    }
    return known.get(model);
  }

  function readChoice(list, subject) {
    const named = list.methods.find(({ name }) => name === view.now["why-method"]) ?? list.methods[0];
    const method = named.isPossible ? named : list.methods[0];
    const digit = digitOf(view.now["why-digit"]) ?? subject.answer.verdict.labels[0];
    const versus = digitOf(view.now["why-versus"]);
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
    const digits = Array.from({ length: 10 }, (_, label) => label);
    $("#why-digit").replaceChildren(...digits.map((label) => new Option(label, label)));
    $("#why-digit").value = digit;
    const others = digits.filter((label) => label !== digit).map((label) => new Option(label, label));
    $("#why-versus").replaceChildren(new Option(t("why_versus_none"), ""), ...others);
    $("#why-versus").value = versus ?? "";
    $("#why-baseline").replaceChildren(...list.baselines.map((name) => new Option(t(`why_baseline_${name}`), name)));
    $("#why-baseline").value = baseline;
    $("#why-baseline-field").hidden = !method.hasBaseline;
  }

  async function show(subject, isCurrent) {
    const list = await methodsOf(subject.model, isCurrent);
    if (!list) return;
    const choice = readChoice(list, subject);
    fillFields(list, choice);
    showFigures(list.figures, choice);
    $("#why-sentence").textContent = `${choice.isInstead ? t("why_instead") : ""} ${t(`why_${choice.method.name}`)}`.trim();
    $("#why-stage").classList.add("stale");
    const { method, digit, versus, baseline } = choice;
    const { image, model } = subject;
    const answer = await ask("explain_answer", { image, model, method: method.name, digit, versus, baseline }, isCurrent);
    if (!answer) return;
    $("#why-stage").classList.remove("stale");
    showAnswer(answer, choice, image);
  }

  function showAnswer(answer, { method, digit, versus, baseline }, image) {
    shown = { values: new Float32Array(decodeBytes(answer.attribution).buffer), image: decodeBytes(image), name: method.name };
    shown.largest = shown.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    drawMap();
    const asked = versus === null ? t("why_asked", { digit }) : t("why_asked_versus", { digit, versus });
    $("#why-question").textContent = asked;
    const target = versus === null ? t("why_target", { digit }) : t("why_target_versus", { digit, versus });
    const strongest = shown.values.indexOf(shown.values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
    showRunnerUp(answer);
    const found = {
      target, digit,
      value: plain(answer.value), largest: signed(shown.values[strongest]), most: size(shown.largest),
      row: Math.floor(strongest / 28) + 1, column: (strongest % 28) + 1,
      sum: plain(answer.sum, 2), without: plain(answer.without ?? 0), rise: plain(answer.value - (answer.without ?? 0), 2),
      baseline: t(`why_baseline_${baseline}`),
    };
    $("#why-found").textContent = t(`why_found_${method.name}`, found);
    $("#why-map").setAttribute("aria-label", t("why_map_label", { ...found, asked }));
    $("#why-low").textContent = t("why_against", { value: signed(-shown.largest) });
    $("#why-zero").textContent = "0";
    $("#why-high").textContent = t("why_for", { value: signed(shown.largest) });
    showPixel();
    teach("why", { ...found, method: t(`why_name_${method.name}`) });
  }

  // The map over the drawing, whose outline stays in sight under strong colours.
  function drawMap() {
    const { values, image, largest } = shown;
    const context = $("#why-map").getContext("2d");
    values.forEach((value, index) => {
      const [x, y] = [(index % 28) * CELL, Math.floor(index / 28) * CELL];
      const grey = Math.round(image[index] * 0.42);
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      context.fillRect(x, y, CELL, CELL);
      const [red, green, blue, opacity] = signedColor(largest ? value / largest : 0);
      context.fillStyle = `rgb(${red} ${green} ${blue} / ${opacity / 255})`;
      context.fillRect(x, y, CELL, CELL);
    });
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.beginPath();
    const isInk = (row, column) => row >= 0 && column >= 0 && row < 28 && column < 28 && image[row * 28 + column] >= 128;
    for (let row = 0; row <= 28; row += 1) {
      for (let column = 0; column <= 28; column += 1) {
        if (isInk(row, column) !== isInk(row - 1, column)) line(context, column, row, column + 1, row);
        if (isInk(row, column) !== isInk(row, column - 1)) line(context, column, row, column, row + 1);
      }
    }
    context.stroke();
    if (place) {
      context.lineWidth = 4;
      context.strokeStyle = "#ffe14d";
      context.strokeRect(place[1] * CELL, place[0] * CELL, CELL, CELL);
    }
  }

  function line(context, x0, y0, x1, y1) {
    context.moveTo(x0 * CELL, y0 * CELL);
    context.lineTo(x1 * CELL, y1 * CELL);
  }

  function showPixel() {
    if (!place || !shown) {
      $("#why-pixel").textContent = t("why_pixel_hint");
      return;
    }
    const index = place[0] * 28 + place[1];
    $("#why-pixel").textContent = t("why_pixel", {
      row: place[0] + 1, column: place[1] + 1, value: signed(shown.values[index]), ink: Math.round(shown.image[index] / 2.55),
    });
  }

  function lookAt(next) {
    if (!shown) return;
    place = next;
    drawMap();
    showPixel();
  }

  function showRunnerUp({ digit, versus, runnerUp }) {
    const button = $("#why-runner-up");
    button.textContent = versus === null ? t("why_runner_up", { digit, versus: runnerUp }) : t("why_one_digit", { digit });
    button.onclick = () => choose({ "why-versus": versus === null ? runnerUp : undefined });
  }

  const entryOf = ({ method, baseline }) => (method.hasBaseline ? `${method.name}/${baseline}` : method.name);

  function showFigures(figures, choice) {
    const own = figures?.methods[entryOf(choice)];
    $("#why-figures").hidden = !own;
    if (!own) {
      $("#why-measured").textContent = t("why_not_measured");
      return;
    }
    const area = (value) => value.toFixed(2);
    const order = (name) => figures.methods[`${name}/${own.replacement}`];
    const values = { images: figures.num_images, deletion: area(own.deletion.area), insertion: area(own.insertion.area) };
    for (const name of figures.orders) {
      values[`deletion_${name}`] = area(order(name).deletion.area);
      values[`insertion_${name}`] = area(order(name).insertion.area);
    }
    const said = ["why_measured", own.is_better ? "why_better" : "why_not_better", ...(figures.isOwn ? [] : ["why_same_recipe"])];
    $("#why-measured").textContent = said.map((key) => t(key, values)).join(" ");
    for (const kind of ["deletion", "insertion"]) {
      const curve = (color, of) => ({ label: "", color, values: of[kind].curve });
      drawCurves($(`#why-${kind}`), {
        x: figures.shares,
        curves: [
          curve(CURVES_OF.random, order("random")), curve(CURVES_OF.darkness, order("darkness")), curve(CURVES_OF.own, own),
        ],
        xLabel: t("why_share"),
        format: (share) => `${Math.round(share * 100)} %`,
      });
    }
    $("#why-legend").replaceChildren(...Object.entries(CURVES_OF).map(([name, color]) => {
      const entry = make("span", { textContent: t(`why_order_${name}`) });
      entry.style.setProperty("--color", color);
      return entry;
    }));
    showTable(figures);
  }

  function nameEntry(entry) {
    const [method, baseline] = entry.split("/");
    if (method === "random" || method === "darkness") return `${t(`why_order_${method}`)}, ${t(`why_replaced_${baseline}`)}`;
    return baseline ? `${t(`why_name_${method}`)}, ${t(`why_baseline_${baseline}`)}` : t(`why_name_${method}`);
  }

  function showTable(figures) {
    const single = figures.single;
    const rows = Object.entries(figures.methods).map(([entry, { replacement, deletion, insertion, is_better: isBetter }]) => [
      nameEntry(entry), t(`why_replaced_${replacement}`), deletion.area.toFixed(3), insertion.area.toFixed(3),
      isBetter === undefined ? "" : t(isBetter ? "why_yes" : "why_no"),
      `${single[entry].deletion.area.toFixed(3)} / ${single[entry].insertion.area.toFixed(3)}`,
    ]);
    const head = ["method", "replaced", "deletion", "insertion", "better", "single"].map((key) => t(`why_column_${key}`));
    $("#why-table").replaceChildren(drawTable(t("why_figures"), { head, rows }));
    const worse = Object.entries(single).filter(([, { is_better: isBetter }]) => isBetter === false).map(([entry]) => nameEntry(entry));
    $("#why-single").textContent = worse.length ? t("why_single", { names: worse.join("; ") }) : "";
  }

  function choose(changes) {
    view.set(changes);
    showCurrent();
  }

  const placeAt = (event) => {
    const box = $("#why-map").getBoundingClientRect();
    const within = (value) => Math.min(27, Math.max(0, Math.floor(value * 28)));
    return [within((event.clientY - box.top) / box.height), within((event.clientX - box.left) / box.width)];
  };
  $("#why-map").addEventListener("pointermove", (event) => lookAt(placeAt(event)));
  $("#why-map").addEventListener("pointerdown", (event) => lookAt(placeAt(event)));
  $("#why-map").addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [row, column] = place ?? [14, 14];
    const within = (value) => Math.min(27, Math.max(0, value));
    lookAt([within(row + by[0]), within(column + by[1])]);
  });
  $("#why-method").addEventListener("change", ({ target }) => choose({ "why-method": target.value }));
  $("#why-digit").addEventListener("change", ({ target }) => choose({ "why-digit": target.value }));
  $("#why-versus").addEventListener("change", ({ target }) => choose({ "why-versus": target.value || undefined }));
  $("#why-baseline").addEventListener("change", ({ target }) => choose({ "why-baseline": target.value }));

  return { show };
}
