// What is new of a drawing since it was last told: ink mostly grows at its end. Knows no page.

export function createDelta() {
  let told = []; // { stroke, length } of each stroke
  let others = {};

  return {
    // { strokes, image, model } to what the server has to be told of it: { keep, strokes, image?, model? }, see ui/draw/line.py.
    next({ strokes, image, model }) {
      let whole = 0;
      while (whole < told.length && told[whole].stroke === strokes[whole]
        && told[whole].length === strokes[whole].length) whole += 1;
      const isContinued = whole < told.length && told[whole].stroke === strokes[whole];
      const kept = isContinued ? told[whole].length : 0;
      const news = strokes.slice(whole).map((stroke, index) => stroke.slice(index ? 0 : kept).map(([x, y]) => [x, y]));
      const message = { keep: [whole, kept], strokes: news };
      const now = { image: image ?? null, model: model ?? "" };
      for (const name of Object.keys(now)) if (others[name] !== now[name]) message[name] = now[name];
      told = strokes.map((stroke) => ({ stroke, length: stroke.length }));
      others = now;
      return message;
    },

    // The server may have lost it.
    forget() { [told, others] = [[], {}]; },
  };
}
