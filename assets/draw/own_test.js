// "How well does it read you?": twenty digits in random order, the bars hidden; the first attempt counts.
//
// The drawings stay in this browser's session. Only the server's arithmetic is asked: what the network reads, the
// interval, and the file to download.

import { $, digitColor, make } from "../shared/dom.js";
import { recall, remember } from "../shared/memory.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";
import { GIVE_UP, later, retryLater, server } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { readModel } from "./details.js";
import { notify } from "./notice.js";

const HAND_DIGITS = 20;

// canAsk() says whether there is enough ink to be read.
export function createHand({ ink, pad, own, canAsk }) {
  let test = null; // { labels, attempts, drawing, model }, while there is one
  let isAsking = false;

  const isRunning = () => Boolean(test && test.attempts.length < test.labels.length);

  function begin() {
    const labels = Array.from({ length: HAND_DIGITS }, (_, index) => index % 10);
    for (let index = labels.length - 1; index > 0; index -= 1) {
      const other = Math.floor(Math.random() * (index + 1));
      [labels[index], labels[other]] = [labels[other], labels[index]];
    }
    test = { labels, attempts: [], drawing: ink.save(), model: readModel() };
    show();
    ink.restore(null);
    $("#hand-next").focus();
    $("#sketchpad").scrollIntoView({ block: "nearest" });
  }

  function show() {
    remember("hand", JSON.stringify(test));
    const isOver = Boolean(test) && !isRunning();
    $(".sketch").dataset.mode = isRunning() ? "hand" : "";
    $("#hand-task").hidden = !isRunning();
    $("#hand-result").hidden = !isOver;
    pad.hasGhost = !isRunning();
    $("#hand-start").textContent = t(isOver ? "hand_again" : "hand_start");
    // Nothing of an earlier test may stand beside this one's.
    for (const part of ["summary", "refused", "missed", "compare"]) $(`#hand-${part}`).replaceChildren();
    if (isRunning()) showTask();
  }

  function showTask() {
    const number = test.attempts.length;
    const digit = $("#hand-digit");
    digit.textContent = test.labels[number];
    digit.style.setProperty("--digit-color", digitColor(test.labels[number]));
    $("#hand-progress").textContent = t("hand_progress", { number: number + 1, total: test.labels.length });
    $("#hand-meter").value = number;
    $("#hand-announcement").textContent = `${t("hand_draw")} ${test.labels[number]}`;
    update();
  }

  // The button keeps its focus while it cannot be used, so that Enter goes on when it can.
  function update() {
    $("#hand-next").setAttribute("aria-disabled", isAsking || !canAsk());
  }

  async function next() {
    if (!isRunning() || isAsking || !canAsk() || pad.isPenDown) return;
    const asked = test;
    const strokes = ink.strokes();
    const drawn = ink.save();
    setAsking(true);
    const answer = await Promise.race([server.classify_drawing({ strokes, model: test.model }), later(GIVE_UP)]);
    setAsking(false);
    if (test !== asked) return;
    if (!answer?.ok) {
      ink.restore(drawn);
      return notify(answer?.error ?? t("server_away"));
    }
    notify("");
    const { kind, labels } = answer.verdict;
    own.add(answer.image, test.labels[test.attempts.length]);
    test.attempts.push({ strokes, read: labels[0], isRefused: kind === "refused", image: answer.image });
    show();
    ink.restore(isRunning() ? null : test.drawing);
    if (!isRunning()) {
      showResult();
      $("#hand-summary").focus();
      $("#hand").scrollIntoView({ block: "nearest" });
    }
  }

  // While the answer is on its way, more ink would belong to neither digit.
  function setAsking(value) {
    isAsking = value;
    $("#sketchpad").inert = value;
    update();
  }

  function stop() {
    const { drawing } = test;
    test = null;
    show();
    ink.restore(drawing);
    $("#hand-start").focus();
  }

  const describe = () => test.attempts.map((attempt, index) => ({ ...attempt, label: test.labels[index] }));

  async function showResult() {
    if (!test || isRunning()) return;
    const shown = test;
    const drawn = describe();
    const right = drawn.filter(({ label, read }) => label === read).length;
    const answer = await server.compare_hand({ right, total: drawn.length });
    if (test !== shown) return;
    if (!answer?.ok) {
      $("#hand-summary").textContent = answer?.error ?? t("server_away");
      return answer ? undefined : retryLater(showResult);
    }
    const [low, high] = answer.interval.map((share) => Math.round(share * 100));
    $("#hand-summary").textContent = t("hand_summary", { right, total: drawn.length, low, high });
    const refused = drawn.filter(({ isRefused }) => isRefused).length;
    $("#hand-refused").textContent = refused ? t("hand_refused", { refused }) : "";
    $("#hand-missed").replaceChildren(...drawn.filter(({ label, read }) => label !== read).map(drawMissed));
    $("#hand-compare").replaceChildren(...answer.rows.map(drawRow));
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
    const range = cell("range");
    range.style.left = at(interval[0]);
    range.style.right = `calc(100% - ${at(interval[1])})`;
    const point = cell("point");
    point.style.left = at(accuracy);
    scale.append(range, point);
    const share = (value) => (value * 100).toFixed(isYou ? 0 : 1);
    row.append(cell("name", isYou ? t("hand_you") : name), scale, cell("value", t("hand_value", {
      accuracy: share(accuracy), low: share(interval[0]), high: share(interval[1]),
    })));
    return row;
  }

  async function download() {
    const answer = await server.pack_hand({ drawings: describe().map(({ strokes, label }) => ({ strokes, label })) });
    if (!answer?.ok) return notify(answer?.error ?? t("server_away"));
    const url = URL.createObjectURL(new Blob([decodeBytes(answer.file)], { type: "application/octet-stream" }));
    make("a", { href: url, download: "my_hand.npz" }).click();
    setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
  }

  $("#hand-start").addEventListener("click", begin);
  $("#hand-next").addEventListener("click", next);
  $("#hand-stop").addEventListener("click", stop);
  $("#hand-delete").addEventListener("click", () => {
    own.forget(test.attempts.map(({ image }) => image));
    test = null;
    show();
  });
  $("#hand-download").addEventListener("click", download);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.repeat && isRunning() && event.target.tagName !== "BUTTON") next();
  });

  return {
    get isRunning() { return isRunning(); },
    update,
    // After a reload: the test goes on with an empty pad.
    resume() {
      try { test = JSON.parse(recall("hand")); } catch { test = null; }
      show();
      ink.restore(isRunning() ? null : recall("drawing"));
      if (test && !isRunning()) showResult();
    },
  };
}
