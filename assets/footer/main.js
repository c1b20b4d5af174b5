// What stands below every tab: what MNIST is, credits, and the ways to documents and API.

import { $ } from "../shared/dom.js";
import { openPart } from "../shared/part.js";

const isAsked = () => new URLSearchParams(location.search).get("view") === "api";

// Gradio shows its page of the API when its own button is pressed, which is hidden. Where the address asks for the page,
// Gradio takes it for open, but does not fetch it: the first press closes what is not there.
function openApi() {
  const button = $("footer .show-api");
  if (isAsked()) button.click();
  button.click();
}

export async function mount(part) {
  await openPart(part, { texts: ["footer"], styles: ["footer/main"] });
  $("#footer-api").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return; // for a tab of its own
    event.preventDefault();
    openApi();
  });
  if (isAsked()) openApi();
}
