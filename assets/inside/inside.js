// The tab: its views, the drawing on the pad, the model, the level of its texts.

find(".views").replaceChildren(...[...VIEWS.keys()].map((name) => {
  const link = make("a", { href: `#inside?view=${name}`, textContent: say(`inside_${name}`) });
  link.dataset.view = name;
  return link;
}));

async function showInsideModels() {
  const answer = await ask("describe_models", {});
  if (!answer) return;
  const chosen = find("#inside-model").value;
  find("#inside-model").replaceChildren(...answer.models.map(({ name, label }) => new Option(label, name)));
  showInsideModel(subject?.model ?? chosen);
}

// The one that answers may be new, or no longer stored.
function showInsideModel(name) {
  const select = find("#inside-model");
  if (subject && ![...select.options].some(({ value }) => value === name)) select.add(new Option(name, name));
  if ([...select.options].some(({ value }) => value === name)) select.value = name;
}

function showLevel() {
  element.querySelectorAll("[data-level]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.level === level());
  });
}

function openInside() {
  view.restore();
  showInsideModels();
  const before = shows;
  tell("subject-wanted");
  if (shows === before) showCurrent(); // nothing is on the pad
}

hear("tab", (name) => {
  if (name === "inside") openInside();
  else shows += 1;
});
hear("subject", (next) => {
  subject = next;
  if (subject) showInsideModel(subject.model);
  showCurrent();
});
find("#inside-model").addEventListener("change", ({ target }) => tell("choose-model", target.value));
element.querySelectorAll("[data-level]").forEach((button) => {
  button.addEventListener("click", () => {
    remember("level", button.dataset.level);
    showLevel();
    showCurrent();
  });
});
showLevel();
if (document.body.dataset.tab === "inside") openInside();
