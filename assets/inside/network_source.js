// Where the values of a network come from: a worker in the browser, from weights that are fetched once; where the network
// is large, or the browser has no such workers, the server.

import { decodeBytes } from "../shared/pixels.js";
import { sizeOf } from "../shared/engine.js";
import { call, inTime } from "../shared/server.js";

// description: of `describe_network`, with the model that it is of. Gives { isLive, compute(question) }: whether it keeps up with the pen, and the
// promise of { ok, values, paths } for { image, target, model }, or of what went wrong.
export async function openSource(description) {
  const worker = description.address && await startWorker(description);
  return worker ? { isLive: true, compute: askWorker(worker), close: () => worker.terminate() }
    : { isLive: false, compute: askServer(description), close: () => {} };
}

// null where the weights cannot be fetched, or the worker does not begin.
async function startWorker({ model, layers, isSigned, address }) {
  try {
    const answer = await fetch(new URL(`${address}?model=${encodeURIComponent(model)}`, document.baseURI));
    if (!answer.ok) return null;
    const weights = new Float32Array(await answer.arrayBuffer());
    const worker = new Worker(new URL("./network_worker.js", import.meta.url), { type: "module" });
    worker.postMessage({ open: { layers, isSigned }, weights }, [weights.buffer]);
    const isAlive = await inTime(askWorker(worker)({ pixels: new Uint8Array(784), target: null }));
    if (isAlive) return worker;
    worker.terminate();
  } catch (error) {
    console.warn(error);
  }
  return null;
}

function askWorker(worker) {
  let number = 0;
  return ({ image, pixels = decodeBytes(image), target }) => new Promise((resolve) => {
    const id = ++number;
    const take = ({ data }) => {
      if (data?.id !== id) return;
      worker.removeEventListener("message", take);
      worker.removeEventListener("error", fail);
      resolve({ ok: true, ...data });
    };
    const fail = () => resolve(undefined);
    worker.addEventListener("message", take);
    worker.addEventListener("error", fail, { once: true });
    worker.postMessage({ id, pixels, target });
  });
}

function askServer({ layers }) {
  return async ({ image, model }) => {
    const answer = await call("run_network", { image, model });
    if (!answer?.ok) return answer;
    const all = new Float32Array(decodeBytes(answer.values).buffer);
    let start = 0;
    const values = layers.map(({ shape }) => all.subarray(start, start += sizeOf(shape)));
    return { ok: true, values, paths: [] };
  };
}
