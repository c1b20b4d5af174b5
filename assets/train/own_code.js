// A network that a visitor pastes as code: read on the server and never run, shown as a table, and trained.

import { $, make } from "../shared/dom.js";
import { call, describeState } from "../shared/server.js";
import { fillTexts, t, tellError } from "../shared/texts.js";
import { makeCode } from "./codes.js";

const PANEL = `
  <label for="train-own-text" data-text="train_own_text"></label>
  <textarea id="train-own-text" rows="12" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" aria-describedby="train-own-problem"></textarea>
  <p id="train-own-problem" role="alert" hidden></p>
  <div class="train-layer-do"><button type="button" id="train-own-read" data-text="train_own_read"></button></div>
  <div id="train-own-found" hidden>
    <h3 id="train-own-title" tabindex="-1"></h3>
    <ul id="train-own-notes"></ul>
    <div class="scroll" tabindex="0" role="region" data-label="train_own_table"><table><thead><tr><th scope="col" data-text="train_own_layer"></th><th scope="col" data-text="train_own_shape"></th><th scope="col" data-text="train_column_parameters"></th></tr></thead><tbody></tbody></table></div>
    <div class="train-layer-do"><button type="button" id="train-own-train" class="primary" data-text="train_own_train"></button><button type="button" id="train-own-use" data-text="train_own_use"></button></div>
  </div>
`;

// onUse(found) takes the network into the settings, onTrain() begins to train it.
export function createOwnCode({ onUse, onTrain }) {
  const root = $("#train-own-code");
  root.append(make("div", { className: "train-own", innerHTML: PANEL }));
  fillTexts(root);
  const text = $("#train-own-text");
  const code = makeCode(t("train_own_again"), "train-own-again");
  $("#train-own-found").append(code);
  let found = null;
  text.placeholder = t("train_own_example");

  async function read() {
    const button = $("#train-own-read");
    button.setAttribute("aria-busy", "true");
    const answer = await call("read_network_code", { text: text.value });
    button.removeAttribute("aria-busy");
    refuse(describeState(answer));
    found = answer?.ok ? answer : null;
    $("#train-own-found").hidden = !found;
    if (found) show();
    else markLine(answer?.message?.values.line);
  }

  function refuse(problem) {
    $("#train-own-problem").textContent = problem;
    $("#train-own-problem").hidden = !problem;
    text.setAttribute("aria-invalid", Boolean(problem));
  }

  function show() {
    const count = found.parameters.toLocaleString();
    $("#train-own-title").textContent = t("train_own_title", { dialect: t(`train_dialect_${found.dialect}`), count });
    $("#train-own-notes").replaceChildren(
      ...found.slips.map((slip) => makeNote(slip, "slip")), ...found.notes.map((note) => makeNote(note, "note")));
    root.querySelector("tbody").replaceChildren(...found.layers.map(makeRow));
    code.querySelector("pre").textContent = found.code;
    $("#train-own-title").focus();
  }

  function makeNote({ line, text: said, message }, kind) {
    const button = make("button", { type: "button", textContent: t("train_own_line", { line }) });
    button.addEventListener("click", () => markLine(line));
    return make("li", { className: kind }, ...(line ? [button] : []), tellError({ error: said, message }));
  }

  // Shows a line of what was pasted.
  function markLine(line) {
    if (!line) return text.focus();
    const lines = text.value.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1);
    text.focus();
    text.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    text.scrollTop = (line - 3) * parseFloat(getComputedStyle(text).lineHeight);
  }

  $("#train-own-read").addEventListener("click", read);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) read();
  });
  $("#train-own-train").addEventListener("click", () => {
    onUse(found);
    onTrain();
    $("#train-title").scrollIntoView({ block: "center" });
  });
  $("#train-own-use").addEventListener("click", () => {
    onUse(found);
    $("#train-change").open = true;
    $("#train-blocks").scrollIntoView({ block: "center" });
  });
}

const makeRow = ({ name, kind, shape, parameters }) => make("tr", {},
  make("th", { scope: "row", textContent: `${name} (${kind})` }),
  make("td", { textContent: shape.join(" × ") }),
  make("td", { textContent: parameters.toLocaleString() }));
