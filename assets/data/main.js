// Puts the parts of the data tab together. Nothing is asked before the tab is opened.

import { emit, lastSaid, on } from "../shared/bus.js";
import { $, $$, isShown } from "../shared/dom.js";
import { readOwn } from "../shared/memory.js";
import { openPart } from "../shared/part.js";
import { call, createLatest, later, RETRY, SILENCE, stateOf } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { createAlbum } from "./album.js";
import { createCrowd } from "./crowd.js";
import { createFilters } from "./filters.js";
import { createMap } from "./map.js";
import { createSample } from "./sample.js";
import { isMixed, nameSplit, sets } from "./sets.js";
import { ask, forget, notify, showState } from "./status.js";
import { createView } from "./view.js";

let view, filters, album, sample, crowd, map;
let isOpened = false;
const begin = createLatest(); // a question about samples
const beginOpening = createLatest();

async function refresh() {
  if (!isShown($("#data"))) return;
  const isCurrent = begin();
  const shows = view.now.show ?? "album";
  if (shows === "map") map.show();
  const question = view.question({ page: view.now.page ?? 0, size: view.size, ...(isMixed(view) && { shuffle: 1 }) });
  const answer = await ask("browse_samples", question, isCurrent, (state) => state === "ok" || showStale());
  if (!answer) return;
  album.show(answer);
  filters.show(answer.counts);
  followJob(answer, isCurrent);
  if (shows === "crowd") {
    const described = await ask("describe_chosen", question, isCurrent);
    if (described) crowd.show(described);
  }
  if (isCurrent() && view.now.open !== undefined && !sample.isOpen) sample.open({ index: view.now.open });
}

// Nothing of another question may stand here as if it were the answer.
function showStale() {
  album.showStale();
  filters.show();
  $("#reset").disabled = false;
}

// While something is computed only its progress is looked at; the page stays as it is until there is more to show.
async function followJob({ known, job }, isCurrent) {
  showState("job", job ?? { ok: true });
  while (job && stateOf(job) === "pending") {
    await later(RETRY);
    if (!isCurrent()) return;
    const answer = await call("watch_answers", { split: view.now.split ?? "", model: view.now.model ?? "" });
    if (!isCurrent()) return;
    if (!answer?.ok || answer.known !== known || !answer.job) return refresh();
    ({ job } = answer);
    showState("job", job);
  }
}

function onView(now, changes) {
  notify("", "link");
  if (now.open === undefined) forget("open_sample");
  if (now.show !== "map") forget("draw_map");
  if (now.show !== "crowd") forget("describe_chosen");
  const shows = ["crowd", "map"].includes(now.show) ? now.show : "album";
  $$("#data [data-view]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.view === shows));
  $("#crowd").hidden = shows !== "crowd";
  $("#map").hidden = shows !== "map";
  $("#album").hidden = shows === "crowd";
  if (!isOpened) return;
  showChosen();
  const isOnlySample = changes && Object.keys(changes).every((name) => ["open", "space"].includes(name));
  if (!isOnlySample) refresh();
  if (now.open === undefined) return sample.close();
  if (!sample.isShowing(now.split ?? "", now.open)) sample.open({ index: now.open });
}

// The tab

async function openTab() {
  // The address is what is wanted, whatever sets and models there are by now.
  if (isOpened) view.restore();
  const isCurrent = beginOpening();
  const [listed, described] = await Promise.all([
    ask("list_splits", {}, isCurrent), ask("describe_models", {}, isCurrent),
  ]);
  if (!listed || !described) return;
  Object.assign(sets, { splits: listed.splits, training: listed.training, models: described.models });
  $("#split").replaceChildren(
    ...sets.splits.map(({ name, kind, size }) => new Option(t(kind === "outliers" ? "split_outliers" : "split_option", {
      name: nameSplit(name), size: size?.toLocaleString() ?? "?",
    }), name)),
    new Option(t("split_option", { name: nameSplit("own"), size: readOwn().length }), "own"),
  );
  for (const select of [$("#data-model"), $("#answerer")]) {
    select.replaceChildren(...sets.models.map(({ name, label }) => new Option(label, name)));
  }
  if (isOpened) return showChosen();
  isOpened = true;
  view.restore();
}

function showChosen() {
  $("#split").value = view.now.split ?? sets.training;
  $("#data-model").value = view.now.model ?? sets.models[0].name;
}

export async function mount(part) {
  await openPart(part, { texts: ["data"], styles: ["data/main"] });
  view = createView(onView);
  filters = createFilters(view);
  album = createAlbum(view, (place) => sample.open(place));
  sample = createSample(view);
  crowd = createCrowd(view);
  map = createMap(view);
  $("#map-kind").append(...["pca", "layout"].map((name) => new Option(t(`map_kind_${name}`), name)));
  $("#map-color").append(...["label", "mistake"].map((name) => new Option(t(`map_color_${name}`), name)));
  $("#sample-space").append(...["embedding", "pixels"].map((name) => new Option(t(`space_${name}`), name)));
  $("#index").placeholder = t("index_hint");

  on("tab", (name) => {
    if (name !== "data") {
      begin(); // nobody waits any more for what was asked
      return sample.close();
    }
    // Data and models that came since the last visit are found.
    openTab();
  });
  on("drawing", (image) => map.setDrawing(image));
  map.setDrawing(lastSaid("drawing") ?? null); // the pad may have begun earlier

  $("#split").addEventListener("change", ({ target }) => {
    view.set({ split: target.value, box: undefined, open: undefined, label: undefined, predicted: undefined });
  });
  $("#data-model").addEventListener("change", ({ target }) => {
    sample.followView();
    view.set({ model: target.value, box: undefined });
  });
  $$("#data [data-view]").forEach((button) => {
    const show = button.dataset.view === "album" ? undefined : button.dataset.view;
    button.addEventListener("click", () => view.set({ show }));
  });
  $("#index-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("#index").value.trim();
    if (text) sample.open({ index: /^\d+$/.test(text) ? Number(text) : text });
  });
  $("#copy-link").addEventListener("click", async () => {
    const button = $("#copy-link");
    try {
      await navigator.clipboard.writeText(view.link);
      button.textContent = t("copied");
      setTimeout(() => { button.textContent = t("copy_link"); }, SILENCE);
    } catch {
      notify(view.link, "link"); // a page that is not served with https has no clipboard
    }
  });
  $("#own-delete").addEventListener("click", () => {
    emit("forget");
    openTab();
  });
  // On a phone the filters are folded until they are wanted.
  if (matchMedia("(max-width: 1000px)").matches) $("#filters").open = false;

  if (document.body.dataset.tab === "data") openTab();
}
