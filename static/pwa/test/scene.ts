/** Records in every state a host can meet. */

import { checkPlace, recordObservation } from "../src/domain/observation";
import type { ObservationBody, Row } from "../src/domain/types";
import type { Store } from "../src/store/store";
import { BACKA_14, BACKA_16, CELLAR_B, STAIRWELL_A, YARD, ZONE } from "./rows";

export const ROUND = "00000000-0000-7000-8000-000000000aaa";
const ROUND_BEFORE = "00000000-0000-7000-8000-000000000aab";

type Feed = (rows: readonly Row[]) => Promise<void>;

export async function playedRecords(store: Store, feed: Feed): Promise<void> {
  const now = Date.now();
  const observation = (index: number, body: Partial<ObservationBody>): Row => ({
    seq: 0,
    kind: "observation",
    id: `00000000-0000-7000-8000-000000000b0${index}`,
    body: {
      round: ROUND_BEFORE,
      category: "SK01",
      kind: "D",
      place: STAIRWELL_A,
      place_source: "chosen",
      floor: "2",
      position: null,
      severity: 3,
      note: null,
      occurred_at: now - 86_400_000 - index * 600_000,
      rev: 1,
      state: "recorded",
      conflict: false,
      category_corrected: false,
      comments: [],
      case: null,
      photos: [],
      ...body,
    },
  });
  const photo = (slot: 1 | 2, state: "named" | "clean") => ({
    id: `00000000-0000-7000-8000-000000000c0${slot}`,
    slot,
    sha256: `${slot}`.repeat(64),
    state,
  });
  await feed([
    observation(1, {
      note: "Hela väggen vid hissen, röd färg.",
      photos: [photo(1, "clean"), photo(2, "named")],
      case: { case_no: "2026-0147", status: "pagar" },
      comments: [{ at: now - 3_600_000, text: "Tack! Klottersaneringen kommer i morgon." }],
    }),
    observation(2, { category: "OR01", kind: "O", place: YARD, floor: null, severity: 2 }),
    observation(3, { category: "RE01", place: BACKA_16, floor: null, severity: 2, state: "withdrawn" }),
    {
      seq: 0,
      kind: "round",
      id: ROUND_BEFORE,
      body: {
        zone: ZONE,
        state: "ended",
        party_size: 2,
        started_at: now - 90_000_000,
        ended_at: now - 80_000_000,
        viewings: [{ at: now - 50_000_000, by_role: "supervisor", reason: "Uppföljning av källarna i Backa 14" }],
      },
    },
  ]);
  const here = { round: ROUND, position: null };
  await store.saveRecord(checkPlace(store.newId(), { ...here, place: BACKA_14, how: "tap" }));
  await store.saveRecord(
    recordObservation(store.newId(), {
      ...here,
      category: "BE02",
      place: CELLAR_B,
      place_source: "chosen",
      severity: 3,
    }),
  );
  await store.saveRecord({
    type: "gap.record",
    entity: store.newId(),
    base: null,
    data: { round: ROUND, from: now - 900_000, to: now - 720_000, reason: "hidden" },
  });
}
