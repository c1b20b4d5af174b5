// The buttons of a run: pause and go on, stop, another learning rate, save, train longer; and what to do with its result.

import { $ } from "../shared/dom.js";
import { call, describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { isFinished } from "./record.js";
import { compareAll, explainWith, readWith } from "./use.js";
import { tellRate } from "./words.js";

// onRun(id) is called when a run was begun; notify(text) tells what went wrong; refresh() asks for news.
export function createSteering({ onRun, notify, refresh }) {
  let run = null;

  async function steer(action, value) {
    if (!run) return;
    const answer = await call("steer_training", { run: run.id, action, ...(value !== undefined && { value }) });
    notify(describeState(answer));
    if (answer?.ok && answer.run) onRun(answer.run);
    else refresh();
  }

  function onSubmit(form, action) {
    $(form).addEventListener("submit", (event) => {
      event.preventDefault();
      action();
    });
  }

  $("#train-pause").addEventListener("click", () => steer(run?.state === "paused" ? "resume" : "pause"));
  $("#train-stop").addEventListener("click", () => steer("stop"));
  onSubmit("#train-rate-form", () => {
    const rate = Number($("#train-rate").value.replace(",", "."));
    if (rate > 0) steer("rate", rate);
    else notify(t("train_rate_wrong"));
  });
  onSubmit("#train-save-form", async () => {
    const name = $("#train-save").value.trim();
    if (!name) return notify(t("train_save_wrong"));
    await steer("save", name);
    $("#train-save").value = "";
  });
  onSubmit("#train-longer-form", () => steer("longer", $("#train-longer").valueAsNumber || 1));
  for (const [button, use] of [["#train-use", readWith], ["#train-explain", explainWith], ["#train-compare-all", compareAll]]) {
    $(button).addEventListener("click", () => run?.model && use(run.model));
  }

  return {
    show(next, record) {
      const isOther = run?.id !== next?.id;
      run = next;
      const isSteered = Boolean(run) && !isFinished(run.state) && run.isMine;
      $("#train-steer").hidden = !isSteered;
      $("#train-done").hidden = !run?.model || !isFinished(run.state);
      if (!run) return;
      const hasBegun = ["running", "paused"].includes(run.state);
      $("#train-pause").textContent = t(run.state === "paused" ? "train_resume" : "train_pause");
      $("#train-pause").disabled = !hasBegun;
      $("#train-stop").disabled = run.state === "storing";
      for (const form of ["#train-rate-form", "#train-save-form"]) $(form).hidden = !hasBegun;
      $("#train-longer-form").hidden = !run.isMine;
      $("#train-browse").href = `#data?${new URLSearchParams({ model: run.model })}`;
      const rate = $("#train-rate");
      if (record?.learningRate && (isOther || document.activeElement !== rate)) rate.placeholder = tellRate(record.learningRate);
    },
  };
}
