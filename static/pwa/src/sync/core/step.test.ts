// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { T0, uuid } from "../../../test/sync/made";
import type { Ack, Want } from "../../domain/types";
import type { KickReason } from "../status";
import {
  type Answer,
  type DeviceOutbox,
  type Effect,
  type Event,
  PART_MAX,
  PART_MIN,
  type RequestEffect,
  START,
  type StoreEffect,
  type SyncState,
} from "./model";
import { reportOf } from "./report";
import { step } from "./step";

const DEVICE = uuid(0xd0);
const OTHER = uuid(0xd1);
const SHA = (n: number) => n.toString(16).padStart(64, "0");

/** The core in a test's hand. What it reads and the lock it asks for are there at once, unless a test says otherwise. */
class Core {
  state: SyncState = START;
  mono = 1_000;
  random = 0.5;
  /** What the core wanted since the last event the test sent. */
  effects: Effect[] = [];
  outboxes: readonly DeviceOutbox[] = [];
  isLockFree = true;

  do(event: Event): this {
    this.effects = [];
    return this.#feed(event);
  }
  #feed(event: Event): this {
    const next = step(this.state, event, { wall: T0 + this.mono, mono: this.mono, random: this.random });
    this.state = next.state;
    this.effects.push(...next.effects);
    for (const effect of next.effects) {
      if (effect.do === "load") this.#feed({ type: "loaded", devices: this.outboxes });
      if (effect.do === "lock") this.#feed({ type: "locked", got: this.isLockFree });
    }
    return this;
  }
  after(ms: number): this {
    this.mono += ms;
    return this;
  }
  /** From now on this is what lies on the phone. */
  holds(...outboxes: DeviceOutbox[]): this {
    this.outboxes = outboxes;
    return this;
  }
  start(...outboxes: DeviceOutbox[]): this {
    return this.holds(...outboxes).kick("start");
  }
  kick(reason: KickReason): this {
    return this.do({ type: "kick", reason });
  }
  /** Wait until the core wants to be woken, and wake it. */
  wake(): this {
    return this.after(this.delay() ?? 0).do({ type: "timer" });
  }
  find<K extends Effect["do"]>(kind: K): Extract<Effect, { do: K }> | undefined {
    return this.effects.findLast((effect): effect is Extract<Effect, { do: K }> => effect.do === kind);
  }
  has(kind: Effect["do"]): boolean {
    return this.find(kind) !== undefined;
  }
  /** The request that is on its way, of a kind. */
  flying<K extends RequestEffect["do"]>(kind: K): Extract<RequestEffect, { do: K }> {
    for (const { effect } of this.state.in_flight.values()) {
      if (effect.do === kind) return effect as Extract<RequestEffect, { do: K }>;
    }
    throw new Error(`no ${kind} on its way`);
  }
  answer(kind: RequestEffect["do"], answer: Answer): this {
    return this.do({ type: "answered", to: this.flying(kind), answer });
  }
  /** What was to be stored is. */
  stored(kind: StoreEffect["do"], result?: boolean | number): this {
    const what = this.find(kind);
    if (what === undefined) throw new Error(`no ${kind} was wanted`);
    return this.do({ type: "stored", what: what as StoreEffect, ...(result === undefined ? {} : { result }) });
  }
  /** The server takes the push that is on its way, whole, and that is stored. */
  accept(want: readonly Want[] = []): this {
    const acks = this.flying("push").ids.map((id, i): Ack => ({ id, st: "ok", seq: i + 1, rev: 1 }));
    return this.answer("push", ok({ acks, want })).stored("store_acks");
  }
  delay(): number | null {
    return this.find("timer")?.delay_ms ?? null;
  }
}

let core: Core;
beforeEach(() => {
  core = new Core();
});

