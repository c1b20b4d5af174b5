// Tabs, by the page's address, and light or dark.

// An address may say more after the tab: `#data?label=4`. Each tab reads that for itself.
function showTab() {
  const name = location.hash.slice(1).split("?")[0];
  if (name === "tour") return; // the tour goes on to the step's place
  const links = [...element.querySelectorAll("[data-tab]")];
  const chosen = links.find((link) => link.dataset.tab === name) ?? links[0];
  if (document.body.dataset.tab !== chosen.dataset.tab) scrollTo(0, 0);
  document.body.dataset.tab = chosen.dataset.tab;
  links.forEach((link) => {
    if (link === chosen) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  tell("tab", chosen.dataset.tab);
}

// A tab is opened again as it was left.
hear("address", ({ tab, address }) => find(`[data-tab="${tab}"]`).setAttribute("href", address));

find("#theme").addEventListener("click", () => {
  remember("theme", document.body.classList.toggle("dark") ? "dark" : "light");
});
if (recall("theme")) document.body.classList.toggle("dark", recall("theme") === "dark");

addEventListener("hashchange", showTab);
showTab();
