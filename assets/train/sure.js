// A button that deletes: it has to be pressed twice.

import { t } from "../shared/texts.js";

const REALLY = 4000; // how long it may be said once more

export function askTwice(button, action) {
  button.textContent = t("train_run_delete");
  button.addEventListener("click", () => {
    if (button.dataset.sure) return action();
    button.dataset.sure = "yes";
    button.textContent = t("train_run_really");
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = t("train_run_delete");
    }, REALLY);
  });
}
