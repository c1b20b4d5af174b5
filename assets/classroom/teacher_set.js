// What the class has drawn, to take home and to bring again next year.

import { make } from "../shared/dom.js";
import { decodeBytes } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { makeButton, makeCard, makeFileButton, readFile, tell, write } from "./teacher_tools.js";

const FORMS = ["npz", "ink", "idx", "png"];

export function createSet(desk) {
  const said = make("p", { id: "class-set-said" });
  const added = make("p", { role: "status", hidden: true });
  const downloads = make("div", { className: "class-downloads" }, ...FORMS.map((form) => make("div", {},
    makeButton(`teacher_form_${form}`, () => download(form), { className: "download" }),
    make("span", { className: "muted", textContent: t(`teacher_form_${form}_about`) }))));
  const load = makeFileButton("teacher_set_load", async (file) => {
    tell(added, "");
    const isAdded = await desk.ask("add_class_set", { file: await readFile(file) }, problem);
    if (isAdded) tell(added, t("teacher_set_added", { name: file.name }));
  }, { id: "class-set-file", accept: ".npz" });
  const { card, problem } = makeCard("class-set", "teacher_set", said, downloads,
    make("div", { className: "row" }, ...load, make("a", { href: "#train", textContent: t("teacher_set_train") })), added);

  async function download(form) {
    const answer = await desk.ask("download_class", { form }, problem);
    if (!answer) return;
    const address = URL.createObjectURL(new Blob([decodeBytes(answer.file)], { type: answer.type }));
    make("a", { href: address, download: answer.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  return {
    card,
    show({ class_set: { pupils, earlier } }) {
      const num = pupils[0] + pupils[1];
      const own = num ? t("teacher_set_halves", { num, teach: pupils[0], test: pupils[1] }) : t("teacher_set_none");
      write(said, earlier[0] ? `${own} ${t("teacher_set_earlier", { num: earlier[0] })}` : own);
      downloads.querySelectorAll("button").forEach((button) => { button.disabled = !num && !earlier[0]; });
    },
  };
}
