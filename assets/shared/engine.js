// A stored network, computed where the page is: from an image to what every layer makes of it. Knows no page and no
// server. Layers are as `describe_network` of the server lists them; kernels are laid out as Keras has them, one after
// another, each followed by its bias: (height, width, in, out) of a convolution, (in, out) of a dense layer, (channels) of
// a scaling.

const SIDE = 28;

const ACTIVATIONS = {
  linear: null,
  relu: (value) => (value > 0 ? value : 0),
  leaky_relu: (value) => (value > 0 ? value : 0.2 * value),
  elu: (value) => (value > 0 ? value : Math.expm1(value)),
  silu: (value) => value / (1 + Math.exp(-value)),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
};

export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);
// Height, width and channels; of a layer without places, one place.
export const mapShape = (shape) => (shape.length === 3 ? shape : [1, 1, ...shape]);

// weights: Float32Array of all kernels and biases. Gives run(pixels), which maps 784 values in [0, 1] to a Float32Array
// for each layer, its values by row, column and channel; the arrays are new each time.
export function createEngine({ layers, isSigned }, weights) {
  const steps = [];
  let start = 0;
  let shape = [SIDE, SIDE, 1];
  for (const layer of layers) {
    const count = layer.numWeights;
    const kernel = weights.subarray(start, start + count);
    const bias = weights.subarray(start + count, start + count + layer.numBiases);
    steps.push({ layer, kernel, bias, below: shape });
    start += count + layer.numBiases;
    shape = layer.shape;
  }
  if (start !== weights.length) throw new Error(`Expected ${start} weights. Received: ${weights.length}.`);

  function run(pixels) {
    let values = scaleInput(pixels, isSigned);
    return steps.map((step) => {
      values = COMPUTE[step.layer.kind](values, step);
      const activate = ACTIVATIONS[step.layer.activation];
      if (activate) for (let index = 0; index < values.length; index += 1) values[index] = activate(values[index]);
      return values;
    });
  }

  return { steps, run };
}

// Some networks scale the image to [-1, 1] first.
export const scaleInput = (pixels, isSigned) => Float32Array.from(pixels, (value) => (isSigned ? value * 2 - 1 : value));

const COMPUTE = {
  convolution: convolve, dense: multiply, max_pooling: pool, average_pooling: pool, mean: average, scaling: scale,
};

// Each value of the input adds itself, times its weights, to all outputs whose window it lies in. Most values are 0
// behind a ReLU, and add nothing: that is three times as fast as to collect each output's sum.
function convolve(input, { layer, kernel, bias, below: [height, width, inputs] }) {
  const [outHeight, outWidth, outputs] = layer.shape;
  const { window: side, step, before } = layer;
  const output = new Float32Array(outHeight * outWidth * outputs);
  for (let start = 0; start < output.length; start += outputs) output.set(bias, start);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      for (let channel = 0; channel < inputs; channel += 1) {
        const value = input[(row * width + column) * inputs + channel];
        if (value === 0) continue;
        for (let down = 0; down < side; down += 1) {
          const outRow = (row - down + before) / step;
          if (outRow < 0 || outRow >= outHeight || outRow % 1) continue;
          for (let across = 0; across < side; across += 1) {
            const outColumn = (column - across + before) / step;
            if (outColumn < 0 || outColumn >= outWidth || outColumn % 1) continue;
            addScaled(output, (outRow * outWidth + outColumn) * outputs, value, kernel,
              ((down * side + across) * inputs + channel) * outputs, outputs);
          }
        }
      }
    }
  }
  return output;
}

function multiply(input, { layer, kernel, bias }) {
  const [outputs] = layer.shape;
  const output = Float32Array.from(bias);
  for (let index = 0; index < input.length; index += 1) {
    if (input[index] !== 0) addScaled(output, 0, input[index], kernel, index * outputs, outputs);
  }
  return output;
}

function addScaled(output, at, value, kernel, from, count) {
  for (let index = 0; index < count; index += 1) output[at + index] += value * kernel[from + index];
}

// The largest or the mean of each window; what is left over at the edge is not looked at.
function pool(input, { layer, below: [, width] }) {
  const [outHeight, outWidth, channels] = layer.shape;
  const { window: side, step } = layer;
  const isLargest = layer.kind === "max_pooling";
  const output = new Float32Array(outHeight * outWidth * channels);
  for (let place = 0; place < output.length; place += 1) {
    const channel = place % channels;
    const column = Math.floor(place / channels) % outWidth;
    const row = Math.floor(place / channels / outWidth);
    let result = isLargest ? -Infinity : 0;
    for (let down = 0; down < side; down += 1) {
      for (let across = 0; across < side; across += 1) {
        const value = input[((row * step + down) * width + column * step + across) * channels + channel];
        if (!isLargest) result += value / (side * side);
        else if (value > result) result = value;
      }
    }
    output[place] = result;
  }
  return output;
}

// Each channel has a factor and an offset of its own.
function scale(input, { kernel: factors, bias: offsets }) {
  return input.map((value, index) => value * factors[index % factors.length] + offsets[index % offsets.length]);
}

function average(input, { below: [height, width, channels] }) {
  const output = new Float32Array(channels);
  for (let index = 0; index < input.length; index += 1) output[index % channels] += input[index];
  return output.map((sum) => sum / (height * width));
}
