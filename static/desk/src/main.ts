/** What every page of the desk runs: its style, htmx, a word when the server cannot be reached, and maps where there are any. */

import "htmx.org";
import "./style.css";

const TOAST_MS = 6000;

function say(text: string): void {
  const toast = document.getElementById("toast");
  if (toast === null || text === "") return;
  toast.textContent = text;
  toast.hidden = false;
  window.setTimeout(() => {
    toast.hidden = true;
  }, TOAST_MS);
}

/** A request that a person made and that found no server says so; a page that refreshes itself keeps quiet. */
document.addEventListener("htmx:error", (event) => {
  const source = event.target;
  if (source instanceof Element && source.closest("[data-quiet]") !== null) return;
  say(document.getElementById("toast")?.dataset.lost ?? "");
});

/** Bring what is new on the page to life: focus what asks for it, draw maps. The map library comes when there is a map. */
function enliven(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
  if (root.querySelector("[data-map]") !== null) {
    import("./map.ts").then(({ drawMaps }) => drawMaps(document));
  }
}

document.addEventListener("htmx:after:swap", () => enliven(document));
enliven(document);
