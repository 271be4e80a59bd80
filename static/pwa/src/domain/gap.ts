/** What counts as a gap in the way. */

/** Shorter holes are not worth telling: neither recorded nor shown. */
export const GAP_MS_MIN = 20_000;
