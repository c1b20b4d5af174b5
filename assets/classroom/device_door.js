// Ways in and out: the code, the animal that was lost, and what a room says that lets nobody in.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeButton, makeRow, title, words } from "./device_nodes.js";
import { readCode } from "./device_store.js";

export const nameAnimal = ({ animal, number }) => (
  number > 1 ? t("device_animal_number", { animal: t(`animal_${animal}`), number }) : t(`animal_${animal}`));

export const showAnimal = (pupil) => `${pupil.symbol} ${nameAnimal(pupil)}`;

const makeLink = (href, text) => make("a", { href, textContent: text });

// One sentence, and where the rest of it stands.
export function makePrivacy() {
  const link = Object.assign(makeLink("docs/class_privacy", t("device_privacy_link")), { target: "_blank" });
  return make("p", { className: "device-privacy muted" }, t("device_privacy"), " ", link);
}

function makeCodeForm() {
  const input = make("input", {
    type: "text", id: "device-code", maxLength: 20,
    autocomplete: "off", autocapitalize: "characters", spellcheck: false,
  });
  const label = make("label", { htmlFor: "device-code", textContent: t("device_code") });
  const button = make("button", { className: "primary", textContent: t("device_join") });
  const form = make("form", { className: "device-form" }, label, input, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = readCode(input.value);
    if (code) location.hash = `#class?code=${encodeURIComponent(code)}`;
    else input.focus();
  });
  return form;
}

function makeAnimals(pupils, onChoose) {
  const items = pupils.map((pupil) => make("li", {}, makeButton(showAnimal(pupil), () => onChoose(pupil))));
  return make("ul", { className: "device-animals" }, ...items);
}

// `act` has what a pupil may do here; each takes what is told, and gives nodes.
export const DOORS = {
  joining: () => [title(t("device_joining")), makePrivacy()],
  wrong: ({ message }) => [title(t("device_wrong")), ...message ? [words(message)] : [], makeCodeForm(), makePrivacy()],
  refused: ({ message, act }) => [
    title(t("device_refused")), words(message),
    makeRow(
      makeButton(t("device_try"), act.enter, { className: "primary" }),
      makeButton(t("device_was_here"), act.listAnimals)),
    makePrivacy(),
  ],
  ended: () => [
    title(t("device_ended")), words(t("device_ended_words")), makeLink("#draw", t("device_to_pad")), makeCodeForm(),
  ],
  left: ({ act }) => [
    title(t("device_left")), words(t("device_left_words")),
    makeRow(makeButton(t("device_join_again"), act.enter), makeLink("#draw", t("device_to_pad"))),
  ],
  outside: ({ act }) => [
    title(t("device_outside")), words(t("device_outside_words")),
    makeRow(
      makeButton(t("device_join_new"), act.rejoin, { className: "primary" }),
      makeButton(t("device_was_here"), act.listAnimals)),
  ],
  waiting: ({ act, news, wanted }) => [
    title(wanted ? t("device_waiting_for", { animal: showAnimal(wanted) }) : t("device_waiting")),
    words(t("device_waiting_words")),
    makeRow(
      makeButton(t("device_other"), act.listAnimals),
      news.pupil ? makeButton(t("device_go_on", { animal: nameAnimal(news.pupil) }), act.goOn)
        : makeButton(t("device_join_new"), act.rejoin)),
  ],
  animals: ({ act, pupils }) => [
    title(t("device_which")), words(t("device_which_words")),
    makeAnimals(pupils, act.askBack), makeRow(makeButton(t("device_cancel"), act.cancel)),
  ],
};
