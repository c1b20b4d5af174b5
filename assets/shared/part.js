// What every part of the page does before it begins.

import { $ } from "./dom.js";
import { connect } from "./server.js";
import { fillTexts, loadTexts } from "./texts.js";

const styles = new Map(); // by name, the promise that it is there: each is fetched once

// Takes the part's functions of the server, fetches its texts and styles, and lets it be seen.
export async function openPart({ element, server }, { texts, styles: own }) {
  connect(server);
  await Promise.all([loadTexts("shared", ...texts), ...["shared/theme", ...own].map(loadStyle)]);
  fillTexts(element);
  element.classList.add("ready");
  liftSheet();
}

// A sheet lies over the page until what its tab shows is there; see entrance/main.html.
export function liftSheet() {
  const { tab } = document.body.dataset; // none until the masthead is there
  if (tab && $(`#${tab === "draw" ? "sketch" : tab} .ready`)) $("#entrance")?.remove();
}

export function loadStyle(name) {
  if (!styles.has(name)) {
    styles.set(name, new Promise((resolve, reject) => {
      const href = new URL(`../${name}.css`, import.meta.url);
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve });
      link.onerror = () => reject(new Error(`The styles ${name} could not be fetched.`));
      document.head.append(link);
    }));
  }
  return styles.get(name);
}
