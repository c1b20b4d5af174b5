// "On paper": the sheet to print, and photos of what was written on it, one for each pupil.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { makeFileButton, makeProblem, readFile, tell } from "./teacher_tools.js";

const LONGEST = 2000; // pixels; the server looks at no more
const JPEG_QUALITY = 0.9;

export function createPaper(desk) {
  const problem = makeProblem();
  const said = make("p", { role: "status", hidden: true });
  const print = make("a", { className: "button", href: "class/sheet.pdf", target: "_blank", rel: "noopener", textContent: t("teacher_paper_print") });
  const add = makeFileButton("teacher_paper_add", async (file) => {
    tell(said, t("teacher_paper_wait"));
    const answer = await desk.ask("read_sheet", { picture: await readFile(await scaleDown(file)) }, problem);
    tell(said, answer ? t("teacher_paper_added", { num: answer.num }) : "");
  }, { id: "class-paper-photo", accept: "image/*" });
  const node = make("div", { id: "class-on-paper" }, make("p", { className: "muted", textContent: t("teacher_paper_about") }),
    make("div", { className: "row" }, print, ...add), said, problem);
  return {
    node,
    show({ wall: { activity } }) {
      node.hidden = activity.name !== "on_paper" || activity.step !== "collect";
    },
  };
}

// A phone's photo takes long to travel. What the browser cannot decode goes as it is.
async function scaleDown(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", JPEG_QUALITY));
  } catch {
    return file;
  }
}
