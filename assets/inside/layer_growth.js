// The sum behind one value as it grows, product by product.

const DURATION = 900;

let frame; // of the animation that runs

// answer: of `open_unit`; isGrowing: whether the line may be drawn bit by bit.
export function growSum(canvas, answer, isGrowing) {
  cancelAnimationFrame(frame);
  const sums = listSums(answer);
  canvas.hidden = sums.length < 2;
  if (canvas.hidden) return;
  const started = performance.now();
  const isMoving = isGrowing && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const step = (now) => {
    const share = isMoving ? Math.min(1, (now - started) / DURATION) : 1;
    paint(canvas, sums, Math.max(2, Math.ceil(share * sums.length)));
    if (share < 1) frame = requestAnimationFrame(step);
  };
  step(started);
}

// The sum after each product, from 0 on, and last with the bias.
function listSums({ patch, weights, strongest, rest, bias }) {
  const products = strongest ? [...strongest.map(({ product }) => product), rest]
    : weights ? patch.map((value, place) => value * weights[place]) : [];
  if (!products.length) return [];
  const sums = [0];
  for (const product of [...products, bias]) sums.push(sums.at(-1) + product);
  return sums;
}

function paint(canvas, sums, count) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const color = (name) => style.getPropertyValue(name).trim();
  const [low, high] = [Math.min(...sums), Math.max(...sums)];
  const x = (index) => 4 + index / (sums.length - 1) * (width - 8);
  const y = (sum) => height - 4 - (sum - low) / (high - low || 1) * (height - 8);
  context.scale(ratio, ratio);
  context.strokeStyle = color("--line");
  context.beginPath();
  context.moveTo(4, y(0));
  context.lineTo(width - 4, y(0));
  context.stroke();
  context.strokeStyle = context.fillStyle = color("--accent");
  context.lineWidth = 2;
  context.beginPath();
  sums.slice(0, count).forEach((sum, index) => context.lineTo(x(index), y(sum)));
  context.stroke();
  context.beginPath();
  context.arc(x(count - 1), y(sums[count - 1]), 4, 0, 2 * Math.PI);
  context.fill();
}
