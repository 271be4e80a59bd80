/** A small district as the server would send it: two buildings with what is in them, a yard, and some of every sort of category. */

import type { BodyByKind, CategoryKind, Profile, Row, RowKind, Severity, TonightDoc } from "../src/domain/types";

export const ZONE = "00000000-0000-7000-8000-0000000000f1";
export const HOST = "00000000-0000-7000-8000-0000000000e1";
export const DEVICE = "00000000-0000-7000-8000-0000000000d1";
export const BACKA_14 = id(0x14);
export const STAIRWELL_A = id(0x1a);
export const CELLAR_B = id(0x1b);
export const BACKA_16 = id(0x16);
export const YARD = id(0x20);

/** Where the host stands: by Backa 14. */
export const AT_BACKA_14 = { lat: 57.7441, lon: 11.9861 } as const;

function id(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

export const PROFILE: Profile = {
  user: { id: HOST, login: "amina", name: "Amina Berg", language: "sv", roles: ["host"] },
  organisation: { id: id(0xc1), name: "Bostads AB", on_call_name: "Fastighetsjour", on_call_phone: "031-12 34 56" },
  device: DEVICE,
  epoch: "e1",
  server_time: 0,
};

/** Every row a phone of this host has pulled. */
export function districtRows(): Row[] {
  const rows: Row[] = [];
  const add = <K extends RowKind>(kind: K, rowId: string, body: BodyByKind[K]) => {
    rows.push({ seq: rows.length + 1, kind, id: rowId, body } as Row);
  };
  add("zone", ZONE, { code: "HB", name: "Hisings Backa", outline: null, ended: false });
  const place = (placeId: string, kind: string, name: string, parent: string | null, lat: number | null) =>
    add("place", placeId, { zone: ZONE, parent, kind, name, lat, lon: lat === null ? null : 11.9861, ended: false });
  place(BACKA_14, "Building", "Backa 14", null, 57.7441);
  place(STAIRWELL_A, "Stairwell", "Trapphus A", BACKA_14, null);
  place(CELLAR_B, "BasementLevel", "Källare B", BACKA_14, null);
  place(BACKA_16, "Building", "Backa 16", null, 57.7448);
  place(YARD, "OutdoorSpace", "Norra gården", null, 57.7455);
  CATEGORIES.forEach(([code, kind, severity, sv, en], index) => {
    add("category", id(0x100 + index), {
      code,
      group: code.slice(0, 2),
      kind,
      name_sv: sv,
      name_en: en,
      severity,
      photos_allowed: !/^(OR|NA)/.test(code) && code !== "PO02",
      ended: false,
      sort: index,
    });
  });
  return rows;
}

const CATEGORIES: readonly (readonly [string, CategoryKind, Severity, string, string])[] = [
  ["SK01", "D", 3, "Klotter", "Graffiti"],
  ["SK02", "D", 3, "Krossat glas", "Broken glass"],
  ["SK03", "D", 3, "Skadad dörr eller port", "Damaged door or gate"],
  ["SK09", "D", 4, "Läckage eller akut fel", "Leak or urgent fault"],
  ["BR01", "O", 4, "Bilbrand", "Car fire"],
  ["BE01", "D", 3, "Trasig belysning ute", "Broken outdoor lighting"],
  ["BE02", "D", 3, "Trasig belysning inne", "Broken indoor lighting"],
  ["BE04", "O", 2, "Otrygg plats (upplevd)", "Place felt unsafe"],
  ["BE05", "D", 3, "Olåst utrymme som ska vara låst", "Unlocked space that should be locked"],
  ["RE01", "D", 2, "Nedskräpning", "Littering"],
  ["OR01", "O", 2, "Störande samling", "Disturbing gathering"],
  ["OR02", "O", 4, "Bråk eller slagsmål", "Brawl or fight"],
  ["OR05", "O", 2, "Obehörigt uppehåll i trapphus, källare eller vind", "Unauthorised stay"],
  ["NA02", "O", 2, "Spår av narkotikabruk", "Traces of drug use"],
  ["TR01", "O", 2, "Buskörning", "Reckless driving"],
  ["TI01", "D", 3, "Inbrott i källare, förråd, garage eller lokal", "Break-in"],
  ["PO01", "P", 1, "Samtal med boende", "Conversation with resident"],
  ["PO02", "P", 1, "Kontakt med barn eller ungdomar", "Contact with children"],
  ["PO06", "P", 1, "Lugnt – platsen kontrollerad", "Calm – place checked"],
  ["OV01", "O", 1, "Annat (måste granskas)", "Other (must be reviewed)"],
];

export function tonightDoc(now: number): TonightDoc {
  return {
    zone: ZONE,
    places: [
      { place: CELLAR_B, last_seen_at: null },
      { place: YARD, last_seen_at: now - 6 * 86_400_000 },
      { place: BACKA_16, last_seen_at: now - 2 * 86_400_000 },
      { place: STAIRWELL_A, last_seen_at: now - 3 * 3_600_000 },
    ],
    handover: [{ category: "BE02", place: CELLAR_B, severity: 3, on: "2026-11-22" }],
  };
}
