// The learning once more: a slider over the epochs whose weights were kept.

import { $, isShown } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { isFinished } from "./record.js";

// onShow(answer) is called with what the network was like after an epoch, with null when what is now is to be shown.
export function createReplay({ getImage, notify, onShow }) {
  const slider = $("#train-epoch");
  let record = null;
  let epoch = null; // that is looked at; null for now
  let shown = ""; // what was asked about when nobody moved the slider
  // When a run is over nobody reads the drawing any more; what it has become is its last epoch.
  const wanted = () => epoch ?? (record && isFinished(record.state) ? record.kept.at(-1) ?? null : null);
  const live = createLive({
    name: "replay_training",
    nextQuestion: () => (wanted() === null ? null : { run: record.id, epoch: wanted(), image: getImage() }),
    onAnswer(answer, question) {
      notify(describeState(answer));
      if (answer.ok && question.epoch === wanted() && question.run === record?.id) onShow(answer);
    },
  });

  function look(next) {
    epoch = next;
    $("#train-now").disabled = epoch === null;
    if (epoch === null) onShow(null);
    live.request();
  }

  function describe() {
    const words = epoch === null ? "" : t(epoch ? "train_replay_epoch" : "train_replay_start", { epoch });
    $("#train-epoch-words").textContent = words;
    slider.setAttribute("aria-valuetext", words);
  }

  slider.addEventListener("input", () => {
    look(record.kept[slider.valueAsNumber]);
    describe();
  });
  $("#train-now").addEventListener("click", () => {
    slider.value = slider.max;
    look(null);
    describe();
    slider.focus();
  });

  return {
    get epoch() { return epoch; },
    // Reads the drawing again, where no training does.
    refresh() {
      if (isShown(slider.closest(".train"))) live.request();
    },
    show(next) {
      const isOther = next?.id !== record?.id;
      record = next;
      if (isOther) {
        look(null);
        describe();
      }
      const over = record && isFinished(record.state) ? `${record.id} ${record.kept.length}` : "";
      if (over && over !== shown) live.request();
      shown = over;
      const count = record?.kept.length ?? 0;
      $("#train-replay").hidden = count < 2;
      if (Number(slider.max) === count - 1) return;
      slider.max = Math.max(0, count - 1);
      slider.value = epoch === null ? slider.max : record.kept.indexOf(epoch);
      describe();
    },
  };
}
