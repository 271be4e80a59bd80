import { beforeEach, expect, test } from "vitest";
import { emptyBrowser } from "../../test/sync/browser";
import { LINES_MAX, noteEvent, readLog } from "./log";

const at = new Date("2026-11-20T19:30:00Z");

beforeEach(() => {
  emptyBrowser();
  localStorage.clear();
});

test("the log keeps its newest lines, each on a line of its own", () => {
  for (let i = 0; i <= LINES_MAX; i++) noteEvent(at, `event ${i}\nwith a break`);
  expect(readLog()).toHaveLength(LINES_MAX);
  expect(readLog()[0]).toBe("2026-11-20T19:30:00.000Z event 1 with a break");
});

test("a line has its bound", () => {
  noteEvent(at, "x".repeat(5_000));
  expect(readLog()[0]?.length).toBeLessThan(250);
});
