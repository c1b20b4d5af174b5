// The fields of one layer.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { choicesOf, fieldsOf, parseOption } from "./layers.js";

// Fields in `root`; onChange(name, value) is called when one of its options was changed.
export function createLayerFields(root, onChange) {
  function makeField(kind, name, value) {
    const choices = choicesOf(kind, name);
    const input = choices
      ? make("select", {}, ...choices.map((choice) => new Option(choice || t("train_layer_none"), choice)))
      : make("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
    Object.assign(input, { value: String(value), name: `layer-${name}` });
    input.addEventListener(choices ? "change" : "input", () => {
      const parsed = parseOption(name, input.value);
      input.setAttribute("aria-invalid", parsed === undefined);
      onChange(name, parsed);
    });
    return make("label", {}, t(`train_layer_${name}`), input);
  }

  return {
    show(layer) {
      const legend = make("legend", { textContent: layer.name || t(`train_kind_${layer.kind}`) });
      root.replaceChildren(legend, ...fieldsOf(layer).map(([name, value]) => makeField(layer.kind, name, value)));
    },
  };
}
