// The fold-out where a recipe is changed: its network, the time it takes, and the same as a command line and Keras code.

import { $, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { call } from "../shared/server.js";
import { fillTexts, t, tellError } from "../shared/texts.js";
import { AUGMENTATIONS, chosenRecipe, copyText, createFields } from "./fields.js";
import { tellSeconds } from "./words.js";

const PANEL = `
  <div id="train-fields"></div>
  <div class="train-start-from">
    <label><span data-text="train_from"></span><select id="train-from"></select></label>
    <label id="train-freeze-field" hidden><span data-text="train_freeze"></span><input type="text" id="train-freeze" autocomplete="off" placeholder="conv*"></label>
    <button type="button" id="train-reset" data-text="train_reset" disabled></button>
  </div>
  <h3 data-text="train_network"></h3>
  <p id="train-network-problem" role="alert" hidden></p>
  <ol id="train-blocks"></ol>
  <p id="train-sum" role="status"></p>
  <div id="train-preview" hidden><h3 data-text="train_preview"></h3><div id="train-previews"></div><button type="button" id="train-preview-more" data-text="train_preview_more"></button></div>
  <div class="train-codes">
    <section><h3><span data-text="train_command"></span><button type="button" class="copy" data-text="train_copy"></button></h3><pre id="train-command" tabindex="0"></pre></section>
    <section><h3><span data-text="train_keras"></span><button type="button" class="copy" data-text="train_copy"></button></h3><pre id="train-keras" tabindex="0"></pre></section>
  </div>
`;

// onValid(isValid) hears whether what is chosen can be trained.
export function createChange(onValid) {
  const root = $("#train-change");
  root.append(make("div", { className: "train-change", innerHTML: PANEL }));
  fillTexts(root);
  const fields = createFields($("#train-fields"), onField);
  const network = createLive({ name: "check_network", nextQuestion: () => question(), onAnswer: showNetwork });
  const preview = createLive({ name: "preview_augmentation", nextQuestion: nextPreview, onAnswer: showPreview });
  let recipes = [];
  let seed = 0;

  function onField(name) {
    refresh();
    if (AUGMENTATIONS.includes(name)) preview.request();
  }

  function refresh() {
    const isChanged = Object.keys(fields.changes).length > 0 || Boolean($("#train-from").value);
    $("#train-reset").disabled = !isChanged;
    $("#train-freeze-field").hidden = !$("#train-from").value;
    if (fields.isWrong) return refuse(t("train_not_a_number"));
    network.request();
  }

  function refuse(text, layer = "") {
    $("#train-network-problem").textContent = text;
    $("#train-network-problem").hidden = !text;
    $("#train-blocks").classList.toggle("stale", Boolean(text));
    for (const block of $("#train-blocks").children) block.classList.toggle("refused", Boolean(text) && block.dataset.layer === layer);
    onValid(!text);
  }

  // What `check_network` and `begin_training` are asked; null while nothing is known.
  function question() {
    const recipe = chosenRecipe(recipes);
    if (!recipe) return null;
    const model = $("#train-from").value;
    const freeze = $("#train-freeze").value.split(/[\s,]+/).filter(Boolean);
    return { recipe: recipe.name, changes: fields.changes, ...(model && { start: { model, freeze } }) };
  }

  function showNetwork(answer) {
    if (!answer.ok) return refuse(tellError(answer), answer.message?.values.layer);
    if (fields.isWrong) return;
    $("#train-blocks").replaceChildren(...answer.layers.map(makeBlock));
    refuse("");
    $("#train-sum").textContent = t("train_sum", {
      parameters: answer.parameters.toLocaleString(), time: tellSeconds(answer.seconds),
    });
    $("#train-command").textContent = answer.command;
    $("#train-keras").textContent = answer.keras ?? "";
    $("#train-keras").closest("section").hidden = !answer.keras;
  }

  function nextPreview() {
    const changes = Object.fromEntries(AUGMENTATIONS.map((name) => [name, fields.changes[name] ?? chosenRecipe(recipes)?.changeable[name] ?? 0]));
    const isShown = !fields.isWrong && root.open && Object.values(changes).some(Boolean);
    $("#train-preview").hidden = !isShown;
    return isShown ? { changes, seed } : null;
  }

  function showPreview(answer) {
    if (!answer.ok) return;
    $("#train-previews").replaceChildren(...answer.images.map((image) => {
      const canvas = make("canvas", { width: 28, height: 28 });
      canvas.setAttribute("aria-hidden", "true");
      paintPixels(canvas, decodeBytes(image));
      return canvas;
    }));
  }

  function showRecipe() {
    const recipe = chosenRecipe(recipes);
    if (!recipe) return;
    fields.show(recipe);
    refresh();
    preview.request();
  }

  async function showModels() {
    const answer = await call("describe_models", {});
    if (!answer?.ok) return;
    const chosen = $("#train-from").value;
    $("#train-from").replaceChildren(new Option(t("train_from_nothing"), ""), ...answer.models.map(({ name, label }) => new Option(label, name)));
    $("#train-from").value = answer.models.some(({ name }) => name === chosen) ? chosen : "";
  }

  root.addEventListener("toggle", () => {
    if (!root.open) return;
    showModels();
    refresh();
    preview.request();
  });
  $("#train-recipe").addEventListener("change", showRecipe);
  for (const name of ["#train-from", "#train-freeze"]) $(name).addEventListener("input", refresh);
  $("#train-reset").addEventListener("click", () => {
    $("#train-from").value = $("#train-freeze").value = "";
    showRecipe();
    $("#train-reset").disabled = true;
  });
  $("#train-preview-more").addEventListener("click", () => {
    seed += 1;
    preview.request();
  });
  root.querySelectorAll(".copy").forEach((button) => {
    button.addEventListener("click", () => copyText(button.closest("section").querySelector("pre"), button));
  });

  return {
    question,
    setRecipes(next) {
      recipes = next;
      showRecipe();
    },
  };
}

function makeBlock({ name, kind, options, shape, parameters }) {
  const { filters, kernel_size: kernel, pool_size: pool, units, rate, activation } = options;
  const facts = [filters && `${filters} × ${kernel}×${kernel}`, pool && `${pool}×${pool}`, units, rate && `${rate}`, activation];
  const block = make("li", {},
    make("b", { textContent: name }),
    make("span", { textContent: [kind, ...facts].filter(Boolean).join(" ") }),
    make("span", { className: "shape", textContent: shape.join(" × ") }),
    make("small", { textContent: parameters ? t("train_parameters", { count: parameters.toLocaleString() }) : "" }));
  Object.assign(block.dataset, { layer: name, kind });
  return block;
}
