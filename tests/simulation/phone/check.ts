/** The last question to each phone: does it show what the server has for its user, and does it hold nothing back? */

import type { StoredRow } from "../../../static/pwa/src/store/schema";
import { agreementOn, opsOn, photosOn, rowsOn } from "./disk";
import type { Phone } from "./phone";
import type { Server, World } from "./server";

interface PulledRow {
  readonly seq: number;
  readonly kind: string;
  readonly id: string;
  readonly body?: unknown;
  readonly gone?: boolean;
}

const PULL = "/api/v1/sync/pull?limit=500";
/** Kinds that a phone may let go once the server has them for good. */
const LEAVING: ReadonlySet<string> = new Set(["observation", "round", "photo", "op"]);

/** Everything that is wrong with what the phones hold, as sentences. */
export function* picturesFaults(server: Server, phones: readonly Phone[], world: World): Generator<string> {
  for (const phone of phones) {
    for (const { device } of phone.entries) {
      yield* outboxFaults(device);
      yield* rowFaults(server, phone, device, world.tokens[phone.number] ?? "");
    }
  }
}

function* outboxFaults(device: string): Generator<string> {
  for (const { op, state } of opsOn(device)) {
    if (state !== "acked") yield `${op.type} n ${op.n} of store ${device.slice(-1)} is still ${state} on the phone`;
  }
  for (const { sha256, state } of photosOn(device)) {
    if (state === "named" || state === "waiting")
      yield `photo ${sha256.slice(0, 8)} is still ${state} on store ${device.slice(-1)}`;
  }
}

/** I4: the phone's rows are the server's, but for those that it has cleaned away as they are now. */
function* rowFaults(server: Server, phone: Phone, device: string, token: string): Generator<string> {
  const store = `store ${device.slice(-1)}`;
  const headers = { Cookie: `rond_phone=${token}`, "X-Rond-Device": device };
  const answered = server.ask({ method: "GET", path: PULL, headers, body: new Uint8Array() }, null);
  if (answered.stopped || answered.status !== 200) {
    if (!phone.told.get(device)?.wasRestricted)
      yield `${store} cannot read any more: ${answered.stopped ? "stopped" : answered.body}`;
    return;
  }
  const { rows, epoch } = JSON.parse(answered.body) as { rows: PulledRow[]; epoch: string };
  if (agreementOn(device)?.epoch !== epoch) yield `${store} is in another epoch`;
  const here = new Map(rowsOn(device).map((row) => [`${row.kind}:${row.id}`, row]));
  for (const row of rows.filter(({ gone }) => !gone)) {
    const key = `${row.kind}:${row.id}`;
    const isCleaned = LEAVING.has(row.kind) && phone.cleaned.get(`${device}:${key}`) === row.seq;
    const fault = rowFault(row, here.get(key), isCleaned);
    if (fault !== null) yield `${row.kind} ${row.id.slice(-6)} of seq ${row.seq} on ${store} ${fault}`;
    here.delete(key);
  }
  for (const key of here.keys()) yield `${key} is on ${store} and not for it on the server`;
}

function rowFault(row: PulledRow, known: StoredRow | undefined, isCleaned: boolean): string | null {
  if (known === undefined) return isCleaned ? null : "was never pulled";
  if (known.seq !== row.seq) return `was skipped: the phone has seq ${known.seq}`;
  const isSame = JSON.stringify(sorted(known.body)) === JSON.stringify(sorted(row.body));
  return isSame ? null : "differs";
}

/** The same value with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
