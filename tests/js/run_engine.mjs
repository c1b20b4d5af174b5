// Runs a network on images: run_engine.mjs FOLDER, which holds network.json, weights.bin and images.bin (float32), and
// takes answers.bin, the values of all layers of each image.

import { readFileSync, writeFileSync } from "node:fs";

const [folder] = process.argv.slice(2);
const { createEngine } = await import("../../assets/shared/engine.js");
const read = (name) => new Float32Array(new Uint8Array(readFileSync(`${folder}/${name}`)).buffer);

const engine = createEngine(JSON.parse(readFileSync(`${folder}/network.json`, "utf8")), read("weights.bin"));
const images = read("images.bin");
const answers = [];
for (let start = 0; start < images.length; start += 784) answers.push(...engine.run(images.subarray(start, start + 784)));
writeFileSync(`${folder}/answers.bin`, Buffer.concat(answers.map((values) => Buffer.from(values.buffer))));
