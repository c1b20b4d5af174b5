// The learning once more: a slider over the epochs whose weights were kept.

import { $ } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";

// onShow(answer) is called with what the network was like after an epoch, with null when what is now is to be shown.
export function createReplay({ getImage, notify, onShow }) {
  const slider = $("#train-epoch");
  let record = null;
  let epoch = null; // that is looked at; null for now
  const live = createLive({
    name: "replay_training",
    nextQuestion: () => (epoch === null ? null : { run: record.id, epoch, image: getImage() }),
    onAnswer(answer, question) {
      notify(describeState(answer));
      if (answer.ok && question.epoch === epoch && question.run === record?.id) onShow(answer);
    },
  });

  function look(next) {
    epoch = next;
    $("#train-now").disabled = epoch === null;
    if (epoch === null) return onShow(null);
    live.request();
  }

  function describe() {
    const words = epoch === null ? "" : t("train_replay_epoch", { epoch });
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
    // Reads the drawing again, where an earlier epoch is looked at.
    refresh: live.request,
    show(next) {
      if (next?.id !== record?.id && epoch !== null) look(null);
      record = next;
      const count = record?.kept.length ?? 0;
      $("#train-replay").hidden = count < 2;
      if (Number(slider.max) === count - 1) return;
      slider.max = Math.max(0, count - 1);
      slider.value = epoch === null ? slider.max : record.kept.indexOf(epoch);
      describe();
    },
  };
}
