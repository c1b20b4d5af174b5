// What the scripts of all parts of the page share. Each part runs as the body of one function that is given `element`,
// `props` and `server`, and begins with this.

const SILENCE = 2000;
const GIVE_UP = 10000;
const RETRY = 1000;

const find = (selector) => element.querySelector(selector);
const say = (key, values = {}) =>
  (props.texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isShown = () => element.isConnected && element.offsetParent !== null;

element.querySelectorAll("[data-text]").forEach((node) => { node.textContent = say(node.dataset.text); });
element.querySelectorAll("[data-label]").forEach((node) => {
  node.setAttribute("aria-label", say(node.dataset.label));
  if (node.tagName === "BUTTON") node.title = say(node.dataset.label);
});

// What a reload of the page must not lose. A browser may forbid to store anything; then it is lost, and nothing else.
function remember(name, text) {
  try { sessionStorage.setItem(`sketchpad-${name}`, text); } catch { /* see above */ }
}

function recall(name) {
  try { return sessionStorage.getItem(`sketchpad-${name}`); } catch { return null; }
}

function retryLater(action) {
  clearTimeout(action.timer);
  action.timer = setTimeout(action, RETRY);
}

// The parts speak to each other through the document.
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`sketch:${name}`, { detail }));
const hear = (name, action) => document.addEventListener(`sketch:${name}`, (event) => action(event.detail));

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// Whole percent; never 100, which no network can know.
function percent(probability, over99 = ">99") {
  return probability >= 0.995 ? over99 : `${Math.round(probability * 100)}`;
}

const exactPercent = (share) => (share * 100).toFixed(2);

// Paints 784 values, 0 to 255, on a canvas of 28x28; `toColor` gives red, green, blue and opacity.
function paintPixels(canvas, values, toColor = (value) => [value, value, value, 255]) {
  const image = new ImageData(28, 28);
  values.forEach((value, index) => image.data.set(toColor(value), index * 4));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function decodePixels(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// Many images in one picture: gives a function that makes a node look like the image of a number.
function openSprite(png, columns) {
  const picture = `url(data:image/png;base64,${png})`;
  return (node, number) => {
    node.classList.add("tile");
    node.style.backgroundImage = picture;
    node.style.setProperty("--columns", columns);
    node.style.setProperty("--column", number % columns);
    node.style.setProperty("--row", Math.floor(number / columns));
    return node;
  };
}

// Ten bars in `root`; gives a function that shows ten probabilities, or other shares with their own text, or empty bars
// for null.
function createBars(root, toText = percent) {
  const rows = Array.from({ length: 10 }, (_, label) => {
    const row = make("div", {}, ...["name", "track", "value", "unit"].map((className) => make("span", { className })));
    row.dataset.digit = label;
    row.setAttribute("role", "meter");
    row.setAttribute("aria-label", label);
    row.setAttribute("aria-valuemax", 100);
    row.querySelector(".name").textContent = label;
    root.append(row);
    return row;
  });
  return (probabilities) => {
    const top = probabilities && Math.max(...probabilities);
    rows.forEach((row, label) => {
      const probability = probabilities?.[label] ?? 0;
      row.dataset.probability = probability;
      row.style.setProperty("--probability", probability);
      row.classList.toggle("top", probability === top);
      row.querySelector(".value").textContent = probabilities ? toText(probability) : "";
      row.querySelector(".unit").textContent = probabilities ? say("percent_unit") : "";
      row.setAttribute("aria-valuenow", Math.round(probability * 100));
    });
  };
}

// A table of texts that scrolls sideways on its own; the first cell of a row is its heading.
function drawTable(title, { head, rows }) {
  const frame = make("div", { className: "scroll", tabIndex: 0, role: "region" });
  frame.setAttribute("aria-label", title);
  const table = make("table");
  const addRow = (part, cells, kind) => {
    const row = part.insertRow();
    cells.forEach((text, index) => {
      const cell = make(index === 0 && kind === "td" ? "th" : kind, { textContent: text });
      if (cell.tagName === "TH") cell.scope = kind === "th" ? "col" : "row";
      row.append(cell);
    });
  };
  addRow(table.createTHead(), head, "th");
  const body = table.createTBody();
  rows.forEach((cells) => addRow(body, cells, "td"));
  frame.append(table);
  return frame;
}

// A chart that the server drew. As the source of a picture it can run nothing.
const drawChart = (svg, alt) => Object.assign(new Image(), { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt });

// The visitor's own drawings of this session: { image, label? }, the newest last. They stay in this browser.
function readOwn() {
  try { return JSON.parse(recall("own")) ?? []; } catch { return []; }
}

// The ten training images most like another one, nearest first, in `root`; a tap opens one of them, in the view that
// `more` describes.
function showRelatives(root, answer, more) {
  root.classList.toggle("far", !answer.hasNear);
  const paint = openSprite(answer.sprite, answer.relatives.length);
  root.replaceChildren(...answer.relatives.map(({ index, label, distance, isSeen }, number) => {
    const tile = paint(make("span"), number);
    const caption = make("span", { className: "caption" }, make("b", { textContent: label }), ` ${distance.toFixed(1)}`);
    caption.append(make("small", { textContent: say(isSeen ? "seen" : "new") }));
    const address = new URLSearchParams({ split: answer.split, ...more, open: index });
    const link = make("a", { className: "relative", href: `#data?${address}` }, tile, caption);
    link.style.setProperty("--digit-color", `var(--digit-${label})`);
    link.setAttribute("aria-label", say("relative_label", {
      label, index, distance: distance.toFixed(1), seen: say(isSeen ? "seen" : "new"),
    }));
    link.title = link.getAttribute("aria-label");
    return link;
  }));
}