const outbox = (change: Partial<DeviceOutbox> = {}): DeviceOutbox => ({
  device: DEVICE,
  is_current: true,
  epoch: "e1",
  cursor: "e1.s.5",
  ops: [],
  unsent: change.ops?.length ?? 0,
  oldest: null,
  next_release_at: null,
  photos: [],
  photos_kept: 0,
  synced_at: null,
  ...change,
});
const ops = (count: number, size = 600, from = 1) =>
  Array.from({ length: count }, (_, i) => ({ id: uuid(from + i), size }));
const photos = (...sizes: number[]) => sizes.map((size, i) => ({ sha256: SHA(i + 1), size }));
const ok = (body: object): Answer => ({
  kind: "http",
  status: 200,
  body: { proto: 1, epoch: "e1", server_time: T0, safe_seq: null, retain_days: 14, ...body },
  retry_after_s: null,
});
const problem = (status: number, code: string, extra: object = {}): Answer => ({
  kind: "http",
  status,
  body: { code, ...extra },
  retry_after_s: null,
});
const NONE: Answer = { kind: "none", why: "network" };
const HTML: Answer = { kind: "http", status: 200, body: undefined, retry_after_s: null };
const page = (cursor: string, more = false, rows: object[] = []) => ok({ rows, cursor, more });

/** Everything has been fetched and compared: only news and new records are left to come. */
function rest(): Core {
  core.start(outbox());
  core.answer("pull", page("e1.s.6")).stored("store_rows", true).stored("clean");
  return core.answer("audit", ok({ max_n: 0, missing: [], photos_missing: [] })).stored("store_audit", 0);
}

describe("a run", () => {
  test("begins by reading what there is, and asks for the lock only when there is something to do", () => {
    rest().kick("saved");
    expect(core.has("load")).toBe(true);
    expect(core.has("lock")).toBe(false);
    core.holds(outbox({ ops: ops(1) })).kick("saved");
    expect(core.has("lock")).toBe(true);
    expect(core.has("push")).toBe(true);
  });

  test("waits when another page has the lock, and sends nothing meanwhile", () => {
    core.isLockFree = false;
    core.start(outbox({ ops: ops(1) }));
    expect(core.has("push")).toBe(false);
    expect(core.delay()).toBe(3_000);
    core.isLockFree = true;
    expect(core.wake().has("push")).toBe(true);
  });

  test("gives the lock back when it ends", () => {
    expect(rest().has("unlock")).toBe(true);
    expect(core.state.run).toBeNull();
  });

  test("gives the lock back when the page is hidden, and sends on without it", () => {
    core.start(outbox({ ops: ops(60) }));
    expect(core.do({ type: "visibility", is_visible: false }).has("unlock")).toBe(true);
    expect(core.accept().has("push")).toBe(true);
  });

  test("a lock that comes when nobody waits for it any more is given back", () => {
    core.start(outbox({ ops: ops(1) })).do({ type: "visibility", is_visible: false });
    expect(core.do({ type: "locked", got: true }).has("unlock")).toBe(true);
  });

  test("a hidden page asks for no lock", () => {
    core.do({ type: "visibility", is_visible: false }).start(outbox({ ops: ops(1) }));
    expect(core.has("lock")).toBe(false);
    expect(core.has("push")).toBe(true);
  });

  test("ends after 25 seconds so that another page comes to its turn, and begins anew", () => {
    core.start(outbox({ ops: ops(60) })).holds(outbox({ ops: ops(35, 600, 26) }));
    core.after(26_000).accept();
    const order = core.effects.map((effect) => effect.do).filter((kind) => ["unlock", "lock", "push"].includes(kind));
    expect(order).toEqual(["unlock", "lock", "push"]);
  });
});

