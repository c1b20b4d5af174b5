// The address at which devices find this server, as a code to scan, and the devices that have called.

import { $, make } from "../shared/dom.js";
import { later } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { askClass, kept } from "./client.js";

const OFTEN = 3000;
const TEST = "#class?test";

const isLoopback = () => ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

// Whoever sits at the server's own machine is the teacher.
export const isAtServer = isLoopback;

const ownAddress = () => document.baseURI.replace(/[?#].*$/, "");

// The addresses for other devices, the likeliest first; none where nobody else can reach the server.
async function findAddresses() {
  if (!isLoopback()) return [ownAddress()];
  const answer = await askClass("look_at_rooms");
  return answer?.ok && !answer.isLocalOnly ? answer.addresses ?? [] : [];
}

// isCurrent() says whether the screen still stands; own() gives this device's address, once known.
export async function showDevices(isCurrent, own) {
  const addresses = await findAddresses();
  if (!isCurrent()) return;
  $("#test-unreachable").hidden = addresses.length > 0;
  $("#test-reach").hidden = !addresses.length;
  if (addresses.length) await showAddress(addresses, addresses[0]);
  while (isCurrent()) {
    if (!document.hidden) showCalls(await askClass("look_at_devices", { teacher: kept("teacher")?.teacher }), own());
    await later(OFTEN);
  }
}

async function showAddress(addresses, chosen) {
  const text = `${chosen}${TEST}`;
  $("#test-address").replaceChildren(make("a", { href: text }, chosen, make("wbr"), TEST));
  $("#test-addresses").hidden = addresses.length < 2;
  $("#test-addresses").replaceChildren(...addresses.map((address) => {
    const button = make("button", { type: "button", textContent: new URL(address).host });
    button.setAttribute("aria-pressed", address === chosen);
    button.addEventListener("click", () => showAddress(addresses, address));
    return button;
  }));
  const answer = await askClass("draw_code", { text });
  const image = $("#test-code");
  image.hidden = !answer?.svg;
  if (answer?.svg) Object.assign(image, { src: toAddress(answer.svg), alt: t("test_code", { address: text }) });
}

// As a picture, an SVG is left alone by the page's styles; but it must say what it is.
function toAddress(svg) {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function showCalls(answer, own) {
  const devices = answer?.ok ? answer.devices : null;
  $("#test-calls").hidden = !devices;
  if (!devices) return;
  $("#test-nobody").hidden = devices.length > 0;
  $("#test-called").replaceChildren(...devices.map(({ address, seconds, live }) => {
    const name = address === own ? t("test_called_this", { address }) : address;
    const how = t(live ? "test_called_live" : "test_called_polling");
    return make("li", {}, make("b", { textContent: name }), make("span", { className: "muted", textContent: t("test_called_when", { seconds: Math.round(seconds), how }) }));
  }));
}
