// What came out of the visitor's own test: how many were read, which were missed, and how that compares.

import { $, make } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { ask, call, describeState, GIVE_UP } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { notify } from "./notice.js";

// attempts: [{ label, read, isRefused, image, strokes }]; isCurrent() says whether they still are what is shown.
export async function showOwnResult(attempts, isCurrent) {
  const right = attempts.filter(({ label, read }) => label === read).length;
  const total = attempts.length;
  const answer = await ask("compare_hand", { right, total }, {
    isCurrent, onState: (state, said) => { $("#hand-summary").textContent = describeState(said); },
  });
  if (!answer) return;
  const [low, high] = answer.interval.map((share) => Math.round(share * 100));
  $("#hand-summary").textContent = t(leveled("hand_summary"), { right, total, low, high });
  const refused = attempts.filter(({ isRefused }) => isRefused).length;
  $("#hand-refused").textContent = refused ? t("hand_refused", { refused }) : "";
  $("#hand-missed").replaceChildren(...attempts.filter(({ label, read }) => label !== read).map(drawMissed));
  $("#hand-compare").replaceChildren(...answer.rows.map(drawRow));
}

// Nothing of an earlier test may stand beside another one's.
export function clearOwnResult() {
  for (const part of ["summary", "refused", "missed", "compare"]) $(`#hand-${part}`).replaceChildren();
}

// The drawings as a file that `train` and `evaluate` can read.
export async function downloadOwn(attempts) {
  const answer = await call("pack_hand", { drawings: attempts.map(({ strokes, label }) => ({ strokes, label })) });
  if (!answer?.ok) return notify(describeState(answer));
  const url = URL.createObjectURL(new Blob([decodeBytes(answer.file)], { type: "application/octet-stream" }));
  make("a", { href: url, download: "my_hand.npz" }).click();
  setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
}

function drawMissed({ label, read, isRefused, image }) {
  const canvas = make("canvas", { width: 28, height: 28 });
  paintPixels(canvas, decodeBytes(image));
  const caption = t(isRefused ? "hand_missed_refused" : "hand_missed", { label, read });
  return make("figure", {}, canvas, make("figcaption", { textContent: caption }));
}

// A row of the comparison: a name, and a scale from 50 to 100 % with the interval and the share.
function drawRow({ name, accuracy, interval, isYou }) {
  const row = make("div", { className: isYou ? "you" : "" });
  const cell = (className, textContent = "") => make("span", { className, textContent });
  const scale = cell("scale");
  const at = (share) => `${Math.max(0, (share - 0.5) * 200)}%`;
  const range = cell("range university");
  range.style.left = at(interval[0]);
  range.style.right = `calc(100% - ${at(interval[1])})`;
  const point = cell("point");
  point.style.left = at(accuracy);
  scale.append(range, point);
  const share = (value) => (value * 100).toFixed(isYou ? 0 : 1);
  row.append(cell("name", isYou ? t("hand_you") : name), scale, cell("value", t(leveled("hand_value"), {
    accuracy: share(accuracy), low: share(interval[0]), high: share(interval[1]),
  })));
  return row;
}
