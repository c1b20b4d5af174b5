// The sets of images and the models that the tab can look through, as the server lists them.

import { hasText, t } from "../shared/texts.js";

export const sets = { splits: [], models: [], training: "" };

export const nameSplit = (name) => (hasText(`split_${name}`) ? t(`split_${name}`) : name);

// The built-in images lie sorted by label: the first twenty would all be zeros.
export const isMixed = (view) => view.isGreeting && sets.training === "built_in";
