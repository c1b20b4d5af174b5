// One sample, large: its label, what any stored model makes of it, its relatives.

function createSample(view, ask) {
  const dialog = find("#sample");
  const showBars = createBars(find("#sample-bars"));
  let sample = null; // the answer that is shown
  let target = null; // the place that was asked for last: { position } among the chosen samples, or { index }
  let isAsking = false;
  let answerer = ""; // the model that was chosen here; otherwise the tab's
  let number = 0; // of the question for relatives

  // One question in flight, the newest next: holding an arrow key leafs through the album.
  function open(place) {
    target = place;
    pump();
  }

  async function pump() {
    if (isAsking || !target) return;
    const place = target;
    isAsking = true;
    const question = view.question({ ...place, answerer: answerer || view.now.model || "" });
    const answer = await ask("open_sample", question);
    isAsking = false;
    if (!target) return; // closed meanwhile
    if (target === place) target = null;
    if (answer) show(answer, question.split);
    pump();
  }

  function show(answer, split) {
    sample = { ...answer, split };
    if (!dialog.open) dialog.showModal();
    const { index, label, image, probabilities, verdict, position, total, isSeen } = sample;
    find("#answerer").value = sample.answerer;
    paintPixels(find("#sample-image"), decodePixels(image));
    find("#sample-label").textContent = label ?? say("no_label");
    find("#sample-label").style.setProperty("--digit-color", label === null ? "" : `var(--digit-${label})`);
    find("#sample-where").textContent = say("sample_where", {
      split: nameSplit(split || training()), index, seen: say(isSeen ? "seen_long" : "new_long"),
    });
    find("#sample-position").textContent = position === null ? "" : say("sample_position", {
      number: (position + 1).toLocaleString(), total: total.toLocaleString(),
    });
    showBars(probabilities);
    find("#sample-bars").classList.toggle("refused", verdict.kind === "refused");
    find("#sample-verdict").textContent = verdict.kind === "sure"
      ? `${verdict.labels[0]}${say("verdict_sure", { percent: percent(probabilities[verdict.labels[0]], say("over_99")) })}`
      : say(`verdict_${verdict.kind}`, { first: verdict.labels[0], second: verdict.labels[1] });
    find("#sample-facts").textContent = say("sample_facts", { ink: (sample.ink * 100).toFixed(1), slant: Math.round(sample.slant) });
    showDuplicates();
    dialog.dataset.index = index;
    find("#sample-relatives").replaceChildren(); // an earlier sample's lead elsewhere
    number += 1;
    if (target) return;
    if (view.now.open !== index) view.set({ open: index });
    showRelated();
  }

  function showDuplicates() {
    const twins = find("#sample-duplicates");
    twins.replaceChildren(...sample.duplicates.map((index) => {
      const button = make("button", { type: "button", textContent: index });
      button.addEventListener("click", () => open({ index }));
      return button;
    }));
    if (sample.duplicates.length) twins.prepend(say("sample_duplicates"));
  }

  async function showRelated() {
    const asked = ++number;
    const [space, model] = [view.now.space ?? "embedding", view.now.model ?? ""];
    find("#sample-space").value = space;
    const answer = await server.find_relatives({ image: sample.image, model, space });
    if (asked !== number) return;
    const isPending = answer?.pending !== undefined && !answer.error;
    const none = find("#sample-none");
    none.hidden = !answer?.ok || answer.hasNear;
    if (answer?.ok) {
      showRelatives(find("#sample-relatives"), answer, { ...(model && { model }), ...(space !== "embedding" && { space }) });
      none.textContent = say("relatives_none", {
        limit: answer.limit.toFixed(1), distance: answer.relatives[0]?.distance.toFixed(1),
      });
    } else {
      const text = isPending ? say("computing", { share: Math.round(answer.pending * 100) }) : answer?.error || say("server_away");
      find("#sample-relatives").replaceChildren(make("p", { textContent: text }));
    }
    if (isPending) later(RETRY).then(() => asked === number && dialog.open && showRelated());
  }

  // From where the visitor wants to be, which may be ahead of what is shown.
  function step(by) {
    if (!sample) return;
    const { position, total, index, size } = { ...sample, ...target };
    open(position === null || position === undefined
      ? { index: (index + by + size) % size }
      : { position: (position + by + total) % total });
  }

  function close() {
    target = null;
    if (dialog.open) dialog.close();
  }

  async function copyPicture() {
    const canvas = make("canvas", { width: 280, height: 280 });
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(find("#sample-image"), 0, 0, 280, 280);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      find("#sample-said").textContent = say("copied");
    } catch {
      // Without the clipboard, as on a page that is not served with https, it becomes a file.
      const url = URL.createObjectURL(blob);
      make("a", { href: url, download: `${sample.split || training()}-${sample.index}.png` }).click();
      setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
      find("#sample-said").textContent = say("downloaded");
    }
  }

  find("#sample-previous").addEventListener("click", () => step(-1));
  find("#sample-next").addEventListener("click", () => step(1));
  find("#sample-close").addEventListener("click", close);
  find("#sample-copy").addEventListener("click", copyPicture);
  for (const [button, hash] of [["#sample-put", "#draw"], ["#sample-inside", "#inside"]]) {
    find(button).addEventListener("click", () => {
      tell("put", sample.image);
      close();
      location.hash = hash;
    });
  }
  // A way to a part of the map that needs no pointer.
  find("#sample-around").addEventListener("click", async () => {
    const { map } = view.now;
    const { split, model } = view.question();
    const answer = await ask("place_drawing", { image: sample.image, split: split === "own" ? "" : split, model, map: map ?? "" });
    if (!answer) return find("#sample-said").replaceChildren(find("#data-notice").textContent);
    const box = answer.around.map((value) => Number(value.toPrecision(4)));
    // All that lies about it, whatever else was asked for.
    const others = Object.fromEntries(FILTERS.map((name) => [name, undefined]));
    view.set({ ...others, ...(split === "own" && { split: undefined }), show: "map", box, open: undefined });
  });
  find("#answerer").addEventListener("change", ({ target }) => {
    answerer = target.value;
    open({ index: sample.index });
  });
  find("#sample-space").addEventListener("change", ({ target }) => {
    view.set({ space: target.value === "embedding" ? undefined : target.value, open: sample.index });
    showRelated();
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.closest("select, input")) return;
    event.preventDefault();
    step(by);
  });
  // A click beside it closes it, as of any picture in an album.
  dialog.addEventListener("click", (event) => {
    const box = dialog.getBoundingClientRect();
    const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (event.target === dialog && !isInside) close();
  });
  dialog.addEventListener("close", () => {
    number += 1;
    find("#sample-said").textContent = "";
    if (view.now.open !== undefined) view.set({ open: undefined });
    element.querySelector(`#grid [data-index="${sample.index}"]`)?.focus();
  });

  return {
    open,
    close,
    // The tab's model answers again.
    followView() { answerer = ""; },
    isShowing: (split, index) => dialog.open && sample.split === split && sample.index === index,
    get isOpen() { return dialog.open; },
  };
}
