// One sample, large: its label, what any stored model makes of it, its relatives.

function createSample(view, ask) {
  const dialog = find("#sample");
  const showBars = createBars(find("#sample-bars"));
  let sample = null; // the answer that is shown
  let number = 0;

  // `place` is { position } among the chosen samples, or { index }.
  async function open(place) {
    const asked = ++number;
    const answer = await ask("open_sample", view.question({ ...place, answerer: find("#answerer").value }));
    if (asked !== number || !answer) return;
    if (!answer.ok) return;
    sample = answer;
    if (!dialog.open) dialog.showModal();
    show();
    if (view.now.open !== sample.index) view.set({ open: sample.index });
    showRelated(asked);
  }

  function show() {
    const { index, label, image, probabilities, verdict, position, total, isSeen } = sample;
    paintPixels(find("#sample-image"), decodePixels(image));
    find("#sample-label").textContent = label ?? say("no_label");
    find("#sample-label").style.setProperty("--digit-color", label === null ? "" : `var(--digit-${label})`);
    find("#sample-where").textContent = say("sample_where", {
      split: nameSplit(view.now.split || training()), index, seen: say(isSeen ? "seen_long" : "new_long"),
    });
    find("#sample-position").textContent = position === null ? "" : say("sample_position", { number: (position + 1).toLocaleString(), total: total.toLocaleString() });
    showBars(probabilities);
    find("#sample-bars").classList.toggle("refused", verdict.kind === "refused");
    find("#sample-verdict").textContent = verdict.kind === "sure"
      ? `${verdict.labels[0]}${say("verdict_sure", { percent: percent(probabilities[verdict.labels[0]], say("over_99")) })}`
      : say(`verdict_${verdict.kind}`, { first: verdict.labels[0], second: verdict.labels[1] });
    find("#sample-facts").textContent = say("sample_facts", { ink: (sample.ink * 100).toFixed(1), slant: Math.round(sample.slant) });
    const twins = find("#sample-duplicates");
    twins.replaceChildren(...sample.duplicates.flatMap((other) => {
      const button = make("button", { type: "button", textContent: other });
      button.addEventListener("click", () => open({ index: other }));
      return button;
    }));
    if (sample.duplicates.length) twins.prepend(say("sample_duplicates"));
    find("#sample").dataset.index = index;
  }

  async function showRelated(asked) {
    const space = view.now.space ?? "embedding";
    find("#sample-space").value = space;
    const question = { image: sample.image, model: view.now.model ?? "", space, split: view.now.split || training(), index: sample.index };
    const answer = await server.find_relatives(question);
    if (asked !== number) return;
    const isPending = answer?.pending !== undefined && !answer.error;
    if (answer?.ok) showRelatives(find("#sample-relatives"), answer);
    else find("#sample-relatives").replaceChildren(isPending ? say("computing", { share: Math.round(answer.pending * 100) }) : answer?.error ?? say("server_away"));
    find("#sample-none").hidden = !answer?.ok || answer.hasNear;
    if (answer?.ok && !answer.hasNear) find("#sample-none").textContent = say("relatives_none", { limit: answer.limit.toFixed(1), distance: answer.relatives[0]?.distance.toFixed(1) });
    if (isPending) later(RETRY).then(() => asked === number && dialog.open && showRelated(asked));
  }

  function step(by) {
    if (!sample) return;
    const { position, total, index, size } = sample;
    open(position === null ? { index: (index + by + size) % size } : { position: (position + by + total) % total });
  }

  function close() {
    number += 1;
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
      make("a", { href: url, download: `${view.now.split || training()}-${sample.index}.png` }).click();
      setTimeout(() => URL.revokeObjectURL(url), GIVE_UP);
      find("#sample-said").textContent = say("downloaded");
    }
  }

  find("#sample-previous").addEventListener("click", () => step(-1));
  find("#sample-next").addEventListener("click", () => step(1));
  find("#sample-close").addEventListener("click", close);
  find("#sample-copy").addEventListener("click", copyPicture);
  find("#sample-put").addEventListener("click", () => {
    tell("put", sample.image);
    close();
    location.hash = "#draw";
  });
  find("#answerer").addEventListener("change", () => open({ index: sample.index }));
  find("#sample-space").addEventListener("change", ({ target }) => {
    view.set({ space: target.value === "embedding" ? undefined : target.value, open: sample.index });
    showRelated(++number);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.target.closest("select, input")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) { event.preventDefault(); step(by); }
  });
  // A click beside it closes it, as of any picture in an album.
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => {
    number += 1;
    find("#sample-said").textContent = "";
    const { index } = sample;
    if (view.now.open !== undefined && location.hash.startsWith("#data")) view.set({ open: undefined });
    element.querySelector(`#grid [data-index="${index}"]`)?.focus();
  });

  return { open, close, get isOpen() { return dialog.open; }, get index() { return sample?.index; } };
}
