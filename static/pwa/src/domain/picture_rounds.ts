/** The rounds a host sees: the server's rows with the phone's own steps laid over them. Pure. */

import { stateAfter } from "./round";
import type { OpSummary, PictureSource, RecordView, RoundState, RoundView, Row, Uuid } from "./types";

type Known = Pick<
  RoundView,
  "zone" | "state" | "party_size" | "started_at" | "ended_at" | "viewings" | "phones" | "is_joining"
>;

/** Every round that a row or an operation on the phone tells of, newest first. */
export function roundsOf(
  source: PictureSource,
  opsOf: ReadonlyMap<Uuid, readonly OpSummary[]>,
  records: readonly RecordView[],
): RoundView[] {
  const ids = new Set(source.rows.round.keys());
  for (const [id, ops] of opsOf) if (ops.some((op) => op.op.type === "round.start")) ids.add(id);
  const counts = countByRound(records);
  const unsent = unsentByRound(source);
  const views = [...ids].map((id) => {
    const row = source.rows.round.get(id) ?? null;
    const ops = opsOf.get(id) ?? [];
    return {
      id,
      ...ops.filter((op) => shows(op, row)).reduce(applyStep, knownOf(row)),
      record_count: counts.get(id) ?? 0,
      unsent: unsent.get(id) ?? 0,
      held_why: ops.find((op) => op.st === "held" && source.rows.op.get(op.id)?.body.state !== "released")?.why ?? null,
    };
  });
  return views.sort((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1));
}

function knownOf(row: Row<"round"> | null): Known {
  if (row === null) {
    const alone = { viewings: [], phones: 1, is_joining: false };
    return { zone: null, state: "open", party_size: 1, started_at: 0, ended_at: null, ...alone };
  }
  const { zone, state, party_size, started_at, ended_at, viewings, phones = 1, joining = false } = row.body;
  return { zone, state, party_size, started_at, ended_at, viewings, phones, is_joining: joining };
}

function shows(op: OpSummary, row: Row<"round"> | null): boolean {
  return row === null || op.seq === null || op.st === "held" || op.seq > row.seq;
}

function applyStep(known: Known, { op }: OpSummary): Known {
  switch (op.type) {
    case "round.start":
      return { ...known, ...op.data, started_at: op.at };
    case "round.pause":
      return { ...known, state: stateAfter(known.state, "pause") };
    case "round.resume":
      return { ...known, state: stateAfter(known.state, "resume") };
    case "round.end":
      return { ...known, state: "ended" satisfies RoundState, ended_at: known.ended_at ?? op.at };
    case "round.join":
      return op.data.with === op.entity ? { ...known, phones: 1, is_joining: false } : { ...known, is_joining: true };
    default:
      return known;
  }
}

function countByRound(records: readonly RecordView[]): Map<Uuid, number> {
  const counts = new Map<Uuid, number>();
  for (const { round, is_withdrawn } of records) {
    if (round !== null && !is_withdrawn) counts.set(round, (counts.get(round) ?? 0) + 1);
  }
  return counts;
}

/** Steps, segments, gaps and records of a round that the server does not have. */
function unsentByRound(source: PictureSource): Map<Uuid, number> {
  const counts = new Map<Uuid, number>();
  for (const stored of source.ops) {
    const round = stored.state === "acked" ? null : stored.round;
    if (round !== null) counts.set(round, (counts.get(round) ?? 0) + 1);
  }
  return counts;
}
