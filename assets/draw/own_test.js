// "How well does it read you?": twenty digits in random order, the bars hidden; the first attempt counts.
//
// The drawings stay in this browser's session. Only the server's arithmetic is asked: what the network reads, the
// interval, and the file to download.

import { on } from "../shared/bus.js";
import { $, digitColor } from "../shared/dom.js";
import { recall, remember } from "../shared/memory.js";
import { shuffle } from "../shared/random.js";
import { call, describeState } from "../shared/server.js";
import { fillTexts, t } from "../shared/texts.js";
import { readModel } from "./details.js";
import { notify } from "./notice.js";
import { clearOwnResult, downloadOwn, showOwnResult } from "./own_result.js";

const NUM_DIGITS = 20;
// Not in the page's own HTML, which holds what is seen at once.
const TASK = `
  <p id="hand-progress" class="muted"></p>
  <progress id="hand-meter" max="20" value="0" data-label="hand_title"></progress>
  <p class="task"><span data-text="hand_draw"></span> <span id="hand-digit"></span></p>
  <p class="muted" data-text="hand_rules"></p>
  <div class="row">
    <button type="button" id="hand-next" class="primary" data-text="hand_next" aria-disabled="true"></button>
    <button type="button" id="hand-stop" data-text="hand_stop"></button>
  </div>
  <p id="hand-announcement" class="unseen" aria-live="polite"></p>
`;
const PANEL = `
  <div class="row">
    <h2 data-text="hand_title"></h2>
    <button type="button" id="hand-start" data-text="hand_start"></button>
  </div>
  <p class="muted" data-text="hand_text"></p>
  <div id="hand-result" hidden>
    <p id="hand-summary" role="status" tabindex="-1"></p>
    <p id="hand-refused" class="muted"></p>
    <div id="hand-missed"></div>
    <div id="hand-compare"></div>
    <p class="muted" data-text="hand_private"></p>
    <div class="row">
      <button type="button" id="hand-download" data-text="hand_download"></button>
      <button type="button" id="hand-delete" data-text="hand_delete"></button>
    </div>
  </div>
`;

// canAsk() says whether there is enough ink to be read.
export function createOwnTest({ ink, pad, own, canAsk }) {
  for (const [section, html] of [[$("#hand-task"), TASK], [$("#hand"), PANEL]]) {
    section.innerHTML = html;
    fillTexts(section);
  }
  let test = null; // { labels, attempts, drawing, model }, while there is one
  let isAsking = false;

  const isRunning = () => Boolean(test && test.attempts.length < test.labels.length);
  const describe = () => test.attempts.map((attempt, index) => ({ ...attempt, label: test.labels[index] }));

  function begin() {
    const labels = shuffle(Array.from({ length: NUM_DIGITS }, (_, index) => index % 10)); // each equally often
    test = { labels, attempts: [], drawing: ink.save(), model: readModel() };
    show();
    ink.restore(null);
    $("#hand-next").focus();
    $("#sketchpad").scrollIntoView({ block: "nearest" });
  }

  function show() {
    remember("hand", JSON.stringify(test));
    const isOver = Boolean(test) && !isRunning();
    $("#sketch .sketch").dataset.mode = isRunning() ? "hand" : "";
    $("#hand-task").hidden = !isRunning();
    $("#hand-result").hidden = !isOver;
    pad.hasGhost = !isRunning();
    $("#hand-start").textContent = t(isOver ? "hand_again" : "hand_start");
    clearOwnResult();
    if (isRunning()) showTask();
  }

  function showTask() {
    const number = test.attempts.length;
    const label = test.labels[number];
    $("#hand-digit").textContent = label;
    $("#hand-digit").style.setProperty("--digit-color", digitColor(label));
    $("#hand-progress").textContent = t("hand_progress", { number: number + 1, total: test.labels.length });
    $("#hand-meter").value = number;
    $("#hand-announcement").textContent = `${t("hand_draw")} ${label}`;
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
    const answer = await call("classify_drawing", { strokes, model: test.model });
    setAsking(false);
    if (test !== asked) return;
    notify(describeState(answer));
    if (!answer?.ok) return ink.restore(drawn);
    const { kind, labels } = answer.verdict;
    own.add(answer.image, test.labels[test.attempts.length]);
    test.attempts.push({ strokes, read: labels[0], isRefused: kind === "refused", image: answer.image });
    show();
    ink.restore(isRunning() ? null : test.drawing);
    if (isRunning()) return;
    showResult();
    $("#hand-summary").focus();
    $("#hand").scrollIntoView({ block: "nearest" });
  }

  // While the answer is on its way, more ink would belong to neither digit.
  function setAsking(value) {
    isAsking = value;
    $("#sketchpad").toggleAttribute("inert", value);
    update();
  }

  // At another level it is told in other words.
  on("level", () => test && !isRunning() && showResult());

  function showResult() {
    const shown = test;
    showOwnResult(describe(), () => test === shown);
  }

  function stop() {
    const { drawing } = test;
    test = null;
    show();
    ink.restore(drawing);
    $("#hand-start").focus();
  }

  $("#hand-start").addEventListener("click", begin);
  $("#hand-next").addEventListener("click", next);
  $("#hand-stop").addEventListener("click", stop);
  $("#hand-delete").addEventListener("click", () => {
    own.forget(test.attempts.map(({ image }) => image));
    test = null;
    show();
  });
  $("#hand-download").addEventListener("click", () => downloadOwn(describe()));
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
