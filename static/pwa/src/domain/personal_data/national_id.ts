/**
 * Finds Swedish national identity numbers: personnummer, samordningsnummer and interim numbers.
 *
 * A samordningsnummer has the day of birth plus 60, or a day that merely looks so: where the date is not known the month
 * can be 00, and among the Tax Agency's own test numbers are 30 and 31 February.
 */

import { compile, RULES, type Span, spans } from "./rules";
import type { Views } from "./views";

/** With and without the century. */
const SIZES = [12, 10];
const COORDINATION_DAY_MIN = 60;
const COORDINATION_DAY_MAX = 91;
const CENTURIES = ["18", "19", "20"];
const SEPARATORS = RULES.national_id.separators;
const INTERIM = compile(RULES.national_id.interim);

/** Every stretch that reads as a national identity number, however its digits are split; they may overlap. */
export function findNationalIds(views: Views): Span[] {
  const interim = spans(INTERIM, views.digits).filter(([start, end]) =>
    isNationalId(withLetterAsOne(views.digits.slice(start, end))),
  );
  return [...runs(views.digits).flatMap((run) => windows(run, views.digits)), ...interim];
}

/** Whether 10 or 12 digits have a possible date of birth and the right check digit. */
export function isNationalId(digits: string): boolean {
  if (digits.length === 12 && !CENTURIES.includes(digits.slice(0, 2))) return false;
  return isDate(digits.slice(0, -4)) && luhnSum(digits.slice(-10)) % 10 === 0;
}

/** YYMMDD or YYYYMMDD; without a century, 29 February needs only a year divisible by four. */
function isDate(date: string): boolean {
  const year = Number(date.slice(0, -4)) + (date.length === 6 ? 2000 : 0);
  const month = Number(date.slice(-4, -2));
  const day = Number(date.slice(-2));
  if (day >= COORDINATION_DAY_MIN) return day <= COORDINATION_DAY_MAX && month <= 12;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function luhnSum(digits: string): number {
  return [...digits].reduce((sum, character, at) => {
    const weighed = Number(character) * (at % 2 === 0 ? 2 : 1);
    return sum + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

/** The digits of an interim number, its letter counted as 1, which is how its check digit is made. */
function withLetterAsOne(interim: string): string {
  return [...interim]
    .filter((character) => !SEPARATORS.includes(character))
    .map((character) => (isDigit(character) ? character : "1"))
    .join("");
}

/** Runs of digits with nothing but a few separators between them, as the digits' places. */
function runs(text: string): number[][] {
  const found: number[][] = [];
  let run: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const isFar = at - (run.at(-1) ?? at) - 1 > RULES.national_id.gap_max;
    if (isDigit(character)) {
      if (isFar) {
        found.push(run);
        run = [];
      }
      run.push(at);
    } else if (!SEPARATORS.includes(character) && run.length > 0) {
      found.push(run);
      run = [];
    }
  }
  return [...found, run];
}

/** Tries every 12 and 10 digits that begin and end where a group of digits does: not within an order number. */
function windows(run: readonly number[], text: string): Span[] {
  const found: Span[] = [];
  for (const [first, start] of run.entries()) {
    if (run[first - 1] === start - 1) continue;
    for (const size of SIZES) {
      const window = run.slice(first, first + size);
      const last = window[size - 1];
      if (last === undefined || run[first + size] === last + 1) continue;
      if (isNationalId(window.map((at) => text[at]).join(""))) found.push([start, last + 1]);
    }
  }
  return found;
}
