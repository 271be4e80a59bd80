/** The shared rules, and what this runtime needs to use them. `rules.py` tells how to read the file. */

import RULES from "../../../../../fieldapp/kernel/personal_data/rules.json";

export { RULES };

/** A stretch of the folded text, `end` exclusive. */
export type Span = readonly [start: number, end: number];

/** Stands for every character that no rule speaks of; it is neither letter, digit nor separator. */
export const PLACEHOLDER = "\ufffd";

/** Compiles a pattern of the rules, its fragments filled in. */
export function compile(source: string): RegExp {
  let filled = source;
  let before: string;
  do {
    before = filled;
    filled = before.replace(/<([a-z0-9]+)>/g, (_, name: string) => fragment(name));
  } while (filled !== before);
  return new RegExp(filled, "gu");
}

function fragment(name: string): string {
  const source = (RULES.fragments as Record<string, string>)[name];
  if (source === undefined) throw new Error(`no fragment ${name}`);
  return source;
}

/** The word list of that name. */
export function wordSet(name: keyof typeof RULES.words): ReadonlySet<string> {
  return new Set(RULES.words[name].join(" ").split(" "));
}

/** The code points of a list such as `"9-d 20"`. */
export function codePoints(ranges: string): number[] {
  return ranges.split(" ").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map((point) => Number.parseInt(point, 16));
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

/** Where group 1 of a pattern matches, left to right. Group 1 ends every match: only a lookahead may follow. */
export function spans(pattern: RegExp, text: string): Span[] {
  return Array.from(text.matchAll(pattern), (match) => {
    const end = match.index + match[0].length;
    return [end - (match[1] ?? "").length, end];
  });
}

/** Changes group 1 of every match. */
export function replace(pattern: RegExp, text: string, change: (group: string) => string): string {
  return text.replace(pattern, (whole: string, group: string) => whole.slice(0, -group.length) + change(group));
}

/** A table from each character of one text to the character at the same place of another. */
export function characterTable(from: string, to: string): Map<string, string> {
  const targets = [...to];
  return new Map([...from].map((character, at) => [character, targets[at] ?? ""]));
}