describe("batches", () => {
  test("begin small and grow while answers come briskly", () => {
    core.start(outbox({ ops: ops(1_000, 300) }));
    const sizes = [core.flying("push").ids.length];
    for (let i = 0; i < 4; i++) sizes.push(core.after(100).accept().flying("push").ids.length);
    expect(sizes).toEqual([25, 100, 200, 200, 200]);
  });

  test("hold no more than the protocol's bytes", () => {
    core.start(outbox({ ops: ops(200, 10_000) }));
    const sizes = Array.from({ length: 4 }, () => {
      const { ids } = core.flying("push");
      core.after(10).accept();
      return ids.length * 10_000;
    });
    expect(sizes).toEqual([30_000, 130_000, 240_000, 240_000]);
  });

  test("one operation larger than any batch is sent alone", () => {
    core.start(outbox({ ops: ops(3, 300_000) }));
    expect(core.flying("push").ids).toHaveLength(1);
  });

  test("shrink when an answer takes long", () => {
    core.start(outbox({ ops: ops(100) }));
    core.after(6_000).accept();
    expect(core.flying("push").ids).toHaveLength(13);
  });

  test("carry the epoch, what is unsent and the order of n", () => {
    core.start(outbox({ ops: ops(3), oldest: T0 }));
    expect(core.flying("push")).toMatchObject({
      device: DEVICE,
      epoch: "e1",
      unsent: { count: 3, oldest: T0 },
      ids: [uuid(1), uuid(2), uuid(3)],
    });
  });

  test("are halved on 413 until they pass, and stay small", () => {
    core.start(outbox({ ops: ops(20) }));
    core.answer("push", problem(413, "too_large"));
    expect(core.flying("push").ids).toEqual(ops(10).map(({ id }) => id));
    core.answer("push", problem(413, "too_large"));
    expect(core.flying("push").ids).toHaveLength(5);
    core.after(2_000).accept();
    expect(core.flying("push").ids).toHaveLength(5);
  });
});

describe("a poison operation", () => {
  /** One exchange with a server that refuses every push that holds the poison. */
  function exchange(status: number, poison: string): void {
    if (!core.state.in_flight.has("push")) {
      core.wake();
      return;
    }
    if (core.flying("push").ids.includes(poison)) core.answer("push", problem(status, "poison"));
    else core.accept();
    if (core.has("refuse")) core.stored("refuse");
    // What has been accepted is no longer in the outbox.
    const [device] = core.state.devices;
    const left = [
      ...(device?.groups.flat() ?? []),
      ...(device?.queue ?? []).map(({ id }) => id),
      ...(device?.skipped ?? []),
    ];
    core.holds(outbox({ ops: left.map((id) => ({ id, size: 600 })) }));
  }

  test.each([400, 422, 500])("%i is found by halving; the others pass and it stays on the phone", (status) => {
    core.start(outbox({ ops: ops(20) }));
    for (let i = 0; i < 60 && !core.state.devices[0]?.skipped.size; i++) exchange(status, uuid(7));
    for (let i = 0; i < 20 && core.state.in_flight.has("push"); i++) exchange(status, uuid(7));
    expect(core.state.devices[0]).toMatchObject({ skipped: new Set([uuid(7)]), queue: [], groups: [], unsent: 1 });
  });

  test("is tried again when the host asks for it", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(422, "invalid")).stored("refuse");
    expect(core.state.in_flight.has("push")).toBe(false);
    expect(core.kick("button").flying("push").ids).toEqual([uuid(1)]);
  });

  test("three refusals in a row are the request's fault, not the records': wait", () => {
    core.start(outbox({ ops: ops(8) }));
    while (core.state.in_flight.has("push")) {
      core.answer("push", problem(400, "malformed"));
      if (core.has("refuse")) core.stored("refuse");
    }
    expect(core.state.devices[0]?.skipped.size).toBe(3);
    expect(core.state.lanes.push.failures).toBe(1);
  });
});

