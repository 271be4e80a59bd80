/** What every page of the desk runs: its style, htmx, a word when a request fails, and maps where there are any. */

import "htmx.org";
import "./style.css";

const TOAST_MS = 8000;
const PRESENT_MS = 15 * 60_000;
const UNPROCESSABLE = 422;

interface Answered {
  ctx: { response: { status: number }; text: string };
}

function say(text: string): void {
  const toast = document.getElementById("toast");
  if (toast === null || text === "") return;
  toast.textContent = text;
  toast.hidden = false;
  window.setTimeout(() => {
    toast.hidden = true;
  }, TOAST_MS);
}

/** Whether a person waits for the answer; a part of the page that refreshes itself keeps quiet. */
function isAwaited(event: Event): boolean {
  return !(event.target instanceof Element && event.target.closest("[data-quiet]") !== null);
}

/**
 * A refused form (422) is the page again, with what is wrong. Any other refusal is a page of its own, whose sentence is said
 * here: put into the middle of this page it would replace what the person was working on.
 */
document.addEventListener("htmx:after:request", (event) => {
  const { response, text } = (event as CustomEvent<Answered>).detail.ctx;
  if (response.status < 400 || response.status === UNPROCESSABLE) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(text, "text/html");
  if (isAwaited(event)) say(page.querySelector("h1")?.textContent ?? "");
});

document.addEventListener("htmx:error", (event) => {
  if (isAwaited(event)) say(document.getElementById("toast")?.dataset.lost ?? "");
});

/**
 * A page refreshes itself only while somebody is there: not in a hidden tab, and not long after the last touch. Otherwise a
 * forgotten page would keep its sign-in alive.
 */
let lastTouched = Date.now();
for (const kind of ["pointerdown", "pointermove", "keydown"]) {
  document.addEventListener(kind, () => {
    lastTouched = Date.now();
  });
}

document.addEventListener("htmx:before:request", (event) => {
  if (isAwaited(event)) return;
  if (document.hidden || Date.now() - lastTouched > PRESENT_MS) event.preventDefault();
});

/** Bring what is new on the page to life: focus what asks for it, draw maps. The map library comes when there is a map. */
function enliven(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
  if (root.querySelector("[data-map]") !== null) {
    import("./map.ts").then(({ drawMaps }) => drawMaps(document));
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  if (isAwaited(event)) enliven(document);
});
enliven(document);
