/**
 * Finds personal data in the short notes of hosts: places and things belong there, persons do not.
 *
 * One definition, two runtimes: `fieldapp/kernel/personal_data/rules.json` tells what personal data looks like, and the
 * server's scanner and this one find the same in every text of `tests/contract/personal_data_fixtures.json`.
 * Import it when a note is first written (`await import(…)`): its word lists are no part of the first screen.
 *
 * Offsets count code points of the original text, as Python does, not UTF-16 units: take `[...text].slice(start, end)`.
 */

import { fold } from "./personal_data/folding";
import { findNationalIds } from "./personal_data/national_id";
import { compile, RULES, type Span, spans, wordSet } from "./personal_data/rules";
import { look, type Views } from "./personal_data/views";
import { findNames, findSpecialWords, splitWords } from "./personal_data/words";

/**
 * `special_category`: what GDPR Art. 9 and 10 protect, and words for children; the record is held for review.
 * `unscanned`: what lies beyond `MAX_LENGTH` was not read and is treated as personal data.
 */
export type Kind = keyof typeof RULES.severities;

/** `confirm`: the host edits the note or confirms it. `warn`: a hint; names are found by lists, and lists are often wrong. */
export type Severity = "confirm" | "warn";

/** A stretch of a note; offsets into the original text in code points, `end` exclusive. */
export interface Finding {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly severity: Severity;
}

/** Code points that are read. A note is at most a quarter of this long. */
export const MAX_LENGTH = RULES.max_length;

/** In the order in which findings at one place are reported. */
const KINDS = Object.keys(RULES.severities) as Kind[];

const PATTERNS = RULES.patterns.map((rule) => ({
  kind: rule.kind as Kind,
  view: rule.view as keyof Views,
  pattern: compile(rule.pattern),
  stop: new Set((rule.stop ?? []).flatMap((name) => [...wordSet(name as "short_words")])),
}));

/**
 * What looks like personal data in a note, in the order of the text; findings of one kind never overlap, those of
 * different kinds may: 0701234567 can be a phone number and a valid personnummer.
 *
 * Any text is accepted. Of one longer than MAX_LENGTH the tail is not read but reported whole, as `unscanned`, from a
 * little before the cut so that a number across it is covered too. The work is linear in what is read.
 */
export function scan(text: string): Finding[] {
  const characters = [...text];
  const folded = fold(characters.slice(0, MAX_LENGTH));
  const findings: Finding[] = [];
  for (const [kind, spansOfKind] of found(look(folded.text))) {
    for (const [start, end] of united(spansOfKind)) {
      findings.push(finding(kind, folded.starts[start] as number, folded.ends[end - 1] as number));
    }
  }
  if (characters.length > MAX_LENGTH) {
    findings.push(finding("unscanned", MAX_LENGTH - RULES.tail_overlap, characters.length));
  }
  return findings.sort((a, b) => a.start - b.start || a.end - b.end || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/**
 * Replaces every found stretch by a bar of fixed length, which tells neither what was there nor how long it was.
 * Overlapping findings become one bar; two that merely touch do too.
 *
 * @throws RangeError a finding lies outside the text; it was made from another one.
 */
export function mask(text: string, findings: readonly Finding[]): string {
  const characters = [...text];
  const parts: string[] = [];
  let shownTo = 0;
  for (const { start, end } of [...findings].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (!(0 <= start && start < end && end <= characters.length)) {
      throw new RangeError(`finding at ${start}–${end} in a text of ${characters.length}`);
    }
    if (start > shownTo || parts.length === 0) parts.push(...characters.slice(shownTo, start), RULES.mask);
    shownTo = Math.max(shownTo, end);
  }
  return [...parts, ...characters.slice(shownTo)].join("");
}

function finding(kind: Kind, start: number, end: number): Finding {
  return { kind, start, end, severity: RULES.severities[kind] as Severity };
}

/** What each rule found, as stretches of the folded text, those left out that lie in something stronger. */
function found(views: Views): Map<Kind, Span[]> {
  const words = splitWords(views);
  const byKind = new Map<Kind, Span[]>(KINDS.map((kind) => [kind, []]));
  const add = (kind: Kind, more: readonly Span[]): void => void byKind.get(kind)?.push(...more);
  add("national_id", findNationalIds(views));
  add("name", findNames(words, views));
  add("special_category", findSpecialWords(words));
  for (const { kind, view, pattern, stop } of PATTERNS) {
    add(
      kind,
      spans(pattern, views[view]).filter(([start]) => !stop.has(views.lower.slice(start, start + 3))),
    );
  }
  for (const [kind, stronger] of Object.entries(RULES.yields_to) as [Kind, Kind[]][]) {
    const taken = stronger.flatMap((other) => byKind.get(other) ?? []);
    byKind.set(kind, byKind.get(kind)?.filter((span) => !taken.some((other) => overlap(span, other))) ?? []);
  }
  return byKind;
}

function overlap(one: Span, other: Span): boolean {
  return one[0] < other[1] && other[0] < one[1];
}

/** Overlapping stretches united; those that merely touch stay apart. */
function united(stretches: readonly Span[]): Span[] {
  const done: Span[] = [];
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = done.at(-1);
    if (last && start < last[1]) done[done.length - 1] = [last[0], Math.max(end, last[1])];
    else done.push([start, end]);
  }
  return done;
}
