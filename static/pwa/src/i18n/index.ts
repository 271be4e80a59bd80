/** The app's words: the user's language, its catalogue and the texts made from it. Reading a text in a view subscribes to the language. */

import { signal } from "@preact/signals";
import type { Catalogue, Message, MessageArguments, MessageKey } from "./catalogue";
import { sv } from "./sv";

export type { MessageKey } from "./catalogue";
export type Language = "sv" | "en";

const LOCALES: Readonly<Record<Language, string>> = { sv: "sv-SE", en: "en-GB" };

interface Speech {
  readonly language: Language;
  readonly catalogue: Catalogue;
}

const speech = signal<Speech>({ language: "sv", catalogue: sv });

export function language(): Language {
  return speech.value.language;
}

export function locale(): string {
  return LOCALES[speech.value.language];
}

/** Change the language of every text on screen. English is fetched when it is first asked for; Swedish is always there. */
export async function speak(wanted: Language): Promise<void> {
  const catalogue = wanted === "sv" ? sv : (await import("./en")).en;
  speech.value = { language: wanted, catalogue };
  document.documentElement.lang = wanted;
}

/** Say a message in the user's language, its placeholders filled in. */
export function t<K extends MessageKey>(key: K, ...[values]: MessageArguments<K>): string {
  const { catalogue, language: spoken } = speech.value;
  return fill(catalogue[key], values as Values | undefined, LOCALES[spoken]);
}

type Values = Readonly<Record<string, string | number>>;

function fill(message: Message, values: Values | undefined, inLocale: string): string {
  const pattern = typeof message === "string" ? message : message[pluralOf(values, inLocale)];
  if (values === undefined) return pattern;
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(inLocale).format(value) : value;
  });
}

function pluralOf(values: Values | undefined, inLocale: string): "one" | "other" {
  const rule = new Intl.PluralRules(inLocale).select(Number(values?.count));
  return rule === "one" ? "one" : "other";
}
