// The network layer by layer: each can be chosen, changed, moved and removed, and others added.

import { $ } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { createPicture } from "./block_picture.js";
import { createLayerFields } from "./layer_fields.js";
import { isMeant, KINDS, makeLayer, moveLayer, writeLayer } from "./layers.js";

// onChange() is called when there is another network.
export function createBlocks(onChange) {
  let shown = []; // all layers, the output last
  let isOwn = false; // they are no longer those of the recipe
  let chosen = -1;
  let refused = -1;
  const fields = createLayerFields($("#train-layer-fields"), changeOption);
  const picture = createPicture($("#train-blocks"), { choose, keep: (index) => choose(index, true), move, remove });

  const hidden = () => shown.slice(0, -1);

  function draw() {
    picture.draw(shown, chosen, refused);
    $("#train-layer").hidden = chosen < 0;
    $("#train-layers-reset").hidden = !isOwn;
    $("#train-earlier").disabled = chosen <= 0;
    $("#train-later").disabled = chosen >= hidden().length - 1;
  }

  // Chooses a layer; the one that is chosen already is let go.
  function choose(index, isKept = false) {
    chosen = index === chosen && !isKept ? -1 : index;
    draw();
    if (chosen >= 0) fields.show(shown[chosen]);
  }

  function edit(layers) {
    shown = [...layers, shown.at(-1)];
    [isOwn, refused] = [true, -1];
    draw();
    onChange();
  }

  function changeOption(name, value) {
    const layer = shown[chosen];
    edit(hidden().with(chosen, { ...layer, options: { ...layer.options, [name]: value } }));
  }

  function move(step) {
    const moved = moveLayer(hidden(), chosen, chosen + step);
    const place = moved.indexOf(shown[chosen]);
    if (place === chosen) return;
    chosen = place;
    edit(moved);
  }

  function remove() {
    const left = hidden().toSpliced(chosen, 1);
    chosen = Math.min(chosen, left.length - 1);
    edit(left);
    if (chosen >= 0) fields.show(shown[chosen]);
  }

  function add() {
    const place = chosen < 0 ? hidden().length : chosen + 1;
    const layers = hidden().toSpliced(place, 0, makeLayer($("#train-add-kind").value));
    chosen = place;
    edit(layers);
    fields.show(shown[chosen]);
  }

  function reset() {
    [isOwn, chosen, refused] = [false, -1, -1];
    draw();
  }

  $("#train-earlier").addEventListener("click", () => move(-1));
  $("#train-later").addEventListener("click", () => move(1));
  $("#train-remove").addEventListener("click", remove);
  $("#train-add").addEventListener("click", add);
  $("#train-add-kind").replaceChildren(...Object.keys(KINDS).map((kind) => new Option(t(`train_kind_${kind}`), kind)));
  $("#train-layers-reset").addEventListener("click", () => {
    reset();
    onChange();
  });

  return {
    reset,
    // The network as the server describes it.
    show(layers) {
      [shown, refused] = [layers, -1];
      draw();
    },
    // Other layers than the recipe's, such as those of pasted code: as the server describes them, the output last.
    use(layers) {
      [shown, chosen] = [layers, -1];
      edit(hidden());
    },
    // A layer does not fit: the one at `place`, or of that name. What becomes of the next ones is not known.
    refuse(place, name) {
      refused = place ?? shown.findIndex((layer) => layer.name === name);
      if (isOwn && refused >= 0) {
        shown = shown.map((layer, index) => (index < refused ? layer : { ...layer, shape: null, parameters: 0 }));
        shown[refused].name ??= name;
      }
      draw();
    },
    get layers() { return isOwn ? hidden().map(writeLayer) : null; },
    // The place of a layer in which something cannot be meant; -1 if there is none.
    get wrong() { return isOwn ? hidden().findIndex((layer) => !isMeant(layer)) : -1; },
  };
}
