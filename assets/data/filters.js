// The filters, each choice with the number of samples that it would leave.

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

function createFilters(view) {
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
        const chosen = view.now[name] ?? [];
        const next = chosen.includes(digit) ? chosen.filter((other) => other !== digit) : [...chosen, digit].sort();
        view.set({ [name]: next.length ? next : undefined });
      });
      button.style.setProperty("--digit-color", `var(--digit-${digit})`);
      find(`#filter-${name}`).append(button);
      return button;
    });
  }

  function createFlag({ name, value, key }) {
    const button = createButton("flag", say(`flag_${key}`), () => view.set({ [name]: view.now[name] === value ? undefined : value }));
    button.dataset.flag = key;
    button.title = say(`hint_${key}`);
    find("#filter-flags").append(button);
    return button;
  }

  function setCount(button, isChosen, count, name) {
    button.setAttribute("aria-pressed", isChosen);
    button.querySelector("small").textContent = count === undefined ? "" : count.toLocaleString();
    // What would leave nothing stays open only to be taken back.
    button.disabled = !isChosen && !count;
    button.setAttribute("aria-label", say("filter_label", { name, count: count ?? "?" }));
  }

  function show(counts = {}) {
    const { now } = view;
    for (const [name, buttons] of Object.entries(digits)) {
      buttons.forEach((button, digit) => {
        setCount(button, Boolean(now[name]?.includes(digit)), counts[name]?.[digit], `${say(`filter_${name}`)} ${digit}`);
      });
    }
    flags.forEach(({ name, value, key, button }) => setCount(button, now[name] === value, counts[key], say(`flag_${key}`)));
    for (const name of ["low", "high"]) {
      const input = find(`#${name}`);
      // Not under the hands of someone who is typing.
      if (document.activeElement !== input) input.value = now[name] === undefined ? "" : Math.round(now[name] * 1000) / 10;
    }
    find("#sort").value = now.shuffle !== undefined ? "shuffle" : now.sort ?? "index";
    find("#descending").setAttribute("aria-pressed", Boolean(now.descending));
    find("#descending").disabled = now.shuffle !== undefined;
    find("#box").hidden = !now.box;
    find("#suspected-text").hidden = now.suspected === undefined;
    find("#reset").disabled = !view.filters.length;
    const number = view.filters.length;
    find("#filters-title").textContent = number ? say("filters_number", { number }) : say("filters");
  }

  find("#sort").append(...[...SORTS, "shuffle"].map((key) => new Option(say(`sort_${key}`), key)));
  find("#sort").addEventListener("change", ({ target }) => {
    const isShuffle = target.value === "shuffle";
    view.set({
      shuffle: isShuffle ? Math.floor(Math.random() * 1e6) : undefined,
      sort: isShuffle || target.value === "index" ? undefined : target.value,
      // What is looked for first: the least sure, the most wrong.
      descending: ["loss"].includes(target.value) || undefined,
    });
  });
  find("#descending").addEventListener("click", () => view.set({ descending: !view.now.descending || undefined }));
  find("#data-shuffle").addEventListener("click", () => view.set({ shuffle: Math.floor(Math.random() * 1e6), sort: undefined, descending: undefined }));
  for (const name of ["low", "high"]) {
    find(`#${name}`).addEventListener("change", ({ target }) => {
      if (!target.reportValidity()) return;
      view.set({ [name]: target.value === "" ? undefined : Number(target.value) / 100 });
    });
  }
  find("#box").addEventListener("click", () => view.set({ box: undefined }));
  find("#reset").addEventListener("click", () => view.set(Object.fromEntries([...FILTERS, "page"].map((name) => [name, undefined]))));

  return { show };
}
