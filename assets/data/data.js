// Puts the parts of the data tab together. Nothing is asked before the tab is opened.

let splits = [];
let models = [];
let isOpened = false;
let number = 0; // of the last question about samples

const training = () => splits.training;
const nameSplit = (name) => (props.texts[`split_${name}`] ? say(`split_${name}`) : name);

const view = createView(onView);
const filters = createFilters(view);
const album = createAlbum(view, (place) => sample.open(place));
const sample = createSample(view, ask);
const crowd = createCrowd(view);
const map = createMap(view, ask);

find("#map-kind").append(...["pca", "layout"].map((name) => new Option(say(`map_kind_${name}`), name)));
find("#map-color").append(...["label", "mistake"].map((name) => new Option(say(`map_color_${name}`), name)));
find("#sample-space").append(...["embedding", "pixels"].map((name) => new Option(say(`space_${name}`), name)));
find("#index").placeholder = say("index_hint");

// Each question has a message of its own: what went wrong with one is not forgotten when another succeeds.
const notices = new Map();

// The built-in images lie sorted by label: the first twenty would all be zeros.
const isMixed = () => view.isGreeting && training() === "built_in";

function notify(text, about = "") {
  if (text) notices.set(about, text);
  else notices.delete(about);
  find("#data-notice").textContent = [...new Set(notices.values())].join(" ");
  find("#data-notice").hidden = !notices.size;
}

// What is being computed, and how far it is.
function showProgress(job) {
  find("#data-progress").hidden = !job;
  if (!job) return;
  find("#data-progress progress").value = job.share;
  find("#data-progress span").textContent = say("answers_computing", { share: Math.round(job.share * 100) });
}

// Asks the server; says what went wrong, unless something else is wanted by now. What is being computed is asked for
// again until it is there.
async function ask(name, question, isCurrent = () => true) {
  const answer = await Promise.race([server[name](question), later(GIVE_UP)]);
  if (!isCurrent()) return null;
  notify("", name);
  if (answer?.ok) return answer;
  if (answer?.pending !== undefined && !answer.error) {
    showProgress({ share: answer.pending });
    retryLater(refresh);
    return null;
  }
  showProgress(null);
  notify(answer?.error || say("server_away"), name);
  if (!answer) retryLater(refresh);
  return null;
}

async function refresh() {
  if (!isShown()) return;
  const asked = ++number;
  const isCurrent = () => asked === number;
  const shows = view.now.show ?? "album";
  if (shows === "map") map.show();
  const question = view.question({ page: view.now.page ?? 0, size: view.size, ...(isMixed() && { shuffle: 1 }) });
  const answer = await ask("browse_samples", question, isCurrent);
  if (!isCurrent()) return;
  // Nothing of another question may stand here as if it were the answer.
  find("#grid").classList.toggle("stale", !answer);
  find("#grid").inert = !answer;
  if (!answer) {
    filters.show();
    find("#reset").disabled = false;
    find("#total").textContent = "";
    return;
  }
  album.show(answer);
  filters.show(answer.counts);
  showJob(answer);
  if (shows === "crowd") {
    const described = await ask("describe_chosen", question, isCurrent);
    if (isCurrent() && described) crowd.show(described);
  }
  if (isCurrent() && view.now.open !== undefined && !sample.isOpen) sample.open({ index: view.now.open });
}

// While something is computed only its progress is looked at; the page stays as it is until there is more to show.
function showJob({ known, job }) {
  showProgress(job && !job.problem ? job : null);
  notify(job?.problem, "job");
  if (!job || job.problem) return;
  const asked = number;
  later(RETRY).then(async () => {
    if (asked !== number || !isShown()) return;
    const answer = await server.watch_answers({ split: view.now.split ?? "", model: view.now.model ?? "" });
    if (asked !== number) return;
    if (!answer?.ok || answer.known !== known || !answer.job) refresh();
    else showJob(answer);
  });
}

function onView(now, changes) {
  notify("", "link");
  if (now.open === undefined) notify("", "open_sample");
  if (now.show !== "map") notify("", "draw_map");
  if (now.show !== "crowd") notify("", "describe_chosen");
  const shows = ["crowd", "map"].includes(now.show) ? now.show : "album";
  element.querySelectorAll("[data-view]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.view === shows));
  find("#crowd").hidden = shows !== "crowd";
  find("#map").hidden = shows !== "map";
  find("#album").hidden = shows === "crowd";
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
  const [listed, described] = await Promise.all([server.list_splits({}), server.describe_models({})]);
  if (!listed?.ok || !described?.ok) {
    notify(listed?.error ?? described?.error ?? say("server_away"), "tab");
    return retryLater(openTab);
  }
  notify("", "tab");
  splits = Object.assign(listed.splits, { training: listed.training });
  models = described.models;
  find("#split").replaceChildren(
    ...splits.map(({ name, kind, size }) => new Option(say(kind === "outliers" ? "split_outliers" : "split_option", {
      name: nameSplit(name), size: size?.toLocaleString() ?? "?",
    }), name)),
    new Option(say("split_option", { name: nameSplit("own"), size: readOwn().length }), "own"),
  );
  for (const select of [find("#data-model"), find("#answerer")]) {
    select.replaceChildren(...models.map(({ name, label }) => new Option(label, name)));
  }
  if (isOpened) return showChosen();
  isOpened = true;
  view.restore();
}

function showChosen() {
  find("#split").value = view.now.split ?? training();
  find("#data-model").value = view.now.model ?? models[0].name;
}

hear("tab", (name) => {
  if (name !== "data") {
    number += 1; // nobody waits any more for what was asked
    return sample.close();
  }
  // Data and models that came since the last visit are found.
  openTab();
});
hear("drawing", (image) => map.setDrawing(image));

find("#split").addEventListener("change", ({ target }) => {
  view.set({ split: target.value, box: undefined, open: undefined, label: undefined, predicted: undefined });
});
find("#data-model").addEventListener("change", ({ target }) => {
  sample.followView();
  view.set({ model: target.value, box: undefined });
});
element.querySelectorAll("[data-view]").forEach((button) => {
  button.addEventListener("click", () => view.set({ show: button.dataset.view === "album" ? undefined : button.dataset.view }));
});
find("#index-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("#index").value.trim();
  if (text) sample.open({ index: /^\d+$/.test(text) ? Number(text) : text });
});
find("#copy-link").addEventListener("click", async () => {
  const button = find("#copy-link");
  try {
    await navigator.clipboard.writeText(view.link);
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = say("copy_link"); }, SILENCE);
  } catch {
    notify(view.link, "link"); // a page that is not served with https has no clipboard
  }
});
find("#own-delete").addEventListener("click", () => {
  tell("forget");
  openTab();
});
// On a phone the filters are folded until they are wanted.
if (matchMedia("(max-width: 1000px)").matches) find("#filters").open = false;

if (document.body.dataset.tab === "data") openTab();
