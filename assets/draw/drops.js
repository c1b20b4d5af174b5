// What is dragged over the page: the pad lights up for a picture, and nothing that is dropped takes the browser away.

import { $, isShown } from "../shared/dom.js";

const GONE = 300; // milliseconds without a word of what was dragged

// isWanted() says whether a picture may come; onFile(file) and onLink() of what was dropped.
export function createDrops({ isWanted, onFile, onLink }) {
  const pad = $("#sketchpad");
  let timer;

  function light(isLit) {
    clearTimeout(timer);
    pad.classList.toggle("lit", isLit);
    if (isLit) timer = setTimeout(light, GONE, false);
  }

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    light(isShown($("#sketch")) && isWanted() && event.dataTransfer.types.includes("Files"));
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    light(false);
    if (!isShown($("#sketch")) || !isWanted()) return;
    const { files, types } = event.dataTransfer;
    if (files.length) onFile(files[0]);
    else if (types.includes("text/uri-list")) onLink();
  });
}
