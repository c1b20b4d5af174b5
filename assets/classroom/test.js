// The test of a device: what it can do, in one verdict; and for the teacher what to do where this page does not appear.

import { $, make } from "../shared/dom.js";
import { loadStyle } from "../shared/part.js";
import { fillTexts, loadTexts, t } from "../shared/texts.js";
import { askClass } from "./client.js";
import { checkLine, checkScreen, checkServerUntilGood, checkStorage, judge } from "./test_checks.js";
import { isAtServer, showDevices } from "./test_devices.js";
import { createTestPad } from "./test_pad.js";
import { showTrouble } from "./test_trouble.js";

const CHECKS = ["server", "line", "pad", "storage", "screen"];
const SIGNS = { wait: "…", good: "✓", fair: "!", bad: "✕" };
const CALL_AGAIN = 20_000;

const PAGE = `
  <header><p class="muted" data-text="title"></p><h1 data-text="test_title"></h1></header>
  <div class="test-columns">
    <section class="test-own" data-label="test_title">
      <div id="test-verdict" role="status" data-verdict="testing"><span class="sign" aria-hidden="true"></span><div><h2></h2><p></p></div></div>
      <div class="card test-pad"><canvas id="test-pad" role="img" data-label="test_pad_field"></canvas><p id="test-pad-hint" data-text="test_pad_hint"></p></div>
      <ul id="test-checks" class="card"></ul>
    </section>
    <details class="card test-others">
      <summary><h2 data-text="test_others"></h2></summary>
      <div id="test-reach" hidden>
        <img id="test-code" hidden>
        <div><p data-text="test_reach"></p><div id="test-addresses" role="group" data-label="test_addresses" hidden></div></div>
        <p id="test-address"></p>
      </div>
      <p id="test-unreachable" class="test-note" data-text="test_unreachable" hidden></p>
      <div id="test-calls" hidden><h3 data-text="test_calls"></h3><p id="test-nobody" class="muted" data-text="test_nobody"></p><ul id="test-called"></ul></div>
      <h3 data-text="test_shows"></h3>
      <div id="test-symptoms" role="group" data-label="test_shows"></div>
      <div id="test-remedy" role="status" hidden></div>
    </details>
  </div>
`;

export async function createScreen(root) {
  await Promise.all([loadTexts("class_test", "masthead"), loadStyle("classroom/test")]);
  let isOpen = true;
  let own = ""; // this device's address, as the server sees it
  const isCurrent = () => isOpen;
  root.innerHTML = PAGE;
  fillTexts(root);
  const results = Object.fromEntries(CHECKS.map((check) => [check, null]));
  $("#test-checks").append(...CHECKS.map(makeCheck));
  const note = (check, result) => {
    if (!isOpen) return;
    results[check] = result;
    showCheck(check, result);
    showVerdict(judge(results));
  };

  const sayHello = async () => {
    const answer = await askClass("hello", { live: results.line?.state === "good" });
    if (answer?.address) own = answer.address;
  };
  const look = () => note("screen", checkScreen());

  showVerdict("testing");
  note("storage", checkStorage());
  look();
  addEventListener("resize", look);
  createTestPad($("#test-pad"), (result) => note("pad", result));
  checkServerUntilGood(isCurrent, (result) => note("server", result)).then(async () => {
    if (!isOpen) return;
    note("line", await checkLine());
    await sayHello();
  });
  const timer = setInterval(() => { if (!document.hidden && results.line) sayHello(); }, CALL_AGAIN);
  showTrouble();
  $(".test-others").open = isAtServer();
  showDevices(isCurrent, () => own);

  return {
    wake() {},
    close() {
      isOpen = false;
      clearInterval(timer);
      removeEventListener("resize", look);
    },
  };
}

function makeCheck(check) {
  const sign = make("span", { className: "sign", textContent: SIGNS.wait });
  sign.setAttribute("aria-hidden", "true");
  const row = make("li", { id: `test-check-${check}` }, sign, make("b", { textContent: t(`test_${check}`) }), make("p"));
  row.dataset.state = "wait";
  return row;
}

function showCheck(check, { state, text, values }) {
  const row = $(`#test-check-${check}`);
  row.dataset.state = state;
  row.querySelector(".sign").textContent = SIGNS[state];
  row.querySelector("p").textContent = t(text, values);
}

function showVerdict(verdict) {
  const box = $("#test-verdict");
  box.dataset.verdict = verdict;
  box.querySelector(".sign").textContent = SIGNS[{ testing: "wait", draw: "wait", fair: "good" }[verdict] ?? verdict];
  box.querySelector("h2").textContent = t(`test_verdict_${verdict}`);
  box.querySelector("p").textContent = t(`test_verdict_${verdict}_more`);
}