describe("acknowledgements", () => {
  const acks = () => core.flying("push").ids.map((id) => ({ id, st: "ok", seq: 1 }));

  test("are made durable before anything else is sent", () => {
    core.start(outbox({ ops: ops(60) }));
    core.answer("push", ok({ acks: acks(), want: [] }));
    expect(core.has("push")).toBe(false);
    expect(core.stored("store_acks").has("push")).toBe(true);
  });

  test("that could not be stored are asked for again: the server will say dup", () => {
    core.start(outbox({ ops: ops(2) }));
    core.answer("push", ok({ acks: acks(), want: [] }));
    const what = core.find("store_acks");
    if (what === undefined) throw new Error("nothing to store");
    core.do({ type: "storage_failed", what });
    expect(core.state.storage.failures).toBe(1);
    expect(core.wake().flying("push").ids).toEqual([uuid(1), uuid(2)]);
  });

  test.each([
    ["no list of them", { want: [] }],
    ["one without a seq", { acks: [{ id: uuid(1), st: "ok" }], want: [] }],
    ["one of an unknown kind", { acks: [{ id: uuid(1), st: "fine", seq: 1 }], want: [] }],
    ["no server time", { acks: [], want: [], server_time: "now" }],
  ])("an answer with %s is no answer of the server's", (_what, body) => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", ok(body));
    expect(core.has("store_acks")).toBe(false);
    expect(core.state.link).toMatchObject({ failures: 1, code: "not_rond" });
  });

  test("an operation the server passed over in silence is left alone until somebody asks", () => {
    core.start(outbox({ ops: ops(2) })).holds(outbox({ ops: [{ id: uuid(2), size: 600 }] }));
    core.answer("push", ok({ acks: [{ id: uuid(1), st: "ok", seq: 1 }], want: [] })).stored("store_acks");
    expect(core.state.in_flight.has("push")).toBe(false);
    expect(core.state.devices[0]?.unsent).toBe(1);
  });

  test("of operations that were sent elsewhere meanwhile are not waited for", () => {
    core.start(outbox({ ops: ops(2) })).holds(outbox());
    core.do({ type: "moot", what: core.flying("push") });
    expect(core.state.devices[0]).toMatchObject({ queue: [], groups: [] });
  });
});

describe("a link that fails", () => {
  test.each([
    ["nothing", NONE, "offline"],
    ["a portal's page", HTML, "not_rond"],
    ["a gateway's 302", { kind: "http", status: 302, body: undefined, retry_after_s: null } as Answer, "not_rond"],
  ])("%s: everything stays and is tried again, soon at first", (_what, answer, code) => {
    core.start(outbox({ ops: ops(1), cursor: null }));
    const waits = Array.from({ length: 14 }, () => {
      core.answer("push", answer);
      expect(core.state.last_error).toBe(code);
      const wait = core.delay() ?? 0;
      core.wake();
      return wait;
    });
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(Math.max(...waits)).toBe(150_000);
    expect(core.flying("push").ids).toEqual([uuid(1)]);
  });

  test("a success forgets the failures", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", NONE).wake().accept();
    expect(core.state.link.failures).toBe(0);
  });

  test("the host's button tries at once", () => {
    core.start(outbox({ ops: ops(1) }));
    expect(core.answer("push", NONE).has("push")).toBe(false);
    expect(core.kick("button").has("push")).toBe(true);
  });

  test("a record saved does not hammer a dead link", () => {
    core.start(outbox({ ops: ops(1) }));
    core.random = 0.999;
    for (let i = 0; i < 10; i++) core.answer("push", NONE).wake();
    core.answer("push", NONE).after(10);
    expect(core.kick("saved").has("push")).toBe(false);
    expect(core.after(6_000).kick("saved").has("push")).toBe(true);
  });

  test("what the server asks to wait is waited, whatever is saved meanwhile", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", { kind: "http", status: 503, body: undefined, retry_after_s: 60 });
    expect(core.after(20_000).kick("saved").has("push")).toBe(false);
    expect(core.state.lanes.push.retry_at).toBe(61_000);
  });

  test("a slow one makes patience longer and batches smaller", () => {
    core.start(outbox({ ops: ops(60) }));
    expect(core.flying("push")).toMatchObject({ timeout_ms: 20_000 });
    core.answer("push", { kind: "none", why: "timeout" }).wake();
    expect(core.flying("push").timeout_ms).toBe(40_000);
    expect(core.flying("push").ids).toHaveLength(13);
  });

  test("while it is in doubt one request asks whether it is back", () => {
    core.start(outbox({ photos: photos(1_000, 1_000) }));
    core.answer("have", ok({ blobs: { [SHA(1)]: { off: 0, done: false }, [SHA(2)]: { off: 0, done: false } } }));
    core.answer("part", NONE).answer("part", NONE).answer("pull", NONE);
    expect(core.state.link.failures).toBe(1);
    core.wake();
    expect(core.state.in_flight.size).toBe(1);
  });
});

