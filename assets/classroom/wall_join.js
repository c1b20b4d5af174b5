// How to join: the address, the code in huge letters, and both in one picture for cameras.

import { make } from "../shared/dom.js";
import { drawChart } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { askClass } from "./client.js";

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

// Where devices find this server: the page's own address, unless that is one of this computer's own.
async function findServer() {
  const here = new URL(".", document.baseURI);
  if (!LOCAL.includes(here.hostname)) return here;
  const answer = await askClass("look_at_rooms");
  return new URL(answer?.addresses?.[0] ?? here);
}

export function createJoin(root) {
  const line = (name, text = "") => make("p", { className: name, textContent: text });
  const [address, code] = [line("wall-address"), line("wall-huge")];
  const picture = make("div", { className: "wall-qr", hidden: true });
  const words = [line("wall-how", t("wall_open")), address, line("wall-how", t("wall_type")), code];
  root.append(make("div", { className: "wall-words" }, ...words), picture);
  let shown = "";

  async function show(room) {
    if (shown === room.code) return;
    shown = room.code;
    code.textContent = room.code;
    const server = await findServer();
    // A line ends where the parts meet, if anywhere.
    const parts = [server.host, `${server.pathname}#class`].map((textContent) => make("span", { textContent }));
    address.replaceChildren(...parts);
    const link = new URL(`#class?code=${room.code}`, server);
    const answer = await askClass("draw_code", { text: link.href });
    if (!answer?.svg) return;
    picture.replaceChildren(drawChart(answer.svg, t("wall_qr")));
    picture.hidden = false;
  }

  return { show };
}
