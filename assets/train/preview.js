// What the changes to training images do to a digit.

import { $, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";

// nextChanges() -> the changes as they are now; null while there is nothing to be seen.
export function createPreview(nextChanges) {
  let seed = 0;
  const live = createLive({ name: "preview_augmentation", nextQuestion: ask, onAnswer: show });

  function ask() {
    const changes = nextChanges();
    $("#train-preview").hidden = !changes;
    return changes && { changes, seed };
  }

  function show(answer) {
    if (!answer.ok) return;
    $("#train-previews").replaceChildren(...answer.images.map((image) => {
      const canvas = make("canvas", { width: 28, height: 28 });
      canvas.setAttribute("aria-hidden", "true");
      paintPixels(canvas, decodeBytes(image));
      return canvas;
    }));
  }

  $("#train-preview-more").addEventListener("click", () => {
    seed += 1;
    live.request();
  });
  return { request: live.request };
}
