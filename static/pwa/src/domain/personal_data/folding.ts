/**
 * Folds a text to the few characters that the rules speak of, and remembers where each of them came from.
 *
 * Written to be missed or merely pasted from elsewhere, a number can hold invisible characters, dashes of a dozen kinds,
 * full-width or Arabic digits and letters of other alphabets that look Latin. After folding it holds none of them.
 */

import { characterTable, codePoints, PLACEHOLDER, RULES } from "./rules";

/** Marks kept per character: more are decoration, and sorting them is not linear. */
const MARKS_MAX = 4;
/** NFKC makes 18 characters of one; the longest a rule cares for is "(20)". */
const EXPANSION_MAX = 4;
/** The end of Latin Extended-A: names and words in the rules need no more. */
const LAST_LETTER = "ſ";

/** Character `i` of `text` came from code points `starts[i]` up to `ends[i]` of the original. */
export interface Folded {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Drops what is invisible, composes and simplifies the rest (NFKC), and unifies separators and lookalikes. */
export function fold(characters: readonly string[]): Folded {
  const folded: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { cluster, start, end } of clusters(characters)) {
    for (const character of simplified(cluster)) {
      folded.push(character);
      starts.push(start);
      ends.push(end);
    }
  }
  return { text: folded.join(""), starts, ends };
}

interface Cluster {
  /** A visible character and the marks on it. */
  readonly cluster: string[];
  readonly start: number;
  end: number;
}

function clusters(characters: readonly string[]): Cluster[] {
  const found: Cluster[] = [];
  characters.forEach((character, at) => {
    if (IGNORED.has(character)) return;
    const last = found.at(-1);
    if (last && MARKS.has(character)) {
      if (last.cluster.length <= MARKS_MAX) last.cluster.push(character);
      last.end = at + 1;
    } else {
      found.push({ cluster: [character], start: at, end: at + 1 });
    }
  });
  return found;
}

function simplified(cluster: readonly string[]): string[] {
  const [base = "", ...marks] = cluster;
  const replaced = REPLACED.get(base) ?? base;
  if (marks.length === 0 && (replaced !== base || base <= "\x7f")) return [replaced];
  const composed = [replaced, ...marks].join("").normalize("NFKC");
  return [...composed]
    .filter((character) => !MARKS.has(character))
    .map(known)
    .slice(0, EXPANSION_MAX);
}

function known(character: string): string {
  return REPLACED.get(character) ?? (character <= LAST_LETTER ? character : PLACEHOLDER);
}

function replacements(): Map<string, string> {
  const table = characterTable(RULES.fold.letters.from, RULES.fold.letters.to);
  for (const zero of codePoints(RULES.fold.digit_zeros)) {
    for (let digit = 0; digit < 10; digit++) table.set(String.fromCodePoint(zero + digit), String(digit));
  }
  for (const [target, ranges] of Object.entries(RULES.fold.to)) {
    for (const point of codePoints(ranges)) table.set(String.fromCodePoint(point), target);
  }
  return table;
}

function characterSet(ranges: string): ReadonlySet<string> {
  return new Set(codePoints(ranges).map((point) => String.fromCodePoint(point)));
}

const IGNORED = characterSet(RULES.fold.ignored);
const MARKS = characterSet(RULES.fold.marks);
const REPLACED = replacements();
