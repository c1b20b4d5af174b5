// The visitor's own drawings of this session, as images, for the data tab. They stay in this browser.

import { readOwn, recall, remember, writeOwn } from "../shared/memory.js";

const MOST_OWN = 200;

export function createOwn() {
  let current = null; // the image of the drawing on the pad, as it was last kept

  function write(drawings) {
    writeOwn(drawings.slice(-MOST_OWN));
  }

  return {
    // The drawing on the pad takes the place of what it was before the last stroke.
    update(image) {
      if (image === current || image === recall("own-forgotten")) return;
      const drawings = readOwn();
      const known = drawings.find((drawing) => drawing.image === image); // it was there before the page was reloaded
      const others = drawings.filter((drawing) => drawing.image !== current && drawing.image !== image);
      write([...others, known ?? { image }]);
      current = image;
    },

    add(image, label) {
      write([...readOwn().filter((drawing) => drawing.image !== image), { image, label }]);
    },

    // All of them, and the one on the pad until there is more of it.
    forgetAll() {
      if (current) remember("own-forgotten", current);
      current = null;
      write([]);
    },

    forget(images) {
      write(readOwn().filter((drawing) => !images.includes(drawing.image)));
    },

    // What is drawn next is another drawing.
    finish() { current = null; },
  };
}
