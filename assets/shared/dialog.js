// A click beside a dialog closes it.

export function closeBeside(dialog, close) {
  dialog.addEventListener("click", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const isInside = x >= left && x <= right && y >= top && y <= bottom;
    if (event.target === dialog && !isInside) close();
  });
}
