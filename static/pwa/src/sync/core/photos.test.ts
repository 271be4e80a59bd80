// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, NONE, ok, ops, outbox, page, photos, problem, SHA } from "../../../test/sync/core_player";
import { PART_MAX, PART_MIN } from "./model";

let core: Core;
beforeEach(() => {
  core = new Core();
});

describe("photos", () => {
  const withPhotos = (...sizes: number[]) => {
    core.start(outbox({ photos: photos(...sizes) })).measured();
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
    core.start(outbox({ ops: ops(70), photos: photos(1_000) })).holds(outbox({ photos: photos(1_000) }));
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

  test("the first goes alone: it tells how fast the link is", () => {
    core.start(outbox({ photos: photos(200_000, 200_000, 200_000) }));
    have(0, 0, 0);
    expect(parts()).toHaveLength(1);
    core.after(1_000);
    answerPart(0, { off: 65_536, done: false });
    expect(parts()).toHaveLength(2);
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

  test("parts grow and shrink towards two seconds each", () => {
    withPhotos(50_000_000);
    have(0);
    let off = 0;
    const next = (ms: number) => {
      off += parts()[0]?.size ?? 0;
      core.after(ms).answer("part", ok({ off, done: false }));
      return parts()[0]?.size ?? 0;
    };
    expect([next(50), next(50), next(50)]).toEqual([262_144, PART_MAX, PART_MAX]);
    expect(next(8_000)).toBe(262_144);
    expect(next(18_000)).toBe(PART_MIN);
  });

  test("parts are halved when the link was too slow for one, not when it was cut", () => {
    withPhotos(50_000_000);
    have(0).answer("part", NONE).wake();
    have(0);
    expect(parts()[0]?.size).toBe(65_536);
    core.answer("part", { kind: "none", why: "timeout" }).wake();
    have(0);
    expect(parts()[0]?.size).toBe(PART_MIN);
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
