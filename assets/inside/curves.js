// Line charts of probabilities, with a place that is looked at.

const CURVES = { width: 640, height: 240, left: 44, right: 28, top: 12, bottom: 40 };

// Draws curves in `root`, in place of what it held. x: increasing numbers; curves: [{ label, values, color }], values in
// [0, 1], one for each x; at: the x that is looked at, or null; xLabel: below the axis; format(x): text of an x; onPick(x)
// is called when another x is chosen by pointer or arrow keys.
function drawCurves(root, { x, curves, at = null, xLabel = "", format = String, onPick = null, ticks = null }) {
  const { width, height, left, right, top, bottom } = CURVES;
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: onPick ? "slider" : "img" });
  svg.classList.add("curves");
  const [low, high] = [x[0], x.at(-1)];
  const toX = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right);
  const toY = (value) => height - bottom - value * (height - top - bottom);
  for (const share of [0, 0.5, 1]) {
    svg.append(
      makeSvg("line", { x1: left, x2: width - right, y1: toY(share), y2: toY(share), class: "grid" }),
      makeSvg("text", { x: left - 8, y: toY(share) + 5, "text-anchor": "end" }, `${share * 100} %`),
    );
  }
  for (const tick of ticks ?? [low, (low + high) / 2, high]) {
    svg.append(makeSvg("text", { x: toX(tick), y: height - bottom + 20, "text-anchor": "middle" }, format(tick)));
  }
  svg.append(makeSvg("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, xLabel));
  for (const { label, values, color } of curves) {
    const points = values.map((value, index) => `${toX(x[index]).toFixed(1)},${toY(value).toFixed(1)}`).join(" ");
    svg.append(makeSvg("polyline", { points, style: `stroke: ${color}` }));
    // Its name stands where it is highest.
    const peak = values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
    if (values[peak] < 0.2) continue;
    const place = { x: Math.min(width - right, Math.max(left + 8, toX(x[peak]))), y: Math.max(top + 16, toY(values[peak]) - 5) };
    svg.append(makeSvg("text", { ...place, class: "name", style: `fill: ${color}` }, String(label)));
  }
  const marker = makeSvg("line", { y1: top, y2: height - bottom, class: "at" });
  svg.append(marker);
  const show = (value) => {
    marker.style.display = value === null ? "none" : "";
    if (value === null) return;
    marker.setAttribute("x1", toX(value));
    marker.setAttribute("x2", toX(value));
    if (!onPick) return;
    svg.setAttribute("aria-valuenow", value);
    svg.setAttribute("aria-valuetext", format(value));
  };
  show(at);
  if (onPick) makePickable(svg, { x, toX, at, show, onPick, label: xLabel });
  root.replaceChildren(svg);
  return { show };
}

function makePickable(svg, { x, toX, at, show, onPick, label }) {
  let now = at;
  svg.tabIndex = 0;
  svg.setAttribute("aria-label", label);
  svg.setAttribute("aria-valuemin", x[0]);
  svg.setAttribute("aria-valuemax", x.at(-1));
  const nearest = (wanted) => x.reduce((best, value) => (Math.abs(toX(value) - wanted) < Math.abs(toX(best) - wanted) ? value : best));
  const pick = (value) => {
    if (value === now) return;
    now = value;
    show(value);
    onPick(value);
  };
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    pick(nearest(((event.clientX - box.left) / box.width) * CURVES.width));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => event.buttons && follow(event));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const place = x.indexOf(nearest(toX(now ?? x[0])));
    pick(x[Math.min(x.length - 1, Math.max(0, place + by))]);
  });
}

function makeSvg(tag, attributes = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  node.textContent = text;
  return node;
}
