// "Guess first": drawings that the network misreads, or nearly, to choose one from.

import { openDialog } from "../shared/dialog.js";
import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";
import { makeButton, makeProblem, write } from "./teacher_tools.js";

export function createOffers(desk) {
  const problem = makeProblem();
  const wait = make("p", { className: "muted", role: "status" });
  const tiles = make("div", { className: "class-offers" });
  const dialog = make("dialog", { id: "class-offers", className: "teacher-dialog wide" });
  const title = make("h2", { id: "class-offers-title", textContent: t("teacher_offers_title") });
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(make("div", { className: "dialog-head" }, title, makeButton("teacher_close", () => dialog.close())),
    make("p", { className: "muted", textContent: t("teacher_offers_about") }), wait, problem, tiles);

  function makeOffer(offer) {
    const { id, image, label, digit, kind } = offer;
    const says = t(`teacher_offer_${kind}`, { label, digit });
    return makeButton(null, async () => {
      if (await desk.ask("start_guess", { id }, problem)) dialog.close();
    }, { className: `class-offer ${kind}` }, makeTile({ image }, says), says);
  }

  return {
    dialogs: [dialog],
    async open() {
      openDialog(dialog);
      write(wait, t("teacher_offers_wait"));
      wait.hidden = false;
      const answer = await desk.ask("offer_guesses", {}, problem);
      wait.hidden = true;
      if (answer) tiles.replaceChildren(...answer.offers.map(makeOffer));
    },
    show() {},
  };
}