describe("photos", () => {
  const withPhotos = (...sizes: number[]) => {
    core.start(outbox({ photos: photos(...sizes) }));
    return core.answer("pull", page("e1.s.5")).stored("store_rows", false).stored("clean").answer("audit", NONE).wake();
  };
  const have = (...offs: number[]) => {
    const blobs = offs.map((off, i) => [SHA(i + 1), { off, done: false }]);
    return core.answer("have", ok({ blobs: Object.fromEntries(blobs) }));
  };
  const parts = () =>
    [...core.state.in_flight.values()].flatMap(({ effect }) => (effect.do === "part" ? [effect] : []));
  const answerPart = (index: number, body: object) => {
    const part = parts()[index];
    if (part === undefined) throw new Error("no such part");
    return core.do({ type: "answered", to: part, answer: ok(body) });
  };

  test("wait for the records", () => {
    core.start(outbox({ ops: ops(30), photos: photos(1_000) })).holds(outbox({ photos: photos(1_000) }));
    expect(core.has("have")).toBe(false);
    expect(core.accept().has("have")).toBe(false);
    core.accept();
    expect(core.flying("have").sha256).toEqual([SHA(1)]);
  });

  test("begin where the push said, without another question", () => {
    core.start(outbox({ ops: ops(1) })).holds(outbox({ photos: photos(1_000) }));
    core.accept([{ sha256: SHA(1), off: 500 }]);
    expect(core.has("have")).toBe(false);
    expect(core.find("part")).toMatchObject({ sha256: SHA(1), off: 500, size: 500, total: 1_000 });
  });

  test("two are on their way at once, each one part at a time", () => {
    withPhotos(200_000, 200_000, 200_000);
    have(0, 0, 0);
    expect(parts().map((part) => part.sha256)).toEqual([SHA(1), SHA(2)]);
    answerPart(0, { off: 65_536, done: false });
    expect(parts().map((part) => [part.sha256, part.off])).toEqual([
      [SHA(2), 0],
      [SHA(1), 65_536],
    ]);
  });

  test("one the server has is not sent again", () => {
    withPhotos(200_000);
    core.answer("have", ok({ blobs: { [SHA(1)]: { off: 200_000, done: true } } }));
    expect(core.find("store_photo")).toMatchObject({ sha256: SHA(1) });
    expect(parts()).toEqual([]);
  });

  test("one the server does not know of waits for another run", () => {
    withPhotos(200_000);
    core.answer("have", ok({ blobs: {} }));
    expect(parts()).toEqual([]);
    expect(core.state.devices[0]?.photos.size).toBe(0);
  });

  test("after a lost answer the server is asked how far it is, before anything is sent again", () => {
    withPhotos(200_000);
    have(0).answer("part", NONE).wake();
    expect(core.find("have")).toMatchObject({ sha256: [SHA(1)] });
    have(65_536);
    expect(parts()[0]).toMatchObject({ off: 65_536 });
  });

  test("go on from the offset the server names", () => {
    withPhotos(200_000);
    have(0).answer("part", problem(409, "wrong_offset", { off: 140_000 }));
    expect(parts()[0]).toMatchObject({ off: 140_000, size: 60_000 });
  });

  test("parts grow and shrink towards a second each", () => {
    withPhotos(50_000_000);
    have(0);
    let off = 0;
    const next = (ms: number) => {
      off += parts()[0]?.size ?? 0;
      core.after(ms).answer("part", ok({ off, done: false }));
      return parts()[0]?.size ?? 0;
    };
    expect([next(50), next(50), next(50)]).toEqual([262_144, PART_MAX, PART_MAX]);
    expect(next(4_000)).toBe(262_144);
    expect(next(9_000)).toBe(PART_MIN);
  });

  test("bytes that do not make the hash are sent again from the start, but not for ever", () => {
    withPhotos(1_000);
    have(0);
    for (let i = 0; i < 3; i++) core.answer("part", ok({ off: 0, done: false }));
    expect(parts()).toEqual([]);
    expect(core.state.last_error).toBe("photo_hash");
    expect(core.state.devices[0]?.photos.get(SHA(1))?.is_skipped).toBe(true);
  });

  test("one the server fails over lets the others go first", () => {
    withPhotos(1_000, 1_000, 1_000);
    have(0, 0, 0).answer("part", { kind: "http", status: 500, body: undefined, retry_after_s: null });
    answerPart(0, { off: 1_000, done: true });
    core.stored("store_photo");
    if (parts().length === 0) core.wake();
    expect(parts()[0]?.sha256).toBe(SHA(3));
  });

  test("one that is too large, or no longer readable, is left on the phone and told", () => {
    withPhotos(1_000, 2_000);
    have(0, 0).answer("part", problem(413, "too_large"));
    expect(core.state.last_error).toBe("photo_too_large");
    core.do({ type: "moot", what: core.flying("part") });
    expect(core.state.last_error).toBe("photo_unreadable");
    expect(parts()).toEqual([]);
  });

  test("no progress is no reason to send without end", () => {
    withPhotos(200_000);
    have(65_536).answer("part", ok({ off: 65_536, done: false }));
    expect(parts()).toEqual([]);
    expect(core.state.lanes.photo.code).toBe("no_progress");
  });

  test("a record saved meanwhile goes before the next part", () => {
    withPhotos(200_000);
    have(0).holds(outbox({ ops: ops(1), photos: photos(200_000) }));
    expect(core.kick("saved").has("push")).toBe(true);
    expect(answerPart(0, { off: 65_536, done: false }).has("part")).toBe(false);
    core.holds(outbox({ photos: photos(200_000) })).accept();
    expect(parts()).toMatchObject([{ off: 65_536 }]);
  });
});

