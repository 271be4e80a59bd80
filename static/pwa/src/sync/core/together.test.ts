// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, NONE, OTHER, ok, ops, outbox, page, photos, problem, SHA } from "../../../test/sync/core_player";
import { wholesQuestion } from "../requests";
import { type Answer, PART_MAX } from "./model";

let core: Core;
beforeEach(() => {
  core = new Core();
});

describe("photos over a fast link", () => {
  /** One photo has shown the link to be fast; then others are taken, of which the server has nothing. */
  const fast = (...sizes: number[]) => {
    core.start(outbox({ photos: photos(65_536) }));
    core.answer("pull", page("e1.s.5")).stored("store_rows", false).stored("clean").answer("audit", NONE).wake();
    core.answer("have", have(1)).after(1);
    core.answer("part", ok({ off: 65_536, done: true })).stored("store_photo");
    core.holds(outbox()).wake().answer("pull", page("e1.s.6")).stored("store_rows", true);
    core.state = { ...core.state, part_bytes: PART_MAX };
    core.holds(outbox({ photos: photos(65_536, ...sizes).slice(1) })).kick("saved");
    return core.answer("have", have(...sizes.map((_size, i) => i + 2)));
  };
  const have = (...numbers: number[]) =>
    ok({ blobs: Object.fromEntries(numbers.map((n) => [SHA(n), { off: 0, done: false }])) });
  const flights = () =>
    [...core.state.in_flight.values()].map(({ effect }) =>
      effect.do === "wholes" ? effect.photos.map(({ sha256 }) => sha256) : effect.do,
    );
  const photo = (number: number) => core.state.devices[0]?.photos.get(SHA(number));
  const done = (...numbers: number[]) => Object.fromEntries(numbers.map((n) => [SHA(n), { off: 100_000, done: true }]));

  test("go whole and together, a megabyte at once, four requests at a time", () => {
    fast(400_000, 400_000, 400_000, 100_000, 300_000, 10, ...Array.from({ length: 8 }, () => 500_000));
    expect(flights()).toEqual([
      [SHA(2), SHA(3), SHA(5), SHA(7)],
      [SHA(4), SHA(6)],
      [SHA(8), SHA(9)],
      [SHA(10), SHA(11)],
    ]);
    expect(core.flying("wholes").photos[0]).toEqual({ sha256: SHA(2), size: 400_000 });
  });

  test("one that is left, or too large for company, goes alone", () => {
    fast(2_000_000, 100_000);
    expect(flights()).toEqual(["part", "part"]);
  });

  test("what is done is noted, each for itself", () => {
    fast(100_000, 100_000);
    core.answer("wholes", ok({ blobs: done(2, 3) }));
    const noted = core.effects.flatMap((effect) => (effect.do === "store_photo" ? [effect.sha256] : []));
    expect(noted).toEqual([SHA(2), SHA(3)]);
  });

  test.each([
    ["is answered as not done", ok({ blobs: { ...done(2), [SHA(3)]: { off: 0, done: false } } })],
    ["is not answered for", ok({ blobs: done(2) })],
  ])("one that %s goes alone after a question", (_what, answer) => {
    fast(100_000, 100_000);
    core.answer("wholes", answer);
    expect(core.flying("have").sha256).toEqual([SHA(3)]);
    core.answer("have", have(3));
    expect(core.flying("part").sha256).toBe(SHA(3));
  });

  test.each<[string, Answer]>([
    ["a server that does not know this call", problem(404, "not_found")],
    ["a server that fails", { kind: "http", status: 500, body: undefined, retry_after_s: null }],
    ["a proxy that finds it too large", { kind: "http", status: 413, body: undefined, retry_after_s: null }],
  ])("%s gets each alone after a while", (_what, answer) => {
    fast(100_000, 100_000);
    core.answer("wholes", answer);
    expect(photo(2)).toMatchObject({ off: null, is_busy: false, failures: 1 });
    for (let i = 0; i < 3 && !core.has("have"); i++) core.wake();
    core.answer("have", have(2, 3));
    expect(flights().filter((flight) => flight === "part")).toHaveLength(2);
  });

  test("after a cut the server is asked what has come", () => {
    fast(100_000, 100_000);
    core.answer("wholes", NONE).wake();
    expect(core.flying("have").sha256).toEqual([SHA(2), SHA(3)]);
    core.answer("have", ok({ blobs: { ...done(2), [SHA(3)]: { off: 40_000, done: false } } }));
    expect(core.flying("part")).toMatchObject({ sha256: SHA(3), off: 40_000 });
  });

  test("when one cannot be read, each goes alone", () => {
    fast(100_000, 100_000);
    core.do({ type: "moot", what: core.flying("wholes") });
    expect(flights().filter((flight) => flight === "part")).toHaveLength(2);
  });

  test("go so from the first when a push was answered quickly", () => {
    const waiting = outbox({ photos: photos(100_000, 100_000) });
    const first = (took_ms: number) => {
      core = new Core();
      core.start(outbox({ ops: ops(1), photos: waiting.photos })).holds(waiting);
      core.after(took_ms).accept();
      core.answer("have", have(1, 2));
      return flights().filter((flight) => flight !== "pull");
    };
    expect(first(50)).toEqual([[SHA(1), SHA(2)]]);
    expect(first(1_500)).toEqual(["part"]);
  });

  test("travel one behind the other under their names", () => {
    const contents = [Uint8Array.of(1, 2).buffer, Uint8Array.of(3).buffer];
    const wholes = [
      { sha256: SHA(1), size: 2 },
      { sha256: SHA(2), size: 1 },
    ];
    const asked = wholesQuestion({ do: "wholes", device: OTHER, photos: wholes, timeout_ms: 1 }, contents);
    expect([...new Uint8Array(asked.bytes ?? new ArrayBuffer())]).toEqual([1, 2, 3]);
    expect(asked).toMatchObject({ method: "PATCH", path: "/sync/blobs", device: OTHER });
    expect(asked.headers?.["Upload-Photos"]).toBe(`${SHA(1)}=2, ${SHA(2)}=1`);
  });
});
