/** The theme that the page is in, as the map knows it. */

import type { MapTheme } from "../../map/palette";

export function shownTheme(): MapTheme {
  const shown = document.documentElement.dataset.theme;
  return shown === "light" || shown === "sun" ? shown : "dark";
}