describe("a pull", () => {
  test("goes on page by page from the cursor that was stored", () => {
    core.start(outbox());
    expect(core.flying("pull").cursor).toBe("e1.s.5");
    core.answer("pull", page("e1.s.9", true)).stored("store_rows", true);
    expect(core.flying("pull").cursor).toBe("e1.s.9");
    core.answer("pull", page("e1.s.12")).stored("store_rows", true);
    expect(core.state.wants_pull).toBe(false);
  });

  test("that does not lead on ends", () => {
    core.start(outbox());
    core.answer("pull", page("e1.s.5", true)).stored("store_rows", false);
    expect(core.has("pull")).toBe(false);
  });

  test("of a changed scope begins anew, but not for ever", () => {
    core.start(outbox()).holds(outbox({ cursor: null }));
    for (let i = 0; i < 3; i++) {
      core.answer("pull", problem(409, "scope_changed")).stored("drop_cursor");
      expect(core.flying("pull").cursor).toBeNull();
    }
    core.answer("pull", problem(409, "scope_changed"));
    expect(core.has("drop_cursor")).toBe(false);
    expect(core.state.lanes.pull.failures).toBe(1);
  });

  test("after a push comes when the photos have gone", () => {
    rest()
      .holds(outbox({ ops: ops(1) }))
      .kick("saved");
    core.holds(outbox({ photos: photos(100) })).accept([{ sha256: SHA(1), off: 0 }]);
    expect(core.has("pull")).toBe(false);
    core.answer("part", ok({ off: 100, done: true })).stored("store_photo");
    expect(core.has("pull")).toBe(true);
  });

  test("of a page that is looked at comes every five minutes", () => {
    rest();
    expect(core.delay()).toBe(300_000);
    expect(core.wake().has("pull")).toBe(true);
  });

  test("is not asked for by a page nobody looks at", () => {
    rest().do({ type: "visibility", is_visible: false });
    expect(core.delay()).toBeNull();
  });

  test("is followed, once, by the question what the server lacks", () => {
    core.start(outbox());
    core.answer("pull", page("e1.s.6")).stored("store_rows", true).stored("clean");
    core.holds(outbox({ ops: ops(1) }));
    core.answer("audit", ok({ max_n: 3, missing: [2], photos_missing: [] })).stored("store_audit", 1);
    expect(core.has("push")).toBe(true);
    core.holds(outbox()).accept().answer("pull", page("e1.s.7")).stored("store_rows", true);
    expect(core.has("audit")).toBe(false);
  });
});

