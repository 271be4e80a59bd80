/** Which language the phone speaks: the user's choice, else the one of this phone, else Swedish. */

import type { Language } from "../domain/types";
import { speak } from "../i18n";
import type { Store } from "../store/store";
import { setLanguage } from "../sync/api";

const KEY = "rond.language";
/** Chosen on the way in, before it was known by whom: it is for whoever signs in next, and for nobody after. */
const DOOR_KEY = "rond.language.next";

/** The language before anyone has signed in. */
export function phoneLanguage(): Language {
  const kept = read(KEY);
  if (kept !== null) return kept;
  const isNordic = navigator.languages.some((tag) => /^(sv|nb|nn|no|da)\b/.test(tag));
  return isNordic || navigator.languages.length === 0 ? "sv" : "en";
}

/** Speak as this user has chosen, and tell the server of a choice it has not heard of. Nobody waits for its answer. */
export async function speakAs(store: Store): Promise<void> {
  const next = read(DOOR_KEY);
  if (next !== null) {
    keep(DOOR_KEY, null);
    await store.remember(KEY, next).catch(() => undefined);
  }
  const chosen = next ?? (await store.remembered<Language>(KEY));
  const known = store.profile()?.user.language;
  await speakOrSwedish(chosen ?? known ?? phoneLanguage());
  if (chosen !== null && known !== undefined && chosen !== known) {
    void setLanguage(store, chosen).catch(() => undefined);
  }
}

/** Change the language, for the user when there is one. */
export async function chooseLanguage(language: Language, store: Store | null): Promise<void> {
  await speakOrSwedish(language);
  keep(KEY, language);
  if (store === null) {
    keep(DOOR_KEY, language);
    return;
  }
  await store.remember(KEY, language);
  await setLanguage(store, language);
}

/** A catalogue that is not on the phone yet leaves Swedish standing. */
export function speakOrSwedish(language: Language): Promise<void> {
  return speak(language).catch(() => speak("sv"));
}

function read(key: string): Language | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === "sv" || kept === "en" ? kept : null;
  } catch {
    return null;
  }
}

function keep(key: string, language: Language | null): void {
  try {
    if (language === null) localStorage.removeItem(key);
    else localStorage.setItem(key, language);
  } catch {
    // A browser that keeps nothing costs only the choice.
  }
}
