// Images of 28x28 and sheets of them, as the server sends them.

export function decodeBytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// Paints values, 0 to 255, on a canvas that has as many pixels; `toColor` gives red, green, blue and opacity.
export function paintPixels(canvas, values, toColor = (value) => [value, value, value, 255]) {
  const image = new ImageData(canvas.width, canvas.height);
  values.forEach((value, index) => image.data.set(toColor(value), index * 4));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Adds to a path the border of all pixels that isIn(row, column) says are in; each is `cell` wide on the canvas.
export function traceBorder(context, cell, isIn) {
  const isInside = (row, column) => row >= 0 && column >= 0 && row < 28 && column < 28 && isIn(row, column);
  for (let row = 0; row <= 28; row += 1) {
    for (let column = 0; column <= 28; column += 1) {
      if (isInside(row, column) !== isInside(row - 1, column)) {
        context.moveTo(column * cell, row * cell);
        context.lineTo((column + 1) * cell, row * cell);
      }
      if (isInside(row, column) !== isInside(row, column - 1)) {
        context.moveTo(column * cell, row * cell);
        context.lineTo(column * cell, (row + 1) * cell);
      }
    }
  }
}

// For heatmaps on dark or light: blue speaks against, red for it; stronger is more opaque.
export function signedColor(value) {
  const strength = Math.min(1, Math.abs(value));
  return [...(value < 0 ? [58, 134, 255] : [255, 84, 54]), Math.round(255 * strength ** 0.7)];
}

// Paints a map over an image, both of 784 values, on a canvas of 28 equal cells a side; the image's outline stays in sight
// under strong colours.
export function paintMap(canvas, image, values, largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)) {
  const cell = canvas.width / 28;
  const context = canvas.getContext("2d");
  values.forEach((value, index) => {
    const place = [(index % 28) * cell, Math.floor(index / 28) * cell, cell, cell];
    const grey = Math.round(image[index] * 0.42);
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(...place);
    const [red, green, blue, opacity] = signedColor(largest ? value / largest : 0);
    context.fillStyle = `rgb(${red} ${green} ${blue} / ${opacity / 255})`;
    context.fillRect(...place);
  });
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 });
  context.beginPath();
  traceBorder(context, cell, (row, column) => image[row * 28 + column] >= 128);
  context.stroke();
}

// Many images in one picture: gives a function that makes a node look like the image of a number.
export function openSprite(png, columns) {
  const picture = `url(data:image/png;base64,${png})`;
  return (node, number) => {
    node.classList.add("tile");
    node.style.backgroundImage = picture;
    node.style.setProperty("--columns", columns);
    node.style.setProperty("--column", number % columns);
    node.style.setProperty("--row", Math.floor(number / columns));
    return node;
  };
}
