// What stands below every tab: what MNIST is, credits, and the ways to documents and API.

import { openPart } from "../shared/part.js";

export async function mount(part) {
  await openPart(part, { texts: ["footer"], styles: ["footer/main"] });
}
