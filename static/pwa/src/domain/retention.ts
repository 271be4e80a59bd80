/**
 * What may leave the phone (protocol section 7). Pure.
 *
 * `now` and every `*_at` compared with it are the server's times: a phone whose clock jumps a month forward removes nothing early.
 */

import type { Ms, OpSummary, PictureSource, RowKind, Sha256, Uuid } from "./types";

const DAY_MS = 24 * 3600 * 1000;
/** A photo that no operation and no draft names: an editor was left without saving. */
const ORPHAN_MS = DAY_MS;

export interface RetentionRule {
  readonly now: Ms;
  /** The highest seq in the newest verified backup; null when there is none. */
  readonly safe_seq: number | null;
  readonly retain_days: number;
}

export interface Removable {
  readonly ops: readonly Uuid[];
  readonly rows: readonly (readonly [kind: RowKind, id: Uuid])[];
  readonly photos: readonly Sha256[];
}

/**
 * When each pulled row was last received, by `kind:id`, in the server's time. Rows of the store before a restore are absent: their
 * seqs mean nothing any more, so they free nothing.
 */
export type ReceivedAt = ReadonlyMap<string, Ms>;

/** Choose what may be removed. `kept`: photos that drafts name. */
export function removable(
  source: PictureSource,
  receivedAt: ReceivedAt,
  kept: ReadonlySet<Sha256>,
  rule: RetentionRule,
): Removable {
  const unsent = new Set([...source.photos.values()].filter(({ state }) => state !== "done").map((p) => p.sha256));
  // A record is sent when its photos are: until then it shows that they are on their way.
  const isWaiting = (op: OpSummary) => op.op.blobs.some(({ sha256 }) => unsent.has(sha256));
  const busy = new Set(source.ops.filter((op) => !mayForget(op, rule) || isWaiting(op)).map((op) => op.entity));
  const openRounds = new Set(
    [...source.rows.round.values()].filter((row) => row.body.state !== "ended").map((r) => r.id),
  );
  // A round and what was recorded on it leave together, or a host would see half an evening.
  const isBusy = (entity: Uuid, round: Uuid | null) =>
    busy.has(entity) || (round !== null && (openRounds.has(round) || busy.has(round)));
  const ops = source.ops.filter((op) => mayForget(op, rule) && !isBusy(op.entity, op.round));
  return {
    ops: ops.map((op) => op.id),
    rows: removableRows(source, receivedAt, rule, isBusy),
    photos: removablePhotos(source, receivedAt, kept, rule),
  };
}

/** An operation is on the server for good: covered by a backup and a day old, or old enough where there is none. */
function mayForget(op: OpSummary, rule: RetentionRule): boolean {
  if (op.state !== "acked" || op.acked_at === null || op.seq === null || op.st === "mismatch") return false;
  if (op.st === "held") return false;
  return isSafe(op.seq, op.acked_at, rule);
}

function isSafe(seq: number, since: Ms, rule: RetentionRule): boolean {
  const age = rule.now - since;
  if (rule.safe_seq === null) return age >= rule.retain_days * DAY_MS;
  return seq <= rule.safe_seq && age >= DAY_MS;
}

function removableRows(
  source: PictureSource,
  receivedAt: ReceivedAt,
  rule: RetentionRule,
  isBusy: (entity: Uuid, round: Uuid | null) => boolean,
): [RowKind, Uuid][] {
  const isOld = (kind: RowKind, id: Uuid, seq: number) => {
    const since = receivedAt.get(`${kind}:${id}`);
    return since !== undefined && isSafe(seq, since, rule);
  };
  const observations = [...source.rows.observation.values()].filter(
    (row) => isOld("observation", row.id, row.seq) && !isBusy(row.id, row.body.round),
  );
  const rounds = [...source.rows.round.values()].filter(
    (row) => row.body.state === "ended" && isOld("round", row.id, row.seq) && !isBusy(row.id, row.id),
  );
  const leftOver = [...source.rows.photo.values()].filter(
    (row) =>
      isOld("photo", row.id, row.seq) &&
      !source.rows.observation.has(row.body.observation) &&
      !source.photos.has(row.body.sha256),
  );
  const known = new Set(source.ops.map((op) => op.id));
  const verdicts = [...source.rows.op.values()].filter(
    (row) => isOld("op", row.id, row.seq) && !known.has(row.body.op),
  );
  return [...observations, ...rounds, ...leftOver, ...verdicts].map((row): [RowKind, Uuid] => [row.kind, row.id]);
}

/** A photo's bytes leave by the seq of the photo's own row, never by its record's. */
function removablePhotos(
  source: PictureSource,
  receivedAt: ReceivedAt,
  kept: ReadonlySet<Sha256>,
  rule: RetentionRule,
): Sha256[] {
  const named = new Set(source.ops.flatMap((op) => (op.state === "acked" ? [] : op.op.blobs.map((b) => b.sha256))));
  const safe = safePhotos(source, receivedAt, rule);
  return [...source.photos.values()]
    .filter(({ sha256, state, done_at, saved_at }) => {
      if (kept.has(sha256) || named.has(sha256)) return false;
      if (state === "done") return safe.has(sha256) && done_at !== null;
      return state === "kept" && rule.now - saved_at >= ORPHAN_MS;
    })
    .map((photo) => photo.sha256);
}

function safePhotos(source: PictureSource, receivedAt: ReceivedAt, rule: RetentionRule): Set<Sha256> {
  const safe = new Set<Sha256>();
  for (const { id, seq, body } of source.rows.photo.values()) {
    if (!receivedAt.has(`photo:${id}`)) continue;
    const since = source.photos.get(body.sha256)?.done_at ?? null;
    if (body.state !== "named" && since !== null && isSafe(seq, since, rule)) safe.add(body.sha256);
  }
  return safe;
}
