// The fold-out where a recipe is changed: its network, the time it takes, and the same as code.

import { $, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { call } from "../shared/server.js";
import { fillTexts, t, tellError } from "../shared/texts.js";
import { createBlocks } from "./blocks.js";
import { createCodes } from "./codes.js";
import { AUGMENTATIONS, chosenRecipe, createFields } from "./fields.js";
import { createPreview } from "./preview.js";
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
  <div id="train-layer" hidden>
    <fieldset id="train-layer-fields"></fieldset>
    <div class="train-layer-do"><button type="button" id="train-earlier" data-text="train_earlier"></button><button type="button" id="train-later" data-text="train_later"></button><button type="button" id="train-remove" data-text="train_remove"></button></div>
  </div>
  <div class="train-layer-do">
    <label><span data-text="train_add_kind"></span><select id="train-add-kind"></select></label><button type="button" id="train-add" data-text="train_add"></button>
    <button type="button" id="train-layers-reset" data-text="train_layers_reset" hidden></button>
  </div>
  <p id="train-blocks-hint" class="muted"><span data-text="train_blocks_hint"></span> <span class="keys" data-text="train_blocks_keys"></span></p>
  <p id="train-sum" role="status"></p>
  <div id="train-preview" hidden><h3 data-text="train_preview"></h3><div id="train-previews"></div><button type="button" id="train-preview-more" data-text="train_preview_more"></button></div>
  <div id="train-codes"></div>
`;

// onValid(isValid) hears whether what is chosen can be trained.
export function createChange(onValid) {
  const root = $("#train-change");
  root.append(make("div", { className: "train-change", innerHTML: PANEL }));
  fillTexts(root);
  const fields = createFields($("#train-fields"), onField);
  const network = createLive({ name: "check_network", nextQuestion: () => question(), onAnswer: showNetwork });
  const preview = createPreview(nextPreview);
  const blocks = createBlocks(onLayers);
  const codes = createCodes($("#train-codes"));
  let recipes = [];

  function onField(name) {
    refresh();
    if (AUGMENTATIONS.includes(name)) preview.request();
  }

  function onLayers() {
    fields.leaveOutNetwork(Boolean(blocks.layers));
    refresh();
  }

  function changes() {
    const { layers } = blocks;
    return { ...fields.changes, ...(layers && { layers }) };
  }

  function refresh() {
    const isChanged = Object.keys(changes()).length > 0 || Boolean($("#train-from").value);
    $("#train-reset").disabled = !isChanged;
    $("#train-freeze-field").hidden = !$("#train-from").value;
    if (isWrong()) return refuse(t("train_not_a_number"), blocks.wrong < 0 ? null : blocks.wrong);
    network.request();
  }

  const isWrong = () => fields.isWrong || blocks.wrong >= 0;

  function refuse(text, place = null, layer = "") {
    $("#train-network-problem").textContent = text;
    $("#train-network-problem").hidden = !text;
    if (text) blocks.refuse(place, layer);
    for (const follows of ["#train-sum", "#train-codes"]) $(follows).hidden = Boolean(text);
    onValid(!text);
  }

  // What `check_network` and `begin_training` are asked; null while nothing is known.
  function question() {
    const recipe = chosenRecipe(recipes);
    if (!recipe) return null;
    const model = $("#train-from").value;
    const freeze = $("#train-freeze").value.split(/[\s,]+/).filter(Boolean);
    return { recipe: recipe.name, changes: changes(), ...(model && { start: { model, freeze } }) };
  }

  function showNetwork(answer) {
    if (network.isWanted || isWrong()) return; // it was changed since
    if (!answer.ok) return refuse(tellError(answer), answer.place, answer.message?.values.layer);
    blocks.show(answer.layers);
    refuse("");
    $("#train-sum").textContent = t("train_sum", {
      parameters: answer.parameters.toLocaleString(), time: tellSeconds(answer.seconds),
    });
    codes.show(answer, chosenRecipe(recipes).name);
  }

  function nextPreview() {
    const values = Object.fromEntries(AUGMENTATIONS.map((name) => [name, fields.changes[name] ?? chosenRecipe(recipes)?.changeable[name] ?? 0]));
    return !fields.isWrong && root.open && Object.values(values).some(Boolean) ? values : null;
  }

  function showRecipe() {
    const recipe = chosenRecipe(recipes);
    if (!recipe) return;
    fields.show(recipe);
    blocks.reset();
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

  return {
    question,
    setRecipes(next) {
      recipes = next;
      showRecipe();
    },
    // Takes the network of pasted code, and how that trains it.
    use({ layers, changes: found }) {
      fields.fill(found);
      blocks.use(layers);
    },
  };
}
