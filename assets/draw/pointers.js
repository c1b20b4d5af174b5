// Which of several pointers draws: the first, but a pen before a palm that was there already. Knows no page.

const PALM_REST = 500; // milliseconds after a pen: a hand that is lifted with it draws nothing
const SILENCE = 2000; // milliseconds without a word of a pointer: another may take its place

// strokes: begin(event) says whether a stroke has begun, move(event), end(), and withdraw() as if it had never been.
export function createPointers(strokes) {
  let current = null; // { id, type, heard } of the pointer that draws
  let penLeft = -Infinity;

  function leave(how) {
    if (!current) return;
    if (current.type === "pen") penLeft = current.heard;
    current = null;
    how();
  }

  const isCurrent = (event) => event.pointerId === current?.id;

  return {
    // Some pointer comes down, on the pad or elsewhere. A browser that gives a pointer's number anew, or calls another
    // the first of its kind, has lost the one that was down.
    notice({ pointerId, pointerType, isPrimary, timeStamp }) {
      if (!current) return;
      const isSilent = timeStamp - current.heard > SILENCE;
      if (pointerType === "pen" && current.type === "touch") leave(strokes.withdraw);
      else if (pointerId === current.id || (isPrimary && (pointerType === current.type || isSilent))) leave(strokes.end);
    },

    down(event) {
      const { pointerId, pointerType, timeStamp } = event;
      if (current || (pointerType === "touch" && timeStamp - penLeft < PALM_REST)) return;
      if (!strokes.begin(event)) return;
      current = { id: pointerId, type: pointerType, heard: timeStamp };
      strokes.move(event);
    },

    move(event) {
      if (!isCurrent(event)) return;
      if (event.pointerType !== "touch" && !event.buttons) return leave(strokes.end); // it was lifted elsewhere
      current.heard = event.timeStamp;
      strokes.move(event);
    },

    up(event) {
      if (!isCurrent(event)) return;
      current.heard = event.timeStamp;
      leave(strokes.end);
    },

    cancel(event) {
      if (isCurrent(event)) leave(strokes.withdraw);
    },

    // Ends a stroke of which nothing was heard for long.
    endSilent(now) {
      if (current && now - current.heard > SILENCE) leave(strokes.end);
    },

    endAll: () => leave(strokes.end),
  };
}
