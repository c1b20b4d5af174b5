// What to do about a device that does not show this page: first what it shows, then the likely cause and its remedy.

import { $, make } from "../shared/dom.js";
import { hasText, t } from "../shared/texts.js";

const SYMPTOMS = ["refused", "slow", "offline", "search", "login"];
const WITH_FIREWALL = "slow";
const SYSTEMS = { windows: /win/i, mac: /mac/i, linux: /linux|x11/i };

export function showTrouble() {
  const choices = SYMPTOMS.map((symptom) => {
    const button = make("button", { type: "button", textContent: t(`test_shows_${symptom}`) });
    button.dataset.symptom = symptom;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => choose(button));
    return button;
  });
  $("#test-symptoms").replaceChildren(...choices);
}

function choose(button) {
  for (const other of $("#test-symptoms").children) other.setAttribute("aria-pressed", other === button);
  const { symptom } = button.dataset;
  const steps = [];
  for (let step = 1; hasText(`test_${symptom}_${step}`); step++) steps.push(t(`test_${symptom}_${step}`, { port: location.port || "80" }));
  $("#test-remedy").hidden = false;
  $("#test-remedy").replaceChildren(
    make("p", { className: "cause", textContent: t(`test_${symptom}_cause`) }),
    make("ol", {}, ...steps.map((textContent) => make("li", { textContent }))),
    ...(symptom === WITH_FIREWALL ? makeFirewalls() : []),
  );
}

// The way through the firewall, of this computer's system open and of the others folded.
function makeFirewalls() {
  const own = Object.keys(SYSTEMS).find((system) => SYSTEMS[system].test(navigator.platform));
  return Object.keys(SYSTEMS).map((system) => make("details", { open: system === own },
    make("summary", { textContent: t(`test_firewall_${system}`) }),
    make("p", { textContent: t(`test_firewall_${system}_way`, { port: location.port || "80" }) }),
  ));
}
