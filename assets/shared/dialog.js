// A click beside a dialog closes it.

export function closeBeside(dialog, close) {
  dialog.addEventListener("click", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    const isInside = x >= left && x <= right && y >= top && y <= bottom;
    if (event.target === dialog && !isInside) close();
  });
}

// Opens a dialog where the visitor looks. In a frame that grows with the page nothing scrolls inside: its middle may be
// far out of sight, so the dialog stands at what was pressed.
export function openDialog(dialog) {
  if (dialog.open) return;
  const { top } = document.activeElement.getBoundingClientRect();
  dialog.showModal();
  const isGrown = innerHeight > 1.2 * screen.availHeight;
  dialog.style.marginTop = isGrown ? `${Math.max(16, Math.min(top - 120, innerHeight - dialog.offsetHeight - 16))}px` : "";
}
