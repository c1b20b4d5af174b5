// The guided tour: ten steps from the first stroke to the confusion matrix. Each has an address, `#tour?step=3`, which
// gives way to the address of the place that the step is about.

import { on } from "../shared/bus.js";
import { $, make } from "../shared/dom.js";
import { level } from "../shared/level.js";
import { recall, remember } from "../shared/memory.js";
import { SILENCE } from "../shared/server.js";
import { t } from "../shared/texts.js";

export function createTour(showTab) {
  const places = [
    "#draw", "#inside?view=journey", "#inside?view=network", "#inside?view=network", "#inside?view=why",
    "#inside?view=belief", "#inside?view=change", "#inside?view=fool", "#data", "#data?show=crowd",
  ];
  const total = places.length;
  const address = (step) => `#tour?step=${step}`;
  const links = places.map((_, index) => {
    const step = index + 1;
    const link = make("a", { href: address(step), textContent: step, title: t(`tour_title_${step}`) });
    link.setAttribute("aria-label", t("tour_step", { step, total, title: t(`tour_title_${step}`) }));
    return link;
  });
  let current = null; // the step, from 1 on; null when no tour is on
  $("#tour nav").append(...links);

  function draw() {
    $("#tour").hidden = current === null;
    if (current === null) return;
    $("#tour-number").textContent = t("tour_number", { step: current, total });
    $("#tour-title").textContent = t(`tour_title_${current}`);
    $("#tour-title").href = address(current);
    $("#tour-words").textContent = level() === "school" ? t(`tour_school_${current}`) : t(`tour_university_${current}`);
    $("#tour-back").disabled = current === 1;
    $("#tour-next").disabled = current === total;
    links.forEach((link, index) => {
      if (index + 1 === current) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
  }

  function notify(text) {
    $("#tour-notice").textContent = text;
    $("#tour-notice").hidden = !text;
  }

  function fold(isFolded) {
    $("#tour-text").hidden = isFolded;
    $("#tour-fold").setAttribute("aria-expanded", !isFolded);
    remember("tour-folded", isFolded ? "yes" : "");
  }

  function keep(step) {
    current = step;
    remember("tour", step ?? "");
    draw();
  }

  function open(step) {
    notify("");
    keep(step);
    // Not `location.replace`, which scrolls to the element of that name, past this text.
    history.replaceState(null, "", places[step - 1]);
    showTab();
  }

  const isStep = (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= total;

  // Whether the address was one of the tour's.
  function follow() {
    const [name, query] = location.hash.slice(1).split("?");
    if (name !== "tour") return false;
    const given = new URLSearchParams(query).get("step") ?? "1";
    const isWrong = !isStep(given);
    open(isWrong ? 1 : Number(given));
    if (isWrong) {
      notify(t("tour_wrong", { step: given, total }));
      fold(false);
    }
    return true;
  }

  async function copyLink() {
    const link = `${location.origin}${location.pathname}${address(current)}`;
    try {
      await navigator.clipboard.writeText(link);
      $("#tour-copy").textContent = t("copied");
      setTimeout(() => { $("#tour-copy").textContent = t("copy_link"); }, SILENCE);
    } catch {
      notify(link); // a page that is not served with https has no clipboard
    }
  }

  // A button that can no longer be used loses the focus.
  function go(by) {
    open(current + by);
    if (current === 1) $("#tour-next").focus();
    if (current === total) $("#tour-back").focus();
  }

  $("#tour-back").addEventListener("click", () => go(-1));
  $("#tour-next").addEventListener("click", () => go(1));
  $("#tour-end").addEventListener("click", () => keep(null));
  $("#tour-copy").addEventListener("click", copyLink);
  $("#tour-fold").addEventListener("click", () => fold(!$("#tour-text").hidden));
  addEventListener("hashchange", follow);
  on("level", draw);

  fold(recall("tour-folded") === "yes");
  const kept = recall("tour") ?? "";
  if (!follow()) keep(isStep(kept) ? Number(kept) : null);
}
