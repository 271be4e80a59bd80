// @vitest-environment node
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../test/seeded_random";
import { isUuid, uuidv7 } from "./ids";

describe("uuidv7", () => {
  test("carries the millisecond in its first 48 bits", () => {
    const id = uuidv7(0x0192_3456_789a, new Uint8Array(10));
    expect(id.slice(0, 13)).toBe("01923456-789a");
  });

  test("says version 7 and the RFC's variant whatever chance gives", () => {
    const random = new SeededRandom(7);
    for (let i = 0; i < 200; i++) {
      const id = uuidv7(random.below(2 ** 48), random.bytes(10));
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(isUuid(id)).toBe(true);
    }
  });

  test("sorts by time", () => {
    const random = new SeededRandom(1);
    const ids = Array.from({ length: 50 }, (_, i) => uuidv7(1_790_000_000_000 + i, random.bytes(10)));
    expect([...ids].sort()).toEqual(ids);
  });

  test("takes a clock before 1970 as 1970", () => {
    expect(uuidv7(-5, new Uint8Array(10)).startsWith("00000000-0000-7")).toBe(true);
  });

  test("upper case and stray text are no identifiers", () => {
    expect(isUuid("0192ABCD-0000-7000-8000-000000000000")).toBe(false);
    expect(isUuid("x")).toBe(false);
  });
});
