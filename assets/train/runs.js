// All trainings there were, and those that wait; and another one whose curves stand beside the one that is shown.

import { $, make } from "../shared/dom.js";
import { tenthPercent } from "../shared/numbers.js";
import { call, describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { addTo, createRecord, isFinished } from "./record.js";
import { askTwice } from "./sure.js";

// onChoose(id) shows another run; onBeside(record) is given the run beside it, or null.
export function createRuns({ onChoose, onBeside, notify, refresh }) {
  const root = $("#train-runs");
  const list = make("div", { id: "train-run-list" });
  root.append(list);
  let drawn = "";
  let isOwner = false;

  async function steer(run, action, value) {
    notify(describeState(await call("steer_training", { run: run.id, action, value })));
    refresh();
  }

  function describe(run, shown) {
    const row = make("article", { className: run.id === shown ? "shown" : "" });
    row.dataset.run = run.id;
    const isMine = !run.isRecorded && (run.isMine || isOwner);
    const name = make(isMine ? "input" : "b");
    if (isMine) {
      Object.assign(name, { value: run.name || run.recipe, maxLength: 60 });
      name.setAttribute("aria-label", t("train_run_name"));
      name.addEventListener("change", () => name.value.trim() && steer(run, "rename", name.value.trim()));
    } else {
      name.textContent = run.name || run.recipe;
    }
    const facts = [run.recipe, ...run.changes].join(", ");
    row.append(name, make("span", { className: "muted", textContent: facts }), make("span", { textContent: tellState(run) }), addButtons(run, isMine));
    return row;
  }

  function addButtons(run, isMine) {
    const buttons = make("div", { className: "buttons" }, button("train_run_show", () => onChoose(run.id)));
    if (!isMine) return buttons;
    if (!isFinished(run.state)) buttons.append(button("train_stop", () => steer(run, "stop")));
    if (run.model) buttons.append(button(run.isShared ? "train_run_unshare" : "train_run_share", () => steer(run, "share", !run.isShared)));
    if (isFinished(run.state)) {
      const remove = make("button", { type: "button" });
      askTwice(remove, () => steer(run, "delete"));
      buttons.append(remove);
    }
    return buttons;
  }

  $("#train-with").addEventListener("change", async ({ target }) => {
    if (!target.value) return onBeside(null);
    const answer = await call("look_at_training", { run: target.value, since: {} });
    notify(describeState(answer));
    if (!answer?.ok || !answer.run || target.value !== answer.run.id) return;
    const name = target.selectedOptions[0].textContent;
    onBeside({ ...addTo(createRecord(answer.run.id), answer.run), name });
  });

  return {
    show(runs, shown, owner) {
      const now = JSON.stringify([runs.map(({ id, name, state, place, isShared, accuracy, model }) => (
        [id, name, state, place, isShared, accuracy, model])), shown, owner]);
      if (now === drawn || list.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
      drawn = now;
      isOwner = owner;
      const place = focusPlace(list);
      list.replaceChildren(...runs.map((run) => describe(run, shown)));
      if (!runs.length) list.append(make("p", { className: "muted", textContent: t("train_runs_none") }));
      if (place) list.querySelector(`[data-run="${place.run}"]`)?.querySelectorAll("button")[place.index]?.focus();
      offerOthers(runs, shown);
    },
  };
}

function offerOthers(runs, shown) {
  const select = $("#train-with");
  const others = runs.filter(({ id, trained }) => trained && id !== shown);
  $("#train-with-field").hidden = !others.length;
  const chosen = select.value;
  select.replaceChildren(new Option(t("train_with_none"), ""), ...others.map((run) => new Option(nameRun(run), run.id)));
  select.value = others.some(({ id }) => id === chosen) ? chosen : "";
  if (select.value !== chosen) select.dispatchEvent(new Event("change"));
}

const nameRun = (run) => [run.name || run.recipe, run.changes.join(", ")].filter(Boolean).join(": ");

// Which button had the focus, as the list is drawn anew.
function focusPlace(list) {
  const row = list.contains(document.activeElement) && document.activeElement.closest("[data-run]");
  return row ? { run: row.dataset.run, index: [...row.querySelectorAll("button")].indexOf(document.activeElement) } : null;
}

function button(key, action) {
  const made = make("button", { type: "button", textContent: t(key) });
  made.addEventListener("click", action);
  return made;
}

function tellState(run) {
  if (run.state === "waiting") return t("train_run_waiting", { place: run.place });
  const accuracy = run.accuracy ?? run.best;
  const state = t(run.isRecorded ? "train_run_recorded" : `train_run_${run.state}`);
  return accuracy === null || accuracy === undefined ? state : t("train_run_read", { state, percent: tenthPercent(accuracy) });
}
