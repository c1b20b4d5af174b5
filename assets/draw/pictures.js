// Pictures from elsewhere: opened, pasted or dropped; the server makes 28x28 of them.

import { $, isShown } from "../shared/dom.js";
import { createLatest, describeState, inTime, stateOf } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { notify } from "./notice.js";

const MAX_FILE_BYTES = 20e6;

// isBlocked() says whether no picture is wanted now.
export function createPictures({ ink, pad, isBlocked }) {
  const begin = createLatest();

  async function read(file) {
    if (!file || isBlocked()) return;
    if (file.size > MAX_FILE_BYTES) return notify(t("picture_too_large"));
    const isCurrent = begin();
    const { generation } = ink;
    notify(t("picture_reading"));
    const answer = await inTime(send(file));
    // A later picture or a stroke drawn meanwhile is what the visitor wants.
    if (!isCurrent() || generation !== ink.generation || pad.isPenDown) return notify("");
    // Beside what is said of a picture that cannot be read no other digit may stand; undo brings it back.
    if (stateOf(answer) === "error") ink.clear();
    notify(describeState(answer));
    if (answer?.ok) ink.putImage(answer.image);
  }

  $("#picture").addEventListener("click", () => $("#picture-file").click());
  $("#picture-file").addEventListener("change", (event) => {
    read(event.target.files[0]);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (!isShown($("#sketch")) || !file) return;
    event.preventDefault();
    read(file);
  });
  // A file dropped beside the pad must not take the browser away from the page.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (isShown($("#sketch"))) read(event.dataTransfer.files[0]);
  });
}

// Undefined on any failure, as the functions of the server give it.
async function send(file) {
  try {
    return await (await fetch(new URL("picture", document.baseURI), { method: "POST", body: file })).json();
  } catch {
    return undefined;
  }
}
