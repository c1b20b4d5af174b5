// A lesson in one room. What is shown is said by the address behind `#class`: `?code=` a pupil's device, `?wall=` the
// wall, `?control=` the teacher's phone, `?test` the test of a device; else the teacher's screen, or the way in.

import { on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { openPart } from "../shared/part.js";
import { forgetOld } from "./device_store.js";

const ROLES = { code: "device", wall: "wall", control: "teacher", test: "test" };
const SCREENS = {
  device: () => import("./device.js"),
  wall: () => import("./wall.js"),
  teacher: () => import("./teacher.js"),
  test: () => import("./test.js"),
};
const OWN_PAGE = ["device", "wall", "test"]; // what stands around a tab is not for them

let shown = null; // { address, screen }

export const readAddress = () => new URLSearchParams(location.hash.startsWith("#class") ? location.hash.split("?")[1] ?? "" : "");

async function show() {
  const address = readAddress();
  if (shown?.address === `${address}`) return shown.screen?.wake();
  shown?.screen?.close();
  const mine = { address: `${address}`, screen: null };
  shown = mine;
  const key = Object.keys(ROLES).find((name) => address.has(name));
  const role = ROLES[key] ?? "teacher";
  document.body.dataset.class = OWN_PAGE.includes(role) ? role : "";
  const { createScreen } = await SCREENS[role]();
  if (shown !== mine) return;
  const root = $("#class .class");
  root.replaceChildren();
  root.dataset.role = role;
  const screen = await createScreen(root, address);
  if (shown === mine) mine.screen = screen;
  else screen.close(); // another is wanted meanwhile
}

function leave() {
  shown?.screen?.close();
  shown = null;
  document.body.dataset.class = "";
}

export async function mount(part) {
  forgetOld();
  await openPart(part, { texts: [], styles: ["classroom/main"] });
  on("tab", (name) => (name === "class" ? show() : leave()));
  if (location.hash.startsWith("#class")) await show();
}
