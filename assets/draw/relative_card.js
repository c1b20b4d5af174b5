// One relative, large, over the row of all. Esc or a tap elsewhere closes it and gives the focus back.

import { $, digitColor, make } from "../shared/dom.js";
import { t } from "../shared/texts.js";

export function createRelativeCard() {
  const card = $("#relative-card");
  let opener = null; // the link of which it tells, while it is open

  function open(link, { label, distance, isSeen }) {
    opener = link;
    const picture = link.querySelector(".tile").cloneNode();
    const more = make("a", { href: link.href, textContent: t("relative_open") });
    more.addEventListener("click", close);
    const shut = make("button", { type: "button", textContent: t("relative_close") });
    shut.addEventListener("click", leave);
    card.replaceChildren(picture, make("div", {},
      make("b", { textContent: t("relative_labelled", { label }) }),
      make("p", { textContent: t("relative_distance", { distance: distance.toFixed(1) }) }),
      make("p", { textContent: t(isSeen ? "relative_seen" : "relative_new") }),
      make("div", { className: "row" }, more, shut)));
    card.style.setProperty("--digit-color", digitColor(label));
    card.show();
    // Where its image stands in the row, as far as there is room.
    const middle = link.offsetLeft + link.offsetWidth / 2 - card.offsetWidth / 2;
    card.style.left = `${Math.max(0, Math.min(middle, card.offsetParent.clientWidth - card.offsetWidth))}px`;
    card.style.top = `${link.offsetTop}px`;
  }

  function close() {
    if (card.open) card.close();
  }

  function leave() {
    close();
    opener?.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !card.open) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!card.open || card.contains(target)) return;
    close();
    // What else was tapped may want the focus for itself.
    document.addEventListener("click", () => document.activeElement === document.body && leave(), { once: true });
  });

  return { open, close };
}
