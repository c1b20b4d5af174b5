// Walls of drawings: those that are read, and beside them those that the network missed.

import { make } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { createTiles } from "./wall_tiles.js";
import { sentence, title } from "./wall_words.js";

// Two groups; the one beside is there only while something is in it. Either may have a title.
function createGroups(root, { onDrawing }, { first = "", beside, empty = "wall_empty" }) {
  const groups = [first, beside].map((text) => {
    const tiles = createTiles({ onDrawing });
    const head = title(text);
    return { tiles, head, node: make("section", { className: "wall-group" }, head, tiles.node) };
  });
  const nothing = sentence(t(empty), "wall-empty");
  groups[1].node.classList.add("wall-missed");
  const gallery = make("div", { className: "wall-gallery" }, ...groups.map(({ node }) => node));
  root.append(nothing, gallery);
  return {
    show(all, others, heads = [first, beside]) {
      nothing.hidden = Boolean(all.length || others.length);
      gallery.hidden = !nothing.hidden;
      groups.forEach(({ tiles, head, node }, index) => {
        const shown = [all, others][index];
        head.textContent = heads[index];
        head.hidden = !heads[index];
        node.hidden = !shown.length;
        tiles.show(shown);
      });
    },
  };
}

const split = (drawings, isIn) => [drawings.filter((one) => !isIn(one)), drawings.filter(isIn)];

export function createGallery(root, tools) {
  const groups = createGroups(root, tools, { beside: t("wall_missed") });
  return { show({ drawings }) { groups.show(...split(drawings, (one) => one.is_missed)); } };
}

// "Fool the network": what it reads, and beside it what it does not.
export function createDrawn(root, tools) {
  const groups = createGroups(root, tools, { beside: "" });
  return {
    show({ drawings, activity }) {
      const { digit } = activity.settings;
      const heads = [t("wall_still_read", { digit }), t("wall_not_read", { digit })];
      groups.show(...split(drawings, (one) => one.is_missed), heads);
    },
  };
}

export function createJudged(root, tools) {
  const groups = createGroups(root, tools, { beside: "", empty: "wall_none_to_judge" });
  return {
    show({ drawings, activity }) {
      const judged = drawings.filter((one) => one.is_missed);
      const decided = judged.filter((one) => one.is_fooling !== null).length;
      const values = { digit: activity.settings.digit, num: decided, all: judged.length };
      groups.show(judged, [], [t("wall_to_judge", values), ""]);
    },
  };
}

export function createFooled(root, tools) {
  const groups = createGroups(root, tools, { beside: "", empty: "wall_none_fooled" });
  return {
    show({ drawings, activity }) {
      const { digit } = activity.settings;
      const missed = drawings.filter((one) => one.is_missed);
      const [fooled, others] = [true, false].map((is) => missed.filter((one) => one.is_fooling === is));
      const head = t(fooled.length === 1 ? "wall_fooled_one" : "wall_fooled", { num: fooled.length, digit });
      groups.show(fooled, others, [head, t("wall_not_fooled", { digit })]);
    },
  };
}
