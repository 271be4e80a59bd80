/** The views of one folded note that rules look at: all equally long, so that an offset means the same in each. */

import { characterTable, compile, PLACEHOLDER, RULES, replace } from "./rules";

const LOOKALIKES = characterTable(RULES.digit_lookalikes.from, RULES.digit_lookalikes.to);
const NUMERAL = compile(RULES.digit_lookalikes.numeral);
const CLOCK_STRETCHES = RULES.clock_stretches.map(compile);

/** One note in three ways of reading it. */
export interface Views {
  /** The folded note. */
  readonly text: string;
  /** The same in lower case. */
  readonly lower: string;
  /**
   * Lookalikes that stand among digits are digits, and dates and clock times that stand together ("2024-05-12 22.15")
   * are blotted out: one in ten would pass for a personnummer.
   */
  readonly digits: string;
}

export function look(foldedText: string): Views {
  return {
    text: foldedText,
    lower: foldedText.toLowerCase(),
    digits: withoutClockStretches(withDigits(foldedText)),
  };
}

/** O read as 0 and I and l as 1 in words of nothing but digits and lookalikes. */
function withDigits(text: string): string {
  return replace(NUMERAL, text, (numeral) => [...numeral].map((one) => LOOKALIKES.get(one) ?? one).join(""));
}

function withoutClockStretches(text: string): string {
  return CLOCK_STRETCHES.reduce(
    (shown, stretch) => replace(stretch, shown, (found) => PLACEHOLDER.repeat(found.length)),
    text,
  );
}
