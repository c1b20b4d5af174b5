// The visitor's own drawings of this session, as images, for the data tab. They stay in this browser.

const MOST_OWN = 200;

function createOwn({ remember, recall }) {
  let current = null; // the image of the drawing on the pad, as it was last kept

  function read() {
    try { return JSON.parse(recall("own")) ?? []; } catch { return []; }
  }

  function write(drawings) {
    remember("own", JSON.stringify(drawings.slice(-MOST_OWN)));
  }

  return {
    // The drawing on the pad takes the place of what it was before the last stroke.
    update(image) {
      if (image === current) return;
      write([...read().filter((drawing) => drawing.image !== current && drawing.image !== image), { image }]);
      current = image;
    },

    add(image, label) {
      write([...read().filter((drawing) => drawing.image !== image), { image, label }]);
    },

    // What is drawn next is another drawing.
    finish() { current = null; },
  };
}
