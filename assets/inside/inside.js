// The tab: its views, the drawing on the pad, the model, the level of its texts.

find(".views").replaceChildren(...[...VIEWS.keys()].map((name) => {
  const link = make("a", { href: `#inside?view=${name}`, textContent: say(`inside_${name}`) });
  link.dataset.view = name;
  return link;
}));

async function showInsideModels() {
  const answer = await ask("describe_models", {});
  if (!answer) return;
  find("#inside-model").replaceChildren(...answer.models.map(({ name, label }) => new Option(label, name)));
  if (subject) find("#inside-model").value = subject.model;
}

function showLevel() {
  element.querySelectorAll("[data-level]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.level === level());
  });
}

function openInside() {
  view.restore();
  showInsideModels();
  tell("subject-wanted");
  showCurrent();
}

hear("tab", (name) => {
  if (name === "inside") openInside();
  else shows += 1;
});
hear("subject", (next) => {
  subject = next;
  if (subject) find("#inside-model").value = subject.model;
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
