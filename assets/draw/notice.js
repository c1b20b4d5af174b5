// The message on the pad: what the visitor should know now, or else how the server is.

import { $ } from "../shared/dom.js";
import { t } from "../shared/texts.js";

let health = "ok"; // or slow, or away

export function notify(text) {
  const notice = $("#notice");
  notice.textContent = text || (health === "ok" ? "" : t(`server_${health}`));
  notice.hidden = !notice.textContent;
}

export function showHealth(state) {
  const next = ["slow", "away"].includes(state) ? state : "ok";
  if (next === health) return;
  health = next;
  notify("");
}
