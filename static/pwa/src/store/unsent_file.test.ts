import { beforeEach, expect, test } from "vitest";
import { emptyBrowser, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, makePhoto, record, T0, uuid } from "../../test/sync/made";
import type { PushAnswer } from "../domain/types";
import type { DeviceDb } from "./device";
import { saveRecord } from "./operations";
import { storeAcks } from "./outbox";
import { unsentFile } from "./unsent_file";

let db: DeviceDb;
const entry = makeEntry();

beforeEach(() => {
  emptyBrowser();
  db = reopened(entry, makeDeps());
});

async function linesOf(): Promise<Record<string, unknown>[]> {
  const text = await (await unsentFile(db, "1.0.0")).text();
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const large = makePhoto(3, 2_000_000);
const saveLarge = (entity: number) => {
  const photos = [{ id: uuid(0xf1), slot: 1 as const, sha256: large.sha256 }];
  return saveRecord(db, record(entity, { photos }), [large]);
};

test("a file begins with what it is and whose", async () => {
  expect(await linesOf()).toEqual([{ rond: "unsent", v: 1, device: entry.device, app: "1.0.0", saved_at: T0 }]);
});

test("what is unsent follows in the order of its numbers, also what is still being edited", async () => {
  const first = await saveRecord(db, record(1));
  const open = await saveRecord(db, record(2), [], { isOpen: true });
  expect((await linesOf()).slice(1)).toEqual([{ op: first }, { op: open }]);
});

test("photos follow in parts that make up their bytes", async () => {
  await saveLarge(1);
  const parts = (await linesOf()).slice(2) as { photo: string; off: number; part: string }[];
  expect(parts.length).toBeGreaterThan(2);
  const bytes = Buffer.concat(parts.map(({ part }) => Buffer.from(part, "base64")));
  expect(bytes.equals(Buffer.from(large.bytes))).toBe(true);
  expect(parts.map(({ off }) => off)).toEqual(parts.map((_, index) => index * 768 * 1024));
  expect(new Set(parts.map(({ photo }) => photo))).toEqual(new Set([large.sha256]));
});

test("what the server has is left out, and a photo that it misses is not", async () => {
  const op = await saveLarge(1);
  const answer: PushAnswer = {
    proto: 1,
    epoch: "e1",
    server_time: T0,
    safe_seq: null,
    retain_days: 14,
    acks: [{ id: op.id, st: "ok", seq: 1, rev: 1 }],
    want: [{ sha256: large.sha256, off: 0 }],
  };
  await storeAcks(db, answer);
  const lines = await linesOf();
  expect(lines.some((line) => "op" in line)).toBe(false);
  expect(lines.some((line) => line.photo === large.sha256)).toBe(true);
});
