/** Short codes that people read off a label or a screen and type: Crockford's base 32, which has no I, L, O and U. Pure. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE = /^[0-9A-HJKMNP-TV-Z]+$/;
export const JOIN_CHARS = 6;
export const LABEL_CHARS = 8;

/** Read a code as a person types it: in any case, with spaces or hyphens, O for 0, I or L for 1. Null when it is none. */
export function readCode(text: string, chars: number): string | null {
  const code = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return code.length === chars && CODE.test(code) ? code : null;
}

/** The code of a round, of the SHA-256 of its id as text: the first 30 bits. */
export function joinCode(sha256: Uint8Array): string {
  const bits =
    ((sha256[0] ?? 0) * 2 ** 24 + (sha256[1] ?? 0) * 2 ** 16 + (sha256[2] ?? 0) * 2 ** 8 + (sha256[3] ?? 0)) >>> 2;
  let code = "";
  for (let place = JOIN_CHARS - 1; place >= 0; place--) code += ALPHABET[(bits >>> (5 * place)) & 31] ?? "";
  return code;
}

/** A code in two halves, as it is shown: `K7QF 3M9X`, on one line. */
export function grouped(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}\u00a0${code.slice(half)}`;
}
