// "?": how the pad is used, by pointer and by keys.

import { closeBeside, openDialog } from "../shared/dialog.js";
import { $, isExhibit, isTyping } from "../shared/dom.js";

export function createHelp() {
  const dialog = $("#help");
  $("#help-open").addEventListener("click", () => openDialog(dialog));
  $("#help-close").addEventListener("click", () => dialog.close());
  closeBeside(dialog, () => dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || isTyping(event) || isExhibit()) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!$("dialog[open]")) openDialog(dialog);
  });
}
