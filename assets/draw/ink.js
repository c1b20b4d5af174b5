// The drawing: gestures, an optional 28x28 image below them, and their history. Knows no page.
//
// A gesture is what the pen did between down and up: one stroke, or several where it left the pad and came back.
// Coordinates are shares of the pad's side, [0, 1]; a point is [x, y, milliseconds since the drawing began].

const NEAREST_POINT = 0.003;
const EMPTY = { gestures: [], image: null, sample: null, picture: null };

export function createInk(onChange) {
  let now = EMPTY;
  let past = [];
  let future = [];
  let generation = 0;
  let started = 0;

  function change(next) {
    now = next;
    generation += 1;
    onChange();
  }

  function replace(next) {
    past.push(now);
    future = [];
    change(next);
  }

  function travel(from, to) {
    if (!from.length) return;
    to.push(now);
    change(from.pop());
  }

  function strokes() {
    return now.gestures.flatMap((gesture) => gesture.strokes).filter((stroke) => stroke.length);
  }

  return {
    strokes,
    get gestures() { return now.gestures; },
    get image() { return now.image; },
    // { label, index } of a sample on which nothing was drawn.
    get sample() { return now.gestures.length ? null : now.sample; },
    // What the image was made of, as it was given.
    get picture() { return now.picture; },
    // Grows whenever the drawing changes in another way than by more ink.
    get generation() { return generation; },
    get isEmpty() { return !now.image && !strokes().length; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    numPoints: () => strokes().reduce((sum, stroke) => sum + stroke.length, 0),
    extent: () => measureExtent(strokes().flat()),

    begin(width) {
      if (!strokes().length) started = performance.now();
      const gesture = { width, strokes: [[]] };
      replace({ ...now, gestures: [...now.gestures, gesture] });
      return gesture;
    },

    // Adds points [x, y, performance.now() when it was drawn]. Outside the pad nothing is drawn.
    extend(gesture, points) {
      for (const [x, y, time] of points) {
        const stroke = gesture.strokes.at(-1);
        if (x < 0 || x > 1 || y < 0 || y > 1) {
          if (stroke.length) gesture.strokes.push([]);
          continue;
        }
        const last = stroke.at(-1);
        if (last && Math.hypot(last[0] - x, last[1] - y) < NEAREST_POINT) continue;
        const round = (value) => Math.round(value * 1e4) / 1e4;
        stroke.push([round(x), round(y), Math.max(0, Math.round(time - started))]);
      }
      onChange();
    },

    // Erases the topmost gesture within `reach` of a place; says whether there was one.
    eraseAt(x, y, reach) {
      const isNear = (gesture) => gesture.strokes.some((stroke) => stroke.some((point, index) =>
        distanceToSegment(x, y, point, stroke[index + 1] ?? point) < reach + gesture.width / 200));
      const hit = now.gestures.findLast(isNear);
      if (hit) replace({ ...now, gestures: now.gestures.filter((gesture) => gesture !== hit) });
      return Boolean(hit);
    },

    // The drawing as plain values, without its picture, and back, without a history; if unreadable, an empty pad.
    save: () => JSON.stringify({ ...now, picture: null }),
    restore(text) {
      try {
        const { gestures, image, sample = null } = JSON.parse(text);
        now = { gestures: [...gestures], image, sample, picture: null };
        started = performance.now() - (strokes().at(-1)?.at(-1)[2] ?? 0);
      } catch {
        now = EMPTY;
      }
      past = [];
      future = [];
      change(now);
    },

    // The drawing and its history as they are, and back to them: what was drawn since then leaves no trace.
    mark: () => ({ now, past: [...past], future: [...future] }),
    withdraw(mark) {
      ({ past, future } = mark);
      change(mark.now);
    },

    clear() { if (now.image || now.gestures.length || now.picture) replace(EMPTY); },
    putImage(image, sample = null) { replace({ ...EMPTY, image, sample }); },
    // The image is null where nothing was found on the picture.
    putPicture(picture, image) { replace({ ...EMPTY, image, picture }); },
    // The same picture, looked at in another way: what was there before it is still one step back.
    amendPicture(picture, image) { change({ ...now, image, picture }); },
    undo() { travel(past, future); },
    redo() { travel(future, past); },
  };
}

// The longer side of the box around points.
function measureExtent(points) {
  const side = (axis) => {
    let low = Infinity, high = -Infinity;
    for (const point of points) {
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    return high - low;
  };
  return points.length ? Math.max(side(0), side(1)) : 0;
}

function distanceToSegment(x, y, [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = length ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
}
