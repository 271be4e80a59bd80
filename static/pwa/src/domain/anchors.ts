/** What a label or a colleague's screen says, and which place a label stands for. Pure. */

import { JOIN_CHARS, LABEL_CHARS, readCode } from "./codes";
import { isUuid } from "./ids";
import { CALM_CATEGORY } from "./observation";
import type { AnchorBody, Ms, PictureSource, RecordView, Uuid } from "./types";

/** What was read: a label at a place, or another phone's round by its id or its code. */
export type Read =
  | { readonly what: "label"; readonly token: string }
  | { readonly what: "round"; readonly round: Uuid }
  | { readonly what: "join"; readonly code: string };

const ADDRESS = /\/pwa\/#\/(a|j)\/([0-9A-Za-z-]+)\/?$/;

/** Understand what a QR code or an NFC tag holds, or what was typed; null when it is nothing of ours. */
export function understand(text: string): Read | null {
  const found = ADDRESS.exec(text.trim());
  if (found === null) return typed(text);
  const [, kind, rest = ""] = found;
  if (kind === "j") return readRound(rest);
  const token = readCode(rest, LABEL_CHARS);
  return token === null ? null : { what: "label", token };
}

/** What follows `#/j/`: a round's id, or its code. */
export function readRound(text: string): Read | null {
  const id = text.toLowerCase();
  if (isUuid(id)) return { what: "round", round: id };
  const code = readCode(text, JOIN_CHARS);
  return code === null ? null : { what: "join", code };
}

function typed(text: string): Read | null {
  const token = readCode(text, LABEL_CHARS);
  if (token !== null) return { what: "label", token };
  const code = readCode(text, JOIN_CHARS);
  return code === null ? null : { what: "join", code };
}

/** The screen that what was read leads to. */
export function screenOf(read: Read): string {
  if (read.what === "label") return `#/a/${read.token}`;
  return `#/j/${read.what === "round" ? read.round : read.code}`;
}

export type Found =
  | { readonly state: "known"; readonly place: Uuid; readonly kind: AnchorBody["kind"] }
  | { readonly state: "ended"; readonly place: Uuid | null }
  | { readonly state: "unknown" };

/** Look a label up among those the phone has pulled. A label at a place that has ended counts as ended too. */
export function findLabel(rows: Pick<PictureSource["rows"], "anchor" | "place">, token: string): Found {
  for (const { body } of rows.anchor.values()) {
    if (body.token !== token) continue;
    const place = rows.place.get(body.place)?.body;
    if (place === undefined) return { state: "unknown" };
    return body.ended || place.ended
      ? { state: "ended", place: place.ended ? null : body.place }
      : { state: "known", place: body.place, kind: body.kind };
  }
  return { state: "unknown" };
}

/** A second reading this soon after a calm check is of the same visit, unless the host says otherwise. */
export const SAME_VISIT_MS: Ms = 2 * 60_000;

/** The calm check of a place that was saved just now, if any. */
export function checkedJustNow(records: readonly RecordView[], place: Uuid, now: Ms): RecordView | null {
  const isRecent = ({ occurred_at }: RecordView) => Math.abs(now - occurred_at) <= SAME_VISIT_MS;
  const isCheck = (record: RecordView) =>
    record.category === CALM_CATEGORY && record.place === place && !record.is_withdrawn;
  return records.find((record) => isCheck(record) && isRecent(record)) ?? null;
}
