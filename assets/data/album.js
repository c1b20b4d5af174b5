// The grid of samples: one picture for a whole page, and pages to turn.

import { $, digitColor, make } from "../shared/dom.js";
import { openSprite } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { isMixed } from "./sets.js";

export function createAlbum(view, openSample) {
  let last = null; // the last answer

  function show(answer) {
    last = answer;
    const { samples, total, size, page } = answer;
    const grid = $("#grid");
    grid.classList.toggle("greeting", view.isGreeting);
    const paint = openSprite(answer.sprite, answer.columns);
    grid.replaceChildren(...samples.map((sample, number) => drawSample(sample, number, paint)));
    grid.classList.remove("stale");
    grid.inert = false;
    // One stop for the tab key; from there arrow keys lead on.
    if (samples.length) grid.firstElementChild.tabIndex = 0;
    const first = page * view.size + 1;
    $("#total").textContent = total
      ? t(isMixed(view) ? "album_mixed" : view.isGreeting ? "album_greeting" : "album_total", {
        first: first.toLocaleString(), last: (first + samples.length - 1).toLocaleString(),
        total: total.toLocaleString(), size: size.toLocaleString(),
      })
      : t(size ? "album_none" : view.now.split === "own" ? "album_empty_own" : "album_empty_set");
    $("#more").hidden = !view.isGreeting || total <= samples.length;
    $("#more").textContent = t("album_more", { size: size.toLocaleString() });
    const numPages = Math.ceil(total / view.size);
    $("#pager").hidden = view.isGreeting || numPages < 2;
    if (document.activeElement !== $("#page-number")) $("#page-number").value = page + 1;
    $("#page-number").max = numPages;
    $("#pages").textContent = t("album_pages", { pages: numPages.toLocaleString() });
    $("#first").disabled = $("#previous").disabled = page === 0;
    $("#last").disabled = $("#next").disabled = page >= numPages - 1;
    $("#unreadable").textContent = answer.unreadable ? t("album_unreadable", { count: answer.unreadable }) : "";
    grid.dataset.page = page;
    $("#own-delete").hidden = view.now.split !== "own" || !total;
  }

  function drawSample(sample, number, paint) {
    const { index, label, predicted, isSeen, isAccepted } = sample;
    const isWrong = label !== null && predicted !== undefined && predicted !== label;
    const words = make("span", { className: "caption" });
    if (label !== null) words.append(make("b", { textContent: label }));
    if (isWrong || (label === null && predicted !== undefined)) {
      words.append(make("i", { textContent: `→${predicted}${isAccepted ? "" : "?"}` }));
    } else if (isAccepted === false) {
      words.append(make("i", { textContent: "?" }));
    }
    const seen = t(isSeen ? "seen" : "new");
    words.append(make("small", { textContent: seen }));
    const tile = paint(make("span"), number);
    const button = make("button", { type: "button", className: "sample", tabIndex: -1 }, tile, words);
    button.classList.toggle("wrong", isWrong);
    button.classList.toggle("refused", isAccepted === false);
    button.dataset.index = index;
    button.style.setProperty("--digit-color", label === null ? "" : digitColor(label));
    button.setAttribute("aria-label", t(predicted === undefined ? "sample_plain" : "sample_read", {
      index, label: t(label === null ? "no_label" : "labelled", { label }), predicted: predicted ?? "?", seen,
    }));
    button.addEventListener("click", () => openSample({ position: last.page * view.size + number, index }));
    return button;
  }

  function turn(page) {
    if (last) view.set({ page: page || undefined });
  }

  const lastPage = () => Math.ceil(last.total / view.size) - 1;
  $("#first").addEventListener("click", () => turn(0));
  $("#previous").addEventListener("click", () => turn(last.page - 1));
  $("#next").addEventListener("click", () => turn(last.page + 1));
  $("#last").addEventListener("click", () => turn(lastPage()));
  $("#more").addEventListener("click", () => view.set({ page: undefined }));
  $("#page-number").addEventListener("change", ({ target }) => {
    if (target.reportValidity() && target.value !== "") turn(Math.min(lastPage(), Number(target.value) - 1));
  });
  // From one image to the next by arrow keys, as in a photo album.
  $("#grid").addEventListener("keydown", (event) => {
    const tiles = [...$("#grid").children];
    const columns = getComputedStyle($("#grid")).gridTemplateColumns.split(" ").length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const tile = tiles[tiles.indexOf(event.target) + step];
    if (!tile) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    tile.tabIndex = 0;
    tile.focus();
  });

  return {
    show,
    // What stands there answers an earlier question.
    showStale() {
      $("#grid").classList.add("stale");
      $("#grid").inert = true;
      $("#total").textContent = "";
    },
  };
}