describe("a server that was restored", () => {
  test("gets everything again, under its new epoch", () => {
    core.start(outbox({ ops: ops(1), photos: photos(100) }));
    core.holds(outbox({ epoch: "e2", cursor: null, ops: ops(5) }));
    core.answer("push", problem(409, "epoch_changed", { epoch: "e2" }));
    expect(core.find("restart")).toEqual({ do: "restart", device: DEVICE, epoch: "e2" });
    core.stored("restart");
    expect(core.flying("push").epoch).toBe("e2");
    core.accept();
    expect(core.flying("push").ids).toHaveLength(4);
  });

  test("is noticed by a pull too, also when it answers as if nothing had happened", () => {
    core.start(outbox());
    core.answer("pull", ok({ epoch: "e2", rows: [], cursor: "e2.s.1", more: false }));
    expect(core.find("restart")).toMatchObject({ epoch: "e2" });
    expect(core.has("store_rows")).toBe(false);
  });

  test("that changes its mind without end is left alone for a while", () => {
    core.start(outbox({ ops: ops(1) }));
    for (let i = 2; i < 5; i++)
      core.answer("push", problem(409, "epoch_changed", { epoch: `e${i}` })).stored("restart");
    core.answer("push", problem(409, "epoch_changed", { epoch: "e9" }));
    expect(core.has("restart")).toBe(false);
    expect(core.state.lanes.push.failures).toBe(1);
  });
});

describe("an ended sign-in", () => {
  test("pauses everything and deletes nothing", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(401, "signed_out"));
    expect(core.state.stopped).toBe("signed_out");
    expect(core.has("wipe")).toBe(false);
    core.holds(outbox({ ops: ops(2) })).after(999_999);
    expect(core.kick("saved").has("push")).toBe(false);
    expect(core.state.devices[0]?.unsent).toBe(2);
    core.kick("signed_in").accept();
    expect(core.flying("push").ids).toHaveLength(1);
  });

  test("of the reader only leaves the sending alone", () => {
    core.start(outbox());
    core.answer("pull", problem(401, "signed_out"));
    core
      .holds(outbox({ ops: ops(1) }))
      .kick("saved")
      .holds(outbox())
      .accept();
    expect(core.state.in_flight.size).toBe(0);
    expect(reportOf(core.state, { wall: T0, mono: core.mono, random: 0 }).state).toBe("signed_out");
  });

  test("a portal's 401 is not ours", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", { kind: "http", status: 401, body: undefined, retry_after_s: null });
    expect(core.state.stopped).toBeNull();
  });
});

