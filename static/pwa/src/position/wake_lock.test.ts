import { beforeEach, describe, expect, test, vi } from "vitest";
import { createScreenLock } from "./wake_lock";

class Sentinel extends EventTarget {
  isReleased = false;
  release = async () => {
    this.isReleased = true;
  };
}

let given: Sentinel[];
let request: () => Promise<Sentinel>;
beforeEach(() => {
  given = [];
  request = async () => {
    const sentinel = new Sentinel();
    given.push(sentinel);
    return sentinel;
  };
  Object.defineProperty(navigator, "wakeLock", { configurable: true, value: { request: () => request() } });
});

describe("the lock that keeps the screen on", () => {
  test("is asked for once, however often it is wanted at the same time", async () => {
    const lock = createScreenLock(vi.fn());
    await Promise.all([lock.hold(), lock.hold(), lock.hold()]);
    expect(given).toHaveLength(1);
    expect(lock.isHeld()).toBe(true);
  });

  test("is asked for again after the browser has taken it back", async () => {
    const changed = vi.fn();
    const lock = createScreenLock(changed);
    await lock.hold();
    given[0]?.dispatchEvent(new Event("release"));
    expect(lock.isHeld()).toBe(false);
    expect(changed).toHaveBeenCalledTimes(2);
    expect(await lock.hold()).toBe(true);
    expect(given).toHaveLength(2);
  });

  test("that comes after it was let go of is let go of at once", async () => {
    const lock = createScreenLock(vi.fn());
    const held = lock.hold();
    await lock.letGo();
    expect(await held).toBe(false);
    expect(given.map(({ isReleased }) => isReleased)).toEqual([true]);
  });

  test("that is refused is not held, and may be asked for again", async () => {
    const granted = request;
    request = () => Promise.reject(new DOMException("low battery", "NotAllowedError"));
    const lock = createScreenLock(vi.fn());
    expect(await lock.hold()).toBe(false);
    request = granted;
    expect(await lock.hold()).toBe(true);
  });
});
