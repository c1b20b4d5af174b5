// Which channels of a network carried most of an answer: its strongest paths, followed from an output down to the image.

import { mapShape } from "./engine.js";

// Channels that are followed in each layer.
const MOST = 4;

// steps: of an engine; values: of its run; image: the first layer's input; target: the output.
// Gives, for each layer, links { from, to, share }: a channel of the layer below (0 for the image), a channel of the
// layer, and which share of the answer came that way. A contribution is a value times its weight, summed over the places
// where the layer answers; only what speaks for the channel counts.
export function findPaths(steps, values, image, target) {
  const links = steps.map(() => []);
  let chosen = new Map([[target, 1]]); // by channel, the share of the answer
  for (let number = steps.length - 1; number >= 0; number -= 1) {
    const below = number ? values[number - 1] : image;
    const shares = new Map();
    for (const [to, share] of chosen) {
      const contributions = CONTRIBUTE[steps[number].layer.kind](steps[number], below, values[number], to);
      const total = contributions.reduce((sum, value) => sum + Math.max(0, value), 0);
      if (!total) continue;
      for (const from of strongest(contributions)) {
        const part = share * contributions[from] / total;
        links[number].push({ from, to, share: part });
        shares.set(from, (shares.get(from) ?? 0) + part);
      }
    }
    chosen = new Map([...shares].sort((a, b) => b[1] - a[1]).slice(0, MOST));
    links[number] = links[number].filter(({ from }) => chosen.has(from));
  }
  return links;
}

function strongest(contributions) {
  return [...contributions.keys()].filter((channel) => contributions[channel] > 0)
    .sort((a, b) => contributions[b] - contributions[a]).slice(0, MOST);
}

const CONTRIBUTE = {
  convolution: byWindow, dense: byUnit, max_pooling: byMap, average_pooling: byMap, mean: byMap, scaling: byMap,
};

function byWindow({ layer, kernel, below: [height, width, inputs] }, below, values, to) {
  const [outHeight, outWidth, outputs] = layer.shape;
  const { window: side, step, before } = layer;
  const sums = new Float64Array(inputs);
  for (let row = 0; row < outHeight; row += 1) {
    for (let column = 0; column < outWidth; column += 1) {
      if (values[(row * outWidth + column) * outputs + to] === 0) continue;
      for (let down = 0; down < side; down += 1) {
        const inRow = row * step + down - before;
        if (inRow < 0 || inRow >= height) continue;
        for (let across = 0; across < side; across += 1) {
          const inColumn = column * step + across - before;
          if (inColumn < 0 || inColumn >= width) continue;
          const place = (inRow * width + inColumn) * inputs;
          const weight = (down * side + across) * inputs * outputs + to;
          for (let input = 0; input < inputs; input += 1) {
            sums[input] += below[place + input] * kernel[weight + input * outputs];
          }
        }
      }
    }
  }
  return sums;
}

function byUnit({ layer, kernel, below: shape }, below, values, to) {
  const inputs = mapShape(shape)[2];
  const [outputs] = layer.shape;
  const sums = new Float64Array(inputs);
  for (let index = 0; index < below.length; index += 1) sums[index % inputs] += below[index] * kernel[index * outputs + to];
  return sums;
}

// A map comes from the one map below it.
function byMap({ layer }, below, values, to) {
  const channels = layer.shape.at(-1);
  const sums = new Float64Array(channels);
  for (let index = to; index < values.length; index += channels) sums[to] += Math.max(0, values[index]);
  return sums;
}
