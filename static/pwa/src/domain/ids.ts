/** Identifiers the phone makes itself. Pure: time and chance are given. */

import type { Ms, Uuid } from "./types";

/** How many random bytes one identifier takes. */
export const UUID_RANDOM_BYTES = 10;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Make a UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then chance.
 *
 * `random` holds at least UUID_RANDOM_BYTES bytes. A clock before 1970 counts as 1970.
 */
export function uuidv7(at: Ms, random: Uint8Array): Uuid {
  const bytes = new Uint8Array(16);
  let rest = Math.max(0, Math.floor(at));
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, UUID_RANDOM_BYTES), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return hyphenated(hex(bytes));
}

/** Whether a text is an identifier as it travels. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Lower-case hexadecimal of bytes. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function hyphenated(text: string): Uuid {
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