describe("a revoked device", () => {
  test("is wiped at once only when told so", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(403, "device_revoked", { wipe: "now" }));
    expect(core.find("wipe")).toEqual({ do: "wipe", device: DEVICE });
    core.holds().stored("wipe");
    expect(core.state.devices).toEqual([]);
  });

  test("else still sends what it has, and goes when nothing is left", () => {
    core.start(outbox({ unsent: 2 }));
    core.answer("pull", problem(403, "device_revoked", { wipe: "after_sync" }));
    expect(core.has("wipe")).toBe(false);
    core.holds(outbox({ ops: ops(1), unsent: 2 })).kick("saved");
    core.holds(outbox({ unsent: 1, photos_kept: 1 })).accept();
    expect(core.has("wipe")).toBe(false);
    core
      .holds(outbox({ ops: ops(1), unsent: 1 }))
      .kick("saved")
      .holds(outbox())
      .accept();
    expect(core.has("wipe")).toBe(true);
  });

  test("that is told so when it sends keeps what it could not send", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(403, "device_revoked", { wipe: "after_sync" }));
    expect(core.has("wipe")).toBe(false);
    expect(core.state.in_flight.size).toBe(0);
    expect(core.state.devices[0]?.unsent).toBe(1);
  });
});

describe("several hosts on one phone", () => {
  test("records of all go before photos of any; only the one signed in reads", () => {
    const other = { device: OTHER, is_current: false };
    core.start(outbox({ ops: ops(1), photos: photos(100) }), outbox({ ...other, ops: ops(1, 600, 50) }));
    expect(core.flying("push").device).toBe(DEVICE);
    core.holds(outbox({ photos: photos(100) }), outbox({ ...other, ops: ops(1, 600, 50) })).accept();
    expect(core.flying("push")).toMatchObject({ device: OTHER, ids: [uuid(50)] });
    core.holds(outbox({ photos: photos(100) }), outbox({ ...other, photos: photos(100) })).accept();
    expect(core.flying("pull").device).toBe(DEVICE);
    expect(core.flying("have").device).toBe(DEVICE);
  });

  test("what an earlier host left is sent although nobody is signed in", () => {
    core.start(outbox({ device: OTHER, is_current: false, ops: ops(2) }));
    expect(core.flying("push").device).toBe(OTHER);
    core.holds(outbox({ device: OTHER, is_current: false })).accept();
    expect(core.state.in_flight.size).toBe(0);
  });
});

describe("what the screens are told", () => {
  const told = () => reportOf(core.state, { wall: T0, mono: core.mono, random: 0 });

  test("counts, what is on its way, and when the next try comes", () => {
    core.start(
      outbox({ ops: ops(2), photos: photos(1), photos_kept: 2 }),
      outbox({ device: OTHER, is_current: false, ops: ops(3, 600, 50) }),
    );
    expect(told()).toMatchObject({
      state: "sending",
      unsent: 2,
      unsent_others: 3,
      photos_left: 3,
      next_try_at: null,
      sending: new Set([uuid(1), uuid(2)]),
    });
    core.answer("push", NONE);
    expect(told()).toMatchObject({ state: "waiting", next_try_at: T0 + 250, last_error: "offline" });
    core.do({ type: "connection", is_online: false });
    expect(told().state).toBe("offline");
  });

  test("how far the phone's clock is from the server's", () => {
    core.start(outbox());
    core.answer("pull", ok({ rows: [], cursor: "e1.s.6", more: false, server_time: T0 + core.mono + 3_600_000 }));
    expect(told().clock_offset_ms).toBe(3_600_000);
  });

  test("nothing left is idle", () => {
    rest();
    expect(told()).toMatchObject({ state: "idle", unsent: 0, last_error: null });
  });
});

test("what is kept back wakes the core when its time comes", () => {
  rest()
    .holds(outbox({ unsent: 1, next_release_at: T0 + core.mono + 90_000 }))
    .kick("saved");
  expect(core.delay()).toBe(90_000);
});

test("a lane that waits is woken while another is busy", () => {
  core.start(outbox({ ops: ops(1) }));
  core.answer("push", { kind: "http", status: 500, body: undefined, retry_after_s: null });
  expect(core.state.in_flight.has("pull")).toBe(true);
  expect(core.delay()).toBe(250);
  expect(core.wake().has("push")).toBe(true);
});

test("the same events give the same state", () => {
  const play = () =>
    new Core().start(outbox({ ops: ops(5), photos: photos(100) })).accept([{ sha256: SHA(1), off: 0 }]);
  expect(play().state).toEqual(play().state);
});
