import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, uuid } from "../../test/sync/made";
import type { DeviceEntry, Operation } from "../domain/types";
import { openStore } from "../store/phone";
import type { Store } from "../store/store";
import { toFix } from "./geolocation";
import { createRecorder, type Recorder } from "./recorder_driver";

const ROUND = uuid(1);
type Success = (position: GeolocationPosition) => void;

let entry: DeviceEntry;
let store: Store;
let recorder: Recorder;
/** The phone's sensors in the test's hand. */
let watch: { success: Success; failure: (error: { code: number; PERMISSION_DENIED: 1 }) => void } | null;
let watches: number;
let locks: number;
let visibility: DocumentVisibilityState;

beforeEach(async () => {
  emptyBrowser();
  entry = makeEntry();
  store = await openStore(entry, makeDeps());
  watch = null;
  watches = 0;
  locks = 0;
  visibility = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  stub("geolocation", {
    watchPosition: (success: Success, failure: never) => {
      watch = { success, failure };
      return ++watches;
    },
    clearWatch: () => {
      watch = null;
    },
  });
  stub("wakeLock", {
    request: async () => {
      locks++;
      return Object.assign(new EventTarget(), { release: async () => {} });
    },
  });
  recorder = createRecorder(store);
});
afterEach(async () => {
  await recorder.leave();
});

function stub(name: string, value: object): void {
  Object.defineProperty(navigator, name, { configurable: true, value });
}
const place = (at: number, accuracy = 8): GeolocationPosition =>
  ({ coords: { latitude: 57.7 + at / 1e12, longitude: 11.9, accuracy }, timestamp: at }) as GeolocationPosition;
const walk = (count: number) => {
  for (let i = 0; i < count; i++) watch?.success(place(Date.now() + i));
};
const show = (state: DocumentVisibilityState) => {
  visibility = state;
  document.dispatchEvent(new Event("visibilitychange"));
};
const saved = async (type: Operation["type"]) => store.source().ops.filter((op) => op.op.type === type);

describe("a recording", () => {
  test("keeps every fix and makes it durable at the end", async () => {
    await recorder.start(ROUND);
    walk(3);
    await recorder.end();
    expect(await store.trackOf(ROUND)).toHaveLength(3);
    expect(await saved("track.segment")).toHaveLength(1);
    expect(await store.recording()).toBeNull();
    expect(watch).toBeNull();
  });

  test("makes what is loose durable when the page is hidden", async () => {
    await recorder.start(ROUND);
    walk(3);
    show("hidden");
    await vi.waitFor(async () => expect(await saved("track.segment")).toHaveLength(1));
  });

  test("goes on after the page was killed, and tells the gap", async () => {
    await recorder.start(ROUND);
    walk(3);
    await vi.waitFor(async () => expect(await store.trackOf(ROUND)).toHaveLength(3));
    const deps = makeDeps(2);
    const dead = recorder;
    // The store's clock stood still at the last sign of life, long before the page's own.
    reopened(entry, deps);
    store = await openStore(entry, deps);
    recorder = createRecorder(store);
    await recorder.start(ROUND);
    walk(1);
    await recorder.end();
    const [gap] = await saved("gap.record");
    expect(gap?.op.data).toMatchObject({ round: ROUND, reason: "locked_or_killed" });
    expect(await store.trackOf(ROUND)).toHaveLength(4);
    await dead.leave().catch(() => {});
  });

  test("pauses, and stays paused over a restart", async () => {
    await recorder.start(ROUND);
    walk(2);
    await recorder.pause();
    expect(watch).toBeNull();
    expect(recorder.view()).toMatchObject({ mode: "paused", has_wake_lock: false });
    await recorder.leave();
    recorder = createRecorder(store);
    await recorder.start(ROUND);
    expect(recorder.view().mode).toBe("paused");
    await recorder.resume();
    expect(recorder.view().mode).toBe("recording");
    expect(watch).not.toBeNull();
  });

  test("begins the watch and the wake lock again when the page comes back", async () => {
    await recorder.start(ROUND);
    await vi.waitFor(() => expect(recorder.view().has_wake_lock).toBe(true));
    show("hidden");
    show("visible");
    expect(watches).toBe(2);
    expect(locks).toBeGreaterThanOrEqual(1);
  });

  test("asks for the wake lock again while it is refused, and rests when paused", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    stub("wakeLock", {
      request: async () => {
        locks++;
        throw new DOMException("low battery", "NotAllowedError");
      },
    });
    await recorder.start(ROUND);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(locks).toBeGreaterThanOrEqual(3);
    await recorder.pause();
    const before = locks;
    await vi.advanceTimersByTimeAsync(12_000);
    expect(locks).toBe(before);
    vi.useRealTimers();
  });

  test("says when the position is not allowed", async () => {
    await recorder.start(ROUND);
    watch?.failure({ code: 1, PERMISSION_DENIED: 1 });
    expect(recorder.view()).toMatchObject({ is_denied: true, gap: { reason: "permission" } });
  });

  test("tells its listeners, until they leave", async () => {
    const told = vi.fn();
    const leave = recorder.subscribe(told);
    await recorder.start(ROUND);
    walk(1);
    expect(told).toHaveBeenLastCalledWith(expect.objectContaining({ round: ROUND, mode: "recording" }));
    const before = told.mock.calls.length;
    leave();
    walk(1);
    expect(told).toHaveBeenCalledTimes(before);
  });

  test("of another round closes the one before", async () => {
    await recorder.start(ROUND);
    walk(2);
    await recorder.start(uuid(2));
    expect(await saved("track.segment")).toHaveLength(1);
    expect(recorder.view().round).toBe(uuid(2));
  });

  test("that cannot be written says so at the end", async () => {
    await recorder.start(ROUND);
    vi.spyOn(store, "closeSegment").mockRejectedValueOnce(new Error("storage"));
    walk(1);
    await expect(recorder.end()).rejects.toThrow("storage");
  });
});

describe("a measured position", () => {
  const now = 1_790_000_000_000;
  test("keeps its own time unless that is nonsense", () => {
    expect(toFix(place(now - 500.4), now).at).toBe(now - 500);
    expect(toFix(place(12_345), now).at).toBe(now);
  });

  test.each([NaN, -1, 2e6])("an accuracy of %d is unknown", (accuracy) => {
    expect(toFix(place(now, accuracy), now).accuracy_m).toBeNull();
  });
});
