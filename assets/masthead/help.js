// "?": how the pad is used, by pointer and by keys.

import { closeBeside, openDialog } from "../shared/dialog.js";
import { $, isExhibit, isTyping } from "../shared/dom.js";
import { fillTexts } from "../shared/texts.js";

// Not in the page's own HTML, which holds what is seen at once.
const PANEL = `
  <div class="help-head">
    <h2 id="help-title" data-text="help"></h2>
    <button type="button" id="help-close" data-label="help_close">
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18"/></svg>
    </button>
  </div>
  <table>
    <tbody>
      <tr><th scope="row" data-text="help_draw"></th><td data-text="help_draw_how"></td></tr>
      <tr><th scope="row" data-text="help_undo"></th><td data-text="help_undo_how"></td></tr>
      <tr><th scope="row" data-text="help_redo"></th><td data-text="help_redo_how"></td></tr>
      <tr><th scope="row" data-text="help_erase"></th><td data-text="help_erase_how"></td></tr>
      <tr><th scope="row" data-text="help_clear"></th><td data-text="help_clear_how"></td></tr>
      <tr><th scope="row" data-text="help_number"></th><td data-text="help_number_how"></td></tr>
      <tr><th scope="row" data-text="help_draw_keys"></th><td data-text="help_draw_keys_how"></td></tr>
      <tr><th scope="row" data-text="help_width"></th><td data-text="help_width_how"></td></tr>
      <tr><th scope="row" data-text="help_picture"></th><td data-text="help_picture_how"></td></tr>
      <tr><th scope="row" data-text="help_frame"></th><td data-text="help_frame_how"></td></tr>
      <tr><th scope="row" data-text="help_sample"></th><td data-text="help_sample_how"></td></tr>
      <tr><th scope="row" data-text="help_train"></th><td data-text="help_train_how"></td></tr>
      <tr><th scope="row" data-text="help_present"></th><td data-text="help_present_how"></td></tr>
    </tbody>
  </table>
  <p><span data-text="help_keys"></span> <a href="docs/" data-text="help_docs"></a></p>
`;

export function createHelp() {
  const dialog = $("#help");
  dialog.innerHTML = PANEL;
  fillTexts(dialog);
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
