// What a device keeps of a room, by its code: its token, the number of its next drawing, and the drawings that the
// server has not acknowledged yet. Several tabs of one browser share it, so it is read anew before each change.

import { keep, kept } from "./client.js";

// An hour longer than a room lasts: then nothing of it is left on the device.
const LIFETIME = 5 * 3600 * 1000;
const TOKEN_BYTES = 18;

// As the server makes them, without what only a page reached by https has.
export function makeToken() {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES * 4 / 3));
  return [...bytes].map((byte) => letters[byte % letters.length]).join("");
}

// A code as it was made, however it was typed.
export const readCode = (text) => text.replace(/[\s.-]/g, "").toUpperCase();

const leaveOutOld = (all) => Object.fromEntries(
  Object.entries(all).filter(([, { begun }]) => Date.now() - begun < LIFETIME));

const keepAll = (all) => keep("device", Object.keys(all).length ? all : null);

// What was kept of rooms that are long over.
export function forgetOld() {
  const all = kept("device");
  if (all) keepAll(leaveOutOld(all));
}

export function createStore(code) {
  let memory = {}; // where a browser stores nothing, or no more
  let isStored = true;

  const readAll = () => leaveOutOld(isStored ? kept("device") ?? {} : memory);

  function writeAll(all) {
    memory = all;
    keepAll(all);
    isStored = JSON.stringify(kept("device") ?? {}) === JSON.stringify(all);
  }

  const read = () => readAll()[code] ?? { begun: Date.now(), token: makeToken(), isIn: false, next: 1, queue: [] };

  function change(values) {
    writeAll({ ...readAll(), [code]: { ...read(), ...values } });
  }

  return {
    read,
    change,

    // Gives a drawing its number and puts it behind those that wait.
    add(drawing) {
      const { next, queue } = read();
      change({ next: next + 1, queue: [...queue, { ...drawing, number: next }] });
      return next;
    },

    drop(number) {
      change({ queue: read().queue.filter((drawing) => drawing.number !== number) });
    },

    // A number that the server has seen is never given again.
    catchUp(lastNumber) {
      if (read().next <= lastNumber) change({ next: lastNumber + 1 });
    },

    forget() {
      const { [code]: _, ...others } = readAll();
      writeAll(others);
    },
  };
}
