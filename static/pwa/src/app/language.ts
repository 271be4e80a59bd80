/** Which language the phone speaks: the user's choice, else the one of this phone, else Swedish. */

import type { Language } from "../domain/types";
import { speak } from "../i18n";
import type { Store } from "../store/store";
import { setLanguage } from "../sync/api";

const KEY = "rond.language";

/** The language before anyone has signed in. */
export function phoneLanguage(): Language {
  const kept = readKept();
  if (kept === "sv" || kept === "en") return kept;
  const isNordic = navigator.languages.some((tag) => /^(sv|nb|nn|no|da)\b/.test(tag));
  return isNordic || navigator.languages.length === 0 ? "sv" : "en";
}

/** Speak as this user has chosen, and tell the server of a choice made without a network. */
export async function speakAs(store: Store): Promise<void> {
  const chosen = await store.remembered<Language>(KEY);
  const known = store.profile()?.user.language;
  await speakOrSwedish(chosen ?? known ?? phoneLanguage());
  if (chosen !== null && known !== undefined && chosen !== known) await setLanguage(store, chosen);
}

/** Change the language, for the user when there is one. */
export async function chooseLanguage(language: Language, store: Store | null): Promise<void> {
  await speakOrSwedish(language);
  keep(language);
  if (store === null) return;
  await store.remember(KEY, language);
  await setLanguage(store, language);
}

/** A catalogue that is not on the phone yet leaves Swedish standing. */
export function speakOrSwedish(language: Language): Promise<void> {
  return speak(language).catch(() => speak("sv"));
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // A browser that keeps nothing costs only the choice.
  }
}
