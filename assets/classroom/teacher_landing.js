// The way in: to open a room, or to join one with a code.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { askClass } from "./client.js";
import { makeButton, makeProblem, problemOf, tell } from "./teacher_tools.js";

const PHONE_CODE_LENGTH = 9; // opens the teacher's controls; a room's code is shorter

// What `place` allows is the answer to `look_at_rooms`; where there is none, the attempt to open a room says why.
export function createLanding(root, { place, said, onOpen }) {
  const problem = makeProblem();
  const isRefused = place?.ok && !place.allowed;
  const open = makeButton("teacher_open", async () => {
    const answer = await askClass("open_room");
    tell(problem, problemOf(answer));
    if (answer?.ok) onOpen({ teacher: answer.teacher, wall: answer.wall, code: answer.code });
  }, { id: "class-open", className: "primary", disabled: isRefused });

  const notes = [];
  if (isRefused) notes.push(make("p", { id: "class-refused", className: "teacher-note", textContent: place.reason }));
  if (place?.isLocalOnly && !isRefused) {
    const command = make("code", { textContent: "python app.py --host 0.0.0.0" });
    notes.push(make("p", { id: "class-local", className: "teacher-note" }, t("teacher_local_only"), command));
  }
  root.replaceChildren(
    make("div", { className: "teacher-landing" },
      make("p", { className: "teacher-said", role: "status", textContent: said, hidden: !said }),
      make("h2", { textContent: t("teacher_title") }),
      make("p", { className: "teacher-about", textContent: t("teacher_about") }),
      make("div", { className: "teacher-ways" },
        make("section", { className: "card" },
          make("h3", { textContent: t("teacher_open_title") }),
          make("p", { textContent: t("teacher_open_about") }),
          open, problem, ...notes),
        makeJoin()),
      makeLinks()),
  );
  return { close() {} };
}

function makeJoin() {
  const field = make("input", { id: "class-join-code", type: "text", maxLength: 20 });
  Object.assign(field, { autocomplete: "off", autocapitalize: "characters", spellcheck: false });
  const form = make("form", {}, make("label", { htmlFor: field.id, textContent: t("teacher_join_field") }),
    make("div", { className: "row" }, field, make("button", { type: "submit", textContent: t("teacher_join") })));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.replace(/[\s.-]/g, "").toUpperCase();
    const role = code.length === PHONE_CODE_LENGTH ? "control" : "code";
    if (code) location.hash = `#class?${role}=${encodeURIComponent(code)}`;
    else field.focus();
  });
  return make("section", { className: "card" },
    make("h3", { textContent: t("teacher_join_title") }),
    make("p", { textContent: t("teacher_join_about") }),
    form);
}

function makeLinks() {
  const links = { test: "#class?test", lesson: "docs/lesson", privacy: "docs/class_privacy" };
  const makeLink = ([name, href]) => make("li", {},
    make("a", { href, textContent: t(`teacher_link_${name}`) }),
    make("span", { className: "muted", textContent: t(`teacher_link_${name}_about`) }));
  return make("ul", { className: "teacher-links" }, ...Object.entries(links).map(makeLink));
}
