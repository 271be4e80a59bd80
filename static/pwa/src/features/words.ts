/** Names of things in the user's language. */

import { placePath } from "../domain/suggest";
import type { CategoryBody, GapReason, PictureSource, RecordState, RecordView, Uuid } from "../domain/types";
import { language, type MessageKey, t } from "../i18n";
import { sv } from "../i18n/sv";
import type { IconName } from "../ui/icon";
import type { Tone } from "../ui/parts";

type Rows = PictureSource["rows"];

/** The calm check: a record like any other, made with one tap. */
export const CALM_CODE = "PO06";

export function categoryName(category: CategoryBody): string {
  return language() === "sv" ? category.name_sv : category.name_en;
}

/** The name behind a code; the code itself while the category has not reached this phone. */
export function categoryNameOf(rows: Rows, code: string): string {
  const category = categoryOf(rows, code);
  return category === null ? code : categoryName(category);
}

export function categoryOf(rows: Rows, code: string): CategoryBody | null {
  for (const row of rows.category.values()) if (row.body.code === code) return row.body;
  return null;
}

/** "Backa 14 › Källare B, våning 1": a place as it is written everywhere; a phrase when no place is known. */
export function placeLine(rows: Pick<Rows, "place">, place: Uuid | null, floor: string | null): string {
  const name = place === null || !rows.place.has(place) ? t("place.none") : unbroken(placePath(rows.place, place));
  return floor === null || floor === "" ? name : t("place.with_floor", { place: name, floor: floorWords(floor) });
}

/** Keep the numbers of "Backagatan 2–8" on one line: a dash alone would let them part. */
export function unbroken(name: string): string {
  return name.replace(/(\d)–(?=\d)/g, "$1\u2060–\u2060");
}

/** Floors with a name, as hosts choose them here and as earlier apps wrote them in the language they spoke. */
const NAMED_FLOORS: Readonly<Record<string, "cellar" | "entrance" | "attic">> = {
  källare: "cellar",
  cellar: "cellar",
  entré: "entrance",
  entrance: "entrance",
  vind: "attic",
  attic: "attic",
};

/** A floor within a line: "våning 1", "källare"; what a host wrote in words of their own stays. */
export function floorWords(floor: string): string {
  if (/^-?\d+$/.test(floor)) return t("floor.number", { floor });
  const named = NAMED_FLOORS[floor.toLocaleLowerCase("sv")];
  return named === undefined ? floor : t(`floor.${named}`);
}

export function zoneName(rows: Rows, zone: Uuid | null): string {
  return (zone !== null && rows.zone.get(zone)?.body.name) || t("zone.none");
}

/** The words of a gap's reason, to follow "lucka 3 min: ". */
export function gapReason(reason: GapReason): string {
  return t(`gap.${reason}`);
}

/** Say a message whose key is made at run time, or the fallback when the catalogue has none. */
export function known(prefix: string, code: string, fallback: string): string {
  const key = `${prefix}.${code}`;
  return key in sv ? t(key as MessageKey & PlainKey) : fallback;
}

/** Keys that take no values: the only ones `known` is used with. */
type PlainKey = "place.none";

interface StateLook {
  readonly text: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

const LOOKS: Readonly<Record<RecordState, { tone: Tone; icon: IconName }>> = {
  on_phone: { tone: "warn", icon: "phone_device" },
  sending: { tone: "plain", icon: "outbox" },
  photos_partial: { tone: "warn", icon: "camera" },
  received: { tone: "ok", icon: "calm" },
  held: { tone: "warn", icon: "user" },
  returned: { tone: "bad", icon: "undo" },
};

/** A record's state in words. */
export function recordState(record: Pick<RecordView, "state" | "photos" | "photos_received">): StateLook {
  const text =
    record.state === "photos_partial"
      ? t("record.state.photos_partial", { received: record.photos_received, count: record.photos.length })
      : t(`record.state.${record.state}`);
  return { text, ...LOOKS[record.state] };
}
