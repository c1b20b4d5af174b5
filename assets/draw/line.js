// The live line: a WebSocket that carries what is new of the ink, and the answers. Where it cannot be opened, says
// nothing, or refuses, the whole drawing goes by the server's function instead.

import { call, inTime, later, SILENCE } from "../shared/server.js";
import { createDelta } from "./delta.js";

const REOPEN = 2000;
const LONGEST_PAUSE = 300_000;

export function createLine(address) {
  let socket = null; // while it is open
  let delta = null; // of what the server at its other end has
  let number = 0;
  let pause = REOPEN;
  const waiting = new Map(); // by the number of a question, what takes its answer

  function open() {
    const opened = new WebSocket(address);
    opened.addEventListener("open", () => { [socket, delta] = [opened, createDelta()]; });
    opened.addEventListener("message", ({ data }) => receive(JSON.parse(data)));
    opened.addEventListener("close", async () => {
      if (socket === opened) leave();
      await later(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      open();
    });
  }

  function receive({ id, ...answer }) {
    pause = REOPEN;
    if (answer.error) delta?.forget();
    waiting.get(id)?.(answer);
    waiting.delete(id);
  }

  // Whoever waits for an answer asks elsewhere.
  function leave() {
    socket = null;
    for (const take of waiting.values()) take();
    waiting.clear();
  }

  function send(question) {
    const id = ++number;
    socket.send(JSON.stringify({ id, ...delta.next(question) }));
    return new Promise((resolve) => { waiting.set(id, resolve); });
  }

  async function ask(question) {
    const asked = socket;
    if (asked) {
      const answer = await inTime(send(question), SILENCE);
      if (answer?.ok) return answer;
      if (!answer) {
        if (socket === asked) leave();
        asked.close();
      }
    }
    return call("classify_drawing", question);
  }

  open();
  return { ask };
}
