// The same training as a command, a program and a notebook: to copy, and the files to keep.

import { isExhibit, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

// By what `check_network` calls them: the endings of their files.
const CODES = { command: "", keras: ".py", notebook: ".ipynb" };
const COPIED = 2000; // how long it is said

// Copies the text of a node. A page that is not served with https has no clipboard of its own: there the text is
// selected, and copied as by hand.
export async function copyText(source, button) {
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    isCopied = document.execCommand("copy");
  }
  if (!isCopied) return; // it is selected
  button.textContent = t("copied");
  setTimeout(() => { button.textContent = t("train_copy"); }, COPIED);
}

// A piece of code with its title and a button that copies it.
export function makeCode(title, id, ...buttons) {
  const pre = make("pre", { id, tabIndex: 0 });
  pre.setAttribute("aria-label", title);
  pre.setAttribute("role", "region");
  const copy = make("button", { type: "button", className: "copy", textContent: t("train_copy") });
  copy.addEventListener("click", () => copyText(pre, copy));
  return make("section", {}, make("h3", {}, make("span", { textContent: title }), ...buttons, copy), pre);
}

function keepFile(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

export function createCodes(root) {
  let recipe = "";
  const sections = Object.entries(CODES).map(([name, ending]) => {
    const section = makeCode(t(`train_${name}`), `train-${name}`, ...(ending && !isExhibit() ? [makeDownload(name, ending)] : []));
    section.dataset.code = name;
    return section;
  });

  function makeDownload(name, ending) {
    const button = make("button", { type: "button", className: "copy download", textContent: t("train_download", { ending }) });
    button.addEventListener("click", () => keepFile(`${recipe}${ending}`, root.querySelector(`#train-${name}`).textContent));
    return button;
  }

  root.append(...sections);
  return {
    show(answer, name) {
      recipe = name;
      for (const section of sections) {
        const text = answer[section.dataset.code] ?? "";
        section.hidden = !text;
        section.querySelector("pre").textContent = text;
      }
    },
  };
}
