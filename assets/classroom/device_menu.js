// What a pupil seldom does: passing the device on, coming back to an animal, leaving. Each asks once more.

import { make } from "../shared/dom.js";
import { closeBeside, openDialog } from "../shared/dialog.js";
import { t } from "../shared/texts.js";
import { makePrivacy, nameAnimal, showAnimal } from "./device_door.js";
import { makeButton } from "./device_nodes.js";

// act: passOn(pupil) and leave() give what went wrong, or an empty text; listAnimals().
export function createMenu(root, act) {
  const dialog = make("dialog", { className: "device-menu" });
  dialog.setAttribute("aria-label", t("device_menu"));
  const state = make("p", { className: "muted" });
  state.setAttribute("role", "status");
  let news = null;
  root.append(dialog);
  closeBeside(dialog, () => dialog.close());

  function show(heading, ...nodes) {
    state.textContent = "";
    const head = make("h1", { className: "device-title", textContent: heading, tabIndex: -1 });
    dialog.replaceChildren(head, ...nodes, state);
    head.focus();
  }

  const cancel = () => makeButton(t("device_cancel"), () => dialog.close());

  function showAll() {
    show(showAnimal(news.pupil),
      makeButton(t("device_pass"), showPass),
      makeButton(t("device_was_here"), () => { dialog.close(); act.listAnimals(); }),
      makeButton(t("device_leave"), showLeave),
      makePrivacy(),
      makeButton(t("device_close"), () => dialog.close()));
  }

  // Those who drew here before, and somebody new.
  function showPass() {
    const others = news.pupils.filter(({ id }) => id !== news.pupil.id);
    show(t("device_pass_who"),
      make("p", { textContent: t("device_pass_words", { animal: nameAnimal(news.pupil) }) }),
      makeButton(t("device_pass_new"), () => pass(null), { className: "primary" }),
      ...others.map((pupil) => makeButton(showAnimal(pupil), () => pass(pupil.id))),
      cancel());
  }

  async function pass(pupil) {
    if (await attempt(() => act.passOn(pupil))) {
      show(t("device_pass_done", { animal: showAnimal(news.pupil) }),
        make("p", { textContent: t("device_pass_done_words") }),
        makeButton(t("device_start"), () => dialog.close(), { className: "primary" }));
    }
  }

  function showLeave() {
    show(t("device_leave_sure"),
      make("p", { textContent: t("device_leave_words", { animal: nameAnimal(news.pupil) }) }),
      makeButton(t("device_leave"), async () => await attempt(act.leave) && dialog.close(), { className: "primary" }),
      cancel());
  }

  // What is not answered is not repeated: two new animals would come of it.
  async function attempt(action) {
    const buttons = [...dialog.querySelectorAll("button")];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const problem = await action();
      state.textContent = problem;
      return !problem;
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
  }

  return {
    update(next) {
      news = next;
      if (!news.pupil) dialog.close(); // the teacher has taken the animal away
    },
    open() {
      if (!news?.pupil) return;
      showAll();
      openDialog(dialog);
    },
    openPass() {
      showPass();
      openDialog(dialog);
    },
    close() { dialog.close(); },
  };
}
