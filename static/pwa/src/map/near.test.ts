import { expect, test } from "vitest";
import { distanceToLines } from "./near";

const line = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
];

test.each([
  [{ x: 5, y: 3 }, 3],
  [{ x: 13, y: 4 }, 5],
  [{ x: -3, y: 4 }, 5],
  [{ x: 7, y: 0 }, 0],
])("a finger at %o is so far from a line", (at, away) => expect(distanceToLines(at, [line])).toBeCloseTo(away));

test("nothing is near where there are no lines", () => expect(distanceToLines({ x: 0, y: 0 }, [])).toBe(Infinity));
