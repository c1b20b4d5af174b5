// What a reload of the page must not lose. A browser may forbid to store anything; then it is lost, and nothing else.

export function remember(name, text) {
  try { sessionStorage.setItem(`sketchpad-${name}`, text); } catch { /* see above */ }
}

export function recall(name) {
  try { return sessionStorage.getItem(`sketchpad-${name}`); } catch { return null; }
}

// As if this browser tab had just been opened.
export function forget() {
  try {
    const kept = Object.keys(sessionStorage).filter((key) => key.startsWith("sketchpad-"));
    kept.forEach((key) => sessionStorage.removeItem(key));
  } catch { /* see above */ }
}

// The visitor's own drawings of this session: { image, label?, isLeftOut? }, the newest last; with the last, nothing is
// learned from it. They stay in this browser.
export function readOwn() {
  try { return JSON.parse(recall("own")) ?? []; } catch { return []; }
}

export function writeOwn(drawings) {
  remember("own", JSON.stringify(drawings));
}
