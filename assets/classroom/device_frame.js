// The frame of a pupil's page: the animal and the task above the pad, what stands beside or instead of it, and the
// button below. The pad itself stays where it is in the page; styles lay both out as one.

import { $, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makePrivacy, nameAnimal } from "./device_door.js";
import { writeDigits } from "./device_views.js";

const MENU = `<svg viewBox="0 0 24 24" aria-hidden="true">
  ${[5, 12, 19].map((x) => `<circle class="solid" cx="${x}" cy="12" r="2"/>`).join("")}
</svg>`;

function makeStatus(id) {
  const node = make("p", { id });
  node.setAttribute("role", "status");
  return node;
}

export function createFrame(root, { onSend, onMenu }) {
  const name = make("p", { id: "class-name" });
  const task = make("p", { id: "class-task" });
  const menu = make("button", { type: "button", id: "class-menu", className: "icon", innerHTML: MENU });
  menu.addEventListener("click", onMenu);
  menu.setAttribute("aria-label", t("device_menu"));
  const top = make("header", { className: "device-top" }, name, task, menu);
  const line = makeStatus("class-line");
  const panel = make("section", { id: "class-panel" });
  const send = make("button", { type: "button", id: "class-send", className: "primary" }, t("device_send"));
  send.addEventListener("click", onSend);
  const sent = makeStatus("class-sent");
  const announcement = make("p", { className: "unseen" });
  announcement.setAttribute("aria-live", "polite");
  const pause = make("div", { className: "device-pause", hidden: true, tabIndex: -1 },
    make("p", { textContent: t("device_paused") }), make("p", { textContent: t("device_paused_words") }));
  pause.setAttribute("role", "alert");
  root.append(top, line, panel, send, sent, makePrivacy(), announcement, pause);
  let shown = ""; // of the panel
  let focused = null; // before a pause

  function fill(key, nodes) {
    if (key === shown) return;
    shown = key;
    const { key: last } = document.activeElement?.closest("#class-panel [data-key]")?.dataset ?? {};
    const hadFocus = panel.contains(document.activeElement);
    panel.replaceChildren(...nodes());
    if (!hadFocus) return;
    const again = [...panel.querySelectorAll("[data-key]")].find((node) => node.dataset.key === last && !node.disabled);
    (again ?? panel.querySelector(".device-title"))?.focus({ preventScroll: true });
  }

  return {
    root,
    setName(pupil) {
      const symbol = make("span", { ariaHidden: "true", textContent: pupil?.symbol ?? "" });
      name.replaceChildren(...pupil ? [symbol, `\u00a0${nameAnimal(pupil)}`] : []);
      menu.hidden = !pupil;
    },
    // The task is also spoken when it has changed.
    setTask(text, progress) {
      const whole = `${text} ${progress}`.trim();
      if (task.dataset.said === whole) return;
      task.dataset.said = whole;
      task.replaceChildren(make("span", {}, ...writeDigits(text)), make("small", { textContent: progress }));
      announcement.textContent = whole;
    },
    setView(view, activity, key, nodes) {
      const isOther = root.dataset.view !== view;
      root.dataset.view = view;
      document.body.dataset.pad = view === "draw" ? "open" : "";
      document.body.dataset.activity = activity;
      fill(key, nodes);
      const heading = panel.querySelector(".device-title")?.textContent;
      if (isOther && heading) announcement.textContent = heading;
    },
    setLine(text) { if (line.textContent !== text) line.textContent = text; },
    setSent(text) { if (sent.textContent !== text) sent.textContent = text; },
    setReady(isReady) { send.setAttribute("aria-disabled", !isReady); },
    // What is told of privacy stands where the answer will be.
    setFresh(isFresh) { document.body.dataset.fresh = isFresh ? "yes" : ""; },
    setPaused(isPaused) {
      if (pause.hidden === !isPaused) return;
      if (isPaused) focused = document.activeElement;
      pause.hidden = !isPaused;
      for (const node of [top, panel, send, $("#sketch"), $("#sketchpad")]) node.toggleAttribute("inert", isPaused);
      (isPaused ? pause : focused)?.focus({ preventScroll: true });
    },
    close() {
      for (const name of ["pad", "fresh", "activity"]) delete document.body.dataset[name];
      for (const node of [$("#sketch"), $("#sketchpad")]) node.removeAttribute("inert"); // they are the page's
    },
  };
}
