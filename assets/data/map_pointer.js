// The pointer on the map: it hovers, taps, or drags a part of it. Places are shares of the canvas's sides.

const LEAST_DRAG = 6; // screen pixels

// isReady() says whether there is a map; onHover(place), onTap(place), onDrag(corners) while a part is dragged and
// onDrag(null) when that ends, onBox(corners) with the part that was dragged, onLeave().
export function followPointer(canvas, { isReady, onHover, onTap, onDrag, onBox, onLeave }) {
  let drag = null; // where it began and where it is

  const toPlace = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };

  function end() {
    drag = null;
    onDrag(null);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!isReady() || drag || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    drag = [...toPlace(event), ...toPlace(event)];
    onDrag(drag);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isReady()) return;
    if (!drag) return onHover(toPlace(event));
    drag.splice(2, 2, ...toPlace(event));
    onDrag(drag);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [x0, y0, x1, y1] = drag;
    const [width, height] = [Math.abs(x1 - x0) * canvas.clientWidth, Math.abs(y1 - y0) * canvas.clientHeight];
    end();
    if (!isReady()) return;
    if (width <= LEAST_DRAG || height <= LEAST_DRAG) return onTap(toPlace(event));
    onBox([Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)]);
  });
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", onLeave);
}
