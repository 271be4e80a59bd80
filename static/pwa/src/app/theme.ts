/** Dark, light or for direct sun: chosen by hand, or as the phone is set. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Theme } from "../features/context";

const KEY = "rond.theme";
const GROUNDS: Readonly<Record<Exclude<Theme, "auto">, string>> = { dark: "#14181d", light: "#f5f5f2", sun: "#ffffff" };

export interface ThemeSwitch {
  readonly theme: ReadonlySignal<Theme>;
  set(theme: Theme): void;
}

export function startTheme(): ThemeSwitch {
  const theme = signal<Theme>(kept());
  const phoneIsLight = matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    const shown = theme.value === "auto" ? (phoneIsLight.matches ? "light" : "dark") : theme.value;
    document.documentElement.dataset.theme = shown;
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", GROUNDS[shown]);
  };
  phoneIsLight.addEventListener("change", apply);
  apply();
  return {
    theme,
    set(wanted) {
      theme.value = wanted;
      remember(wanted);
      apply();
    },
  };
}

function kept(): Theme {
  const value = read();
  return value === "dark" || value === "light" || value === "sun" ? value : "auto";
}

/* A browser that keeps nothing costs only the choice. */

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See above.
  }
}
