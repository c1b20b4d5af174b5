// What a device can do, one question each. Every answer is { state, text, values? }: "good", "fair" where a lesson goes
// well all the same, "bad" where it does not; `text` is a key. Shows nothing.

import { findLine, inTime, later } from "../shared/server.js";
import { askClass } from "./client.js";

const NUM_TRIPS = 4;
const SLOW = 600; // milliseconds
const LINE_PATIENCE = 6000;
const RETRY = 2500;
const NARROWEST = 320;
const LEAST_POINTS = 5;
const DRAWN = { touch: "test_pad_touch", pen: "test_pad_pen", mouse: "test_pad_mouse" };
const LINE = [[[40, 20], [60, 20], [52, 80]]];

// Asks the server a few times; the first question may open a connection, and is not counted.
export async function checkServer() {
  const times = [];
  for (let trip = 0; trip <= NUM_TRIPS; trip++) {
    const asked = performance.now();
    if (!await askClass("hello")) return { state: "bad", text: "test_server_bad" };
    if (trip) times.push(performance.now() - asked);
  }
  const milliseconds = Math.max(1, Math.round(times.sort((a, b) => a - b)[NUM_TRIPS / 2]));
  const isSlow = milliseconds > SLOW;
  return { state: isSlow ? "fair" : "good", text: isSlow ? "test_server_slow" : "test_server_good", values: { milliseconds } };
}

// Whether a drawing is answered through a WebSocket: some proxies let one open, and nothing through it.
export async function checkLine() {
  const isOpen = await inTime(askByLine(), LINE_PATIENCE);
  return isOpen ? { state: "good", text: "test_line_good" } : { state: "fair", text: "test_line_fair" };
}

async function askByLine() {
  let socket;
  try {
    socket = new WebSocket(findLine());
  } catch {
    return false;
  }
  setTimeout(() => socket.close(), LINE_PATIENCE);
  return new Promise((resolve) => {
    socket.addEventListener("open", () => socket.send(JSON.stringify({ id: 1, keep: [0, 0], strokes: LINE })));
    socket.addEventListener("message", () => { resolve(true); socket.close(); });
    for (const event of ["error", "close"]) socket.addEventListener(event, () => resolve(false));
  });
}

// Whether what is kept in this browser outlives a reload.
export function checkStorage() {
  const name = "sketchpad-class-test";
  try {
    localStorage.setItem(name, name);
    const isKept = localStorage.getItem(name) === name;
    localStorage.removeItem(name);
    if (isKept) return { state: "good", text: "test_storage_good" };
  } catch { /* as where it is forgotten */ }
  return { state: "fair", text: "test_storage_fair" };
}

export function checkScreen() {
  const values = { width: innerWidth, height: innerHeight };
  const isSmall = Math.min(innerWidth, innerHeight) < NARROWEST;
  return { state: isSmall ? "fair" : "good", text: isSmall ? "test_screen_fair" : "test_screen_good", values };
}

// What a stroke says of pad and pen: `kind` of its pointer, how many points came, whether the browser broke it off.
export function judgeStroke({ kind, num, isBroken }) {
  if (isBroken) return { state: "fair", text: "test_pad_broken" };
  if (num < LEAST_POINTS) return { state: "wait", text: "test_pad_short" };
  return { state: "good", text: DRAWN[kind] ?? DRAWN.mouse, values: { num } };
}

// What all checks together say of a device: the key of a verdict's texts.
export function judge(results) {
  const states = Object.values(results).map((result) => result?.state ?? "wait");
  if (states.includes("bad")) return "bad";
  const { pad, ...others } = results;
  if (Object.values(others).some((result) => !result)) return "testing";
  if ((pad?.state ?? "wait") === "wait") return "draw";
  return states.includes("fair") ? "fair" : "good";
}

// Asks again until the server has answered, while isCurrent(); onResult(result) of each try.
export async function checkServerUntilGood(isCurrent, onResult) {
  for (;;) {
    const result = await checkServer();
    if (!isCurrent()) return;
    onResult(result);
    if (result.state !== "bad") return;
    await later(RETRY);
  }
}
