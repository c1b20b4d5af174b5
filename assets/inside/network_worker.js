// Computes a network beside the page, so that no pen waits for it.
//
// { open: { layers, isSigned }, weights } opens a network; { id, pixels, target } is answered with { id, values, paths }:
// what every layer makes of 784 pixels, 0 to 255, and the strongest paths to an output (none for a target of null).

import { createEngine, scaleInput } from "../shared/engine.js";
import { findPaths } from "../shared/paths.js";

let engine, isSigned;

self.addEventListener("message", ({ data }) => {
  if (data.open) {
    engine = createEngine(data.open, data.weights);
    isSigned = data.open.isSigned;
    return;
  }
  const image = Float32Array.from(data.pixels, (value) => value / 255);
  const values = engine.run(image);
  const paths = data.target === null ? [] : findPaths(engine.steps, values, scaleInput(image, isSigned), data.target);
  self.postMessage({ id: data.id, values, paths }, values.map(({ buffer }) => buffer));
});
