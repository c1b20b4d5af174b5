// Layers as blocks hold them: { kind, options }, and as the server takes them: calls of keras.layers.

const ACTIVATIONS = ["relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh"];
export const CHOICES = { padding: ["valid", "same"], activation: ["", ...ACTIVATIONS] };
const ABSENT = { strides: 1, padding: "valid", activation: "" }; // what Keras takes where nothing is said

// What each kind lets people change, with what a new layer of it begins.
export const KINDS = {
  Conv2D: { filters: 16, kernel_size: 3, strides: 1, padding: "valid", activation: "relu" },
  MaxPooling2D: { pool_size: 2 },
  AveragePooling2D: { pool_size: 2 },
  GlobalAveragePooling2D: {},
  Flatten: {},
  Dense: { units: 64, activation: "relu" },
  Dropout: { rate: 0.25 },
  SpatialDropout2D: { rate: 0.1 },
  BatchNormalization: {},
  Activation: { activation: "relu" },
};

export const makeLayer = (kind) => ({ kind, options: { ...KINDS[kind] } });

// The fields of a layer: pairs of a name and its value.
export const fieldsOf = ({ kind, options }) => (
  Object.keys(KINDS[kind] ?? {}).map((name) => [name, options[name] ?? ABSENT[name]]));

export const choicesOf = (kind, name) => (kind === "Activation" ? ACTIVATIONS : CHOICES[name]);

// A value as it was typed; undefined where no number is meant.
export function parseOption(name, text) {
  if (CHOICES[name]) return text || null;
  const number = Number(text.trim().replace(",", "."));
  return text.trim() && Number.isFinite(number) ? number : undefined;
}

const writeValue = (value) => ({ true: "True", false: "False", null: "None" }[value] ?? JSON.stringify(value));

export const writeLayer = ({ kind, options }) => (
  `${kind}(${Object.entries(options).map(([name, value]) => `${name}=${writeValue(value)}`).join(", ")})`);

export const isMeant = ({ options }) => Object.values(options).every((value) => value !== undefined);

// The list with the layer at `from` in the place `to`; the same where that is no place.
export function moveLayer(layers, from, to) {
  if (to < 0 || to >= layers.length) return layers;
  const moved = layers.toSpliced(from, 1);
  moved.splice(to, 0, layers[from]);
  return moved;
}
