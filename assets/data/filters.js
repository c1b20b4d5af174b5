// The filters, each choice with the number of samples that it would leave.

import { $, digitColor, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { FILTERS } from "./view.js";

const FLAGS = [
  { name: "right", value: true, key: "right" },
  { name: "right", value: false, key: "wrong" },
  { name: "seen", value: true, key: "seen" },
  { name: "seen", value: false, key: "new" },
  { name: "refused", value: true, key: "refused" },
  { name: "ambiguous", value: true, key: "ambiguous" },
  { name: "suspected", value: true, key: "suspected" },
  { name: "duplicates", value: true, key: "duplicates" },
];
const SORTS = ["index", "confidence", "loss", "margin", "ink", "slant"];

// What a press on a digit makes of those that are chosen; undefined for none.
export function toggleDigit(chosen = [], digit) {
  const next = chosen.includes(digit) ? chosen.filter((other) => other !== digit) : [...chosen, digit].sort();
  return next.length ? next : undefined;
}

// What the choice of an order changes in the view. First comes what is looked for: the least sure, the most wrong.
export function chooseOrder(name) {
  return {
    shuffle: name === "shuffle" ? Math.floor(Math.random() * 1e6) : undefined,
    sort: name === "shuffle" || name === "index" ? undefined : name,
    descending: name === "loss" || undefined,
  };
}

// A share as the number of a field, and back; undefined for an empty one.
export const toPercent = (share) => (share === undefined ? "" : Math.round(share * 1000) / 10);
export const fromPercent = (text) => (text === "" ? undefined : Number(text) / 100);

export function createFilters(view) {
  const digits = Object.fromEntries(["label", "predicted"].map((name) => [name, createDigits(name)]));
  const flags = FLAGS.map((flag) => ({ ...flag, button: createFlag(flag) }));

  function createButton(className, text, onClick) {
    const button = make("button", { type: "button", className }, make("span", { textContent: text }), make("small"));
    button.addEventListener("click", onClick);
    return button;
  }

  function createDigits(name) {
    return Array.from({ length: 10 }, (_, digit) => {
      const button = createButton("digit", digit, () => {
        view.set({ [name]: toggleDigit(view.now[name], digit) });
      });
      button.style.setProperty("--digit-color", digitColor(digit));
      $(`#filter-${name}`).append(button);
      return button;
    });
  }

  function createFlag({ name, value, key }) {
    const button = createButton("flag", t(`flag_${key}`), () => {
      view.set({ [name]: view.now[name] === value ? undefined : value });
    });
    button.dataset.flag = key;
    button.title = t(`hint_${key}`);
    $("#filter-flags").append(button);
    return button;
  }

  function setCount(button, isChosen, count, name) {
    button.setAttribute("aria-pressed", isChosen);
    button.querySelector("small").textContent = count === undefined ? "" : count.toLocaleString();
    // What would leave nothing stays open only to be taken back.
    button.disabled = !isChosen && !count;
    button.setAttribute("aria-label", t("filter_choice", { name, count: count ?? "?" }));
  }

  function show(counts = {}) {
    const { now } = view;
    for (const [name, buttons] of Object.entries(digits)) {
      buttons.forEach((button, digit) => {
        setCount(button, Boolean(now[name]?.includes(digit)), counts[name]?.[digit], `${t(`filter_${name}_title`)} ${digit}`);
      });
    }
    flags.forEach(({ name, value, key, button }) => {
      setCount(button, now[name] === value, counts[key], t(`flag_${key}`));
    });
    for (const name of ["low", "high"]) {
      const input = $(`#${name}`);
      // Not under the hands of someone who is typing.
      if (document.activeElement !== input) input.value = toPercent(now[name]);
    }
    $("#sort").value = now.shuffle !== undefined ? "shuffle" : now.sort ?? "index";
    $("#descending").setAttribute("aria-pressed", Boolean(now.descending));
    $("#descending").disabled = now.shuffle !== undefined;
    $("#box").hidden = !now.box;
    $("#suspected-text").hidden = now.suspected === undefined;
    $("#reset").disabled = !view.filters.length;
    const number = view.filters.length;
    $("#filters-title").textContent = number ? t("filters_number", { number }) : t("filters");
  }

  $("#sort").append(...[...SORTS, "shuffle"].map((key) => new Option(t(`sort_${key}`), key)));
  $("#sort").addEventListener("change", ({ target }) => {
    view.set(chooseOrder(target.value));
  });
  $("#descending").addEventListener("click", () => view.set({ descending: !view.now.descending || undefined }));
  $("#data-shuffle").addEventListener("click", () => view.set(chooseOrder("shuffle")));
  for (const name of ["low", "high"]) {
    $(`#${name}`).addEventListener("change", ({ target }) => {
      if (!target.reportValidity()) return;
      view.set({ [name]: fromPercent(target.value) });
    });
  }
  $("#box").addEventListener("click", () => view.set({ box: undefined }));
  $("#reset").addEventListener("click", () => {
    view.set(Object.fromEntries([...FILTERS, "page"].map((name) => [name, undefined])));
  });

  return { show };
}
