// What of a recipe can be changed: a field for each value, and the changes that they hold.

import { $, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

const GROUPS = {
  learning: ["epochs", "batch_size", "optimizer", "learning_rate", "schedule", "limit", "label_noise"],
  network: ["filters", "kernel", "pooling", "pool_size", "dense_units", "dropout", "activation"],
  augmentation: ["rotation", "scale", "stretch", "shear", "shift", "elastic", "thickness", "damage", "flip_horizontal", "flip_vertical"],
};
const CHOICES = {
  optimizer: ["adam", "adamw", "rmsprop", "sgd", "momentum"],
  schedule: ["constant", "cosine", "exponential"],
  pooling: ["max", "average"],
  activation: ["relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh"],
};
const LISTS = ["filters", "dense_units"];
export const AUGMENTATIONS = GROUPS.augmentation;

// What a visitor has typed: undefined where it cannot be meant. An empty number is none.
export function parseField(name, text) {
  if (CHOICES[name]) return text;
  const trimmed = text.trim();
  if (LISTS.includes(name)) {
    const parts = trimmed.split(/[\s,;]+/).filter(Boolean);
    return parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : undefined;
  }
  if (!trimmed) return null;
  const number = Number(trimmed.replace(",", "."));
  return Number.isFinite(number) ? number : undefined;
}

export const writeField = (value) => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));

// Fields in `root`; onChange() is called when one was changed.
export function createFields(root, onChange) {
  let recipe = null;
  const inputs = new Map();
  let isNetworkOut = false; // what the fields say of the network does not count

  const counted = () => [...inputs].filter(([name]) => !(isNetworkOut && GROUPS.network.includes(name)));

  function build(next) {
    recipe = next;
    isNetworkOut = false;
    inputs.clear();
    root.replaceChildren(...Object.entries(GROUPS).map(([group, names]) => {
      const own = names.filter((name) => name in recipe.changeable);
      const fieldset = make("fieldset", { hidden: !own.length, name: group }, make("legend", { textContent: t(`train_group_${group}`) }));
      fieldset.append(...own.map(makeField));
      return fieldset;
    }));
  }

  function makeField(name) {
    const value = writeField(recipe.changeable[name]);
    const input = CHOICES[name]
      ? make("select", {}, ...CHOICES[name].map((choice) => new Option(choice, choice)))
      : make("input", { type: "text", inputMode: LISTS.includes(name) ? "text" : "decimal", autocomplete: "off" });
    Object.assign(input, { value, name });
    input.addEventListener(CHOICES[name] ? "change" : "input", () => {
      mark(name, input);
      onChange(name);
    });
    inputs.set(name, input);
    return make("label", {}, t(`train_field_${name}`), input);
  }

  const isChanged = (name, input) => (
    JSON.stringify(parseField(name, input.value)) !== JSON.stringify(recipe.changeable[name] ?? null));

  function mark(name, input) {
    input.setAttribute("aria-invalid", parseField(name, input.value) === undefined);
    input.classList.toggle("changed", isChanged(name, input));
  }

  return {
    show: build,
    // Puts values into their fields, as those of a pasted network.
    fill(changes) {
      for (const [name, value] of Object.entries(changes)) {
        const input = inputs.get(name);
        if (!input) continue;
        input.value = writeField(value);
        mark(name, input);
      }
    },
    // The layers are given one by one: fields for all of them at once have no effect.
    leaveOutNetwork(isOut) {
      isNetworkOut = isOut;
      const group = root.querySelector('[name="network"]');
      group.hidden = isOut || !GROUPS.network.some((name) => inputs.has(name));
    },
    get changes() {
      const changed = counted().filter(([name, input]) => isChanged(name, input));
      return Object.fromEntries(changed.map(([name, input]) => [name, parseField(name, input.value)]));
    },
    get isWrong() { return counted().some(([name, input]) => parseField(name, input.value) === undefined); },
  };
}

export const chosenRecipe = (recipes) => recipes.find(({ name }) => name === $("#train-recipe").value);
