/** The rows of the page beside a map. */

/** Mark the row of a thing, and return it; null where the page has none. */
export function markRow(id: string | undefined): HTMLElement | null {
  const row = id === undefined ? null : document.getElementById(`r-${id}`);
  if (row === null) return null;
  for (const marked of document.querySelectorAll(".is-marked")) marked.classList.remove("is-marked");
  row.classList.add("is-marked");
  return row;
}

/** Bring the row of a thing into view and mark it: there everything is read. */
export function showRow(id: string | undefined): void {
  const row = markRow(id);
  if (row === null) return;
  row.closest("details")?.setAttribute("open", "");
  row.scrollIntoView({ block: "center" });
  row.querySelector("a")?.focus({ preventScroll: true });
}
