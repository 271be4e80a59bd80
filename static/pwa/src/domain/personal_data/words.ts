/** Finds what a note says in words: names of persons, and words of the special categories. */

import { compile, RULES, type Span, spans, wordSet } from "./rules";
import type { Views } from "./views";

/** First name, two in between, last name. */
const NAME_WORDS_MAX = 4;

const WORD = compile("([<al>](?:['-]?[<al>]){0,59})");
const LAST_NAME_END = new RegExp(`^.{1,40}(?:${[...wordSet("last_name_ends")].join("|")})$`, "u");
const TITLES = wordSet("titles");
const PLACE_WORDS = wordSet("place_words");
const SPECIAL_EXACT = wordSet("special_exact");
const SPECIAL_STEMS = wordSet("special_stems");
const STEM_LENGTHS = [...new Set([...SPECIAL_STEMS].map((stem) => stem.length))];
const UNACCENTED = new Map(Object.entries(RULES.spelling.unaccented));
const ALIKE = RULES.spelling.alike.map((pair) => pair.split(" ") as [written: string, sound: string]);
const FIRST_NAMES = nameKeys(wordSet("first_names"));
const LAST_NAMES = nameKeys(wordSet("last_names"));
const PLACE_NAMES = nameKeys(RULES.words.place_names);
const WITHIN_NAME = [" ", "  "];
const AFTER_INITIAL = [" ", "  ", ".", ". "];
const BETWEEN_REVERSED = [" ", ",", ", "];

/**
 * A word of a note: its place in the folded text, in lower case, and in the spelling in which names are compared.
 * Only a capitalised word can be part of a name; `key` of any other is empty.
 */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly lower: string;
  readonly key: string;
  readonly isCapitalised: boolean;
}

/** The words of a note; hyphens and apostrophes hold a word together. */
export function splitWords(views: Views): Word[] {
  return spans(WORD, views.lower).map(([start, end]) => {
    const lower = views.lower.slice(start, end);
    const isCapitalised = views.text[start] !== lower[0];
    return { start, end, lower, key: isCapitalised ? nameKey(lower) : "", isCapitalised };
  });
}

/** Words about what GDPR Art. 9 and 10 protect, and about children. */
export function findSpecialWords(words: readonly Word[]): Span[] {
  return words
    .filter((word) => [word.lower, ...word.lower.split("-")].some(isSpecial))
    .map((word) => [word.start, word.end]);
}

function isSpecial(word: string): boolean {
  return SPECIAL_EXACT.has(word) || STEM_LENGTHS.some((length) => SPECIAL_STEMS.has(word.slice(0, length)));
}

/** Full names in capitals' writing: first and last, last and first, or a title and last; not places named so. */
export function findNames(words: readonly Word[], views: Views): Span[] {
  const found: Span[] = [];
  for (const [at, first] of words.entries()) {
    const name = nameAt(words.slice(at, at + NAME_WORDS_MAX), views.text);
    const last = name.at(-1);
    if (last && !isPlace(name, words[at + name.length])) found.push([first.start, last.end]);
  }
  return found;
}

/** The words at the beginning that make up a full name; none if they do not. */
function nameAt(candidates: readonly Word[], text: string): readonly Word[] {
  const [first, second] = candidates;
  if (!first || !second?.isCapitalised) return [];
  const gap = text.slice(first.end, second.start);
  if (TITLES.has(first.lower) && WITHIN_NAME.includes(gap) && isLastName(second)) return candidates.slice(0, 2);
  if (!first.isCapitalised) return [];
  if (BETWEEN_REVERSED.includes(gap) && isLastName(first) && isFirstName(second)) return candidates.slice(0, 2);
  return isFirstName(first) ? firstToLastName(candidates, text) : [];
}

/** Goes on from a first name over initials and further names to the last word that can be a last name. */
function firstToLastName(candidates: readonly Word[], text: string): readonly Word[] {
  let length = 0;
  for (const [at, word] of candidates.entries()) {
    const before = candidates[at - 1];
    if (!before) continue;
    const gaps = before.lower.length === 1 ? AFTER_INITIAL : WITHIN_NAME;
    if (!word.isCapitalised || !gaps.includes(text.slice(before.end, word.start))) break;
    if (isLastName(word)) length = at + 1;
    else if (!isFirstName(word) && word.lower.length > 1) break;
  }
  return candidates.slice(0, length);
}

function isFirstName(word: Word): boolean {
  return word.key.split("-").every((part) => FIRST_NAMES.has(part));
}

/** Whether a word is or ends like a last name, the possessive s aside: Ek, Lindgrens, Berg-Ali. */
function isLastName(word: Word): boolean {
  const isListed = word.key.split("-").some((part) => LAST_NAMES.has(part) || LAST_NAMES.has(withoutS(part)));
  const forms = [word.lower, word.key].flatMap((written) => [written, withoutS(written)]);
  return isListed || forms.some((form) => LAST_NAME_END.test(form));
}

/** Whether a name is a place's: Karin Anderssons gata, Selma Lagerlöfs torg, Selma Lagerlöf. */
function isPlace(name: readonly Word[], following: Word | undefined): boolean {
  const key = name.at(-1)?.key ?? "";
  if (PLACE_NAMES.has(`${name[0]?.key} ${withoutS(key)}`)) return true;
  return key.endsWith("s") && following !== undefined && PLACE_WORDS.has(following.lower);
}

function withoutS(word: string): string {
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

/** A name in one spelling for all that sound alike: Kristoffer for Christopher, Lindkvist for Lindquist. */
function nameKey(lower: string): string {
  const spelled = Array.from(lower, (letter) => UNACCENTED.get(letter) ?? withoutAccent(letter)).join("");
  return ALIKE.reduce((name, [written, sound]) => name.replaceAll(written, sound), spelled).replace(/(.)\1/gu, "$1");
}

function nameKeys(names: Iterable<string>): ReadonlySet<string> {
  return new Set(Array.from(names, nameKey));
}

function withoutAccent(letter: string): string {
  return RULES.spelling.kept.includes(letter) ? letter : letter.normalize("NFD").charAt(0);
}
