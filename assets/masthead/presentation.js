// One screen for a class: pad, verdict, bars and the living network, large, and nothing else. An exhibit is the same,
// for people who pass by.

import { $, isTyping } from "../shared/dom.js";
import { createExhibit, readSeconds } from "./exhibit.js";

const PLACE = "#inside?view=network";

export function createPresentation(showTab) {
  const { dataset } = document.body;
  let before = ""; // where the page was, as the address says it behind the "#"

  const isAsked = () => new URLSearchParams(location.search).has("present");

  // A link to the place alone would load the page anew: the page's base address asks for nothing.
  function write(isOn, place) {
    const query = new URLSearchParams(location.search);
    if (isOn) query.set("present", "1");
    else query.delete("present");
    history.replaceState(null, "", `${location.pathname}${`${query}` && `?${query}`}${place}`);
    showTab();
  }

  function enter() {
    if ($('#sketch [data-mode="hand"]')) return; // twenty digits are being drawn, with the answer hidden
    before = location.hash;
    dataset.mode = "present";
    write(true, PLACE);
    $("#present-leave").focus({ preventScroll: true });
  }

  function leave() {
    delete dataset.mode;
    write(false, before);
    $("#present").focus({ preventScroll: true });
  }

  $("#present").addEventListener("click", enter);
  $("#present-leave").addEventListener("click", leave);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || $("dialog[open]")) return;
    const isKey = event.key.toLowerCase() === "p";
    if (dataset.mode === "present" && (isKey || event.key === "Escape")) leave();
    else if (!dataset.mode && isKey) enter();
  });
  // Back to an address from before.
  addEventListener("popstate", () => {
    if (dataset.mode === "present" && !isAsked()) delete dataset.mode;
  });

  const seconds = new URLSearchParams(location.search).get("exhibit");
  if (seconds !== null) {
    dataset.mode = "exhibit";
    history.replaceState(null, "", `${location.pathname}${location.search}${PLACE}`);
    createExhibit(readSeconds(seconds));
  } else if (isAsked()) {
    enter();
  }
}
