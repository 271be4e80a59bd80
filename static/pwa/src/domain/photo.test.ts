// @vitest-environment node
import { expect, test } from "vitest";
import { fitSize, hasPhotoRoom, mimeOf } from "./photo";

test.each([
  [
    { width: 4000, height: 3000 },
    { width: 1600, height: 1200 },
  ],
  [
    { width: 3000, height: 4000 },
    { width: 1200, height: 1600 },
  ],
  [
    { width: 800, height: 600 },
    { width: 800, height: 600 },
  ],
  [
    { width: 100_000, height: 10 },
    { width: 1600, height: 1 },
  ],
])("%o is drawn at %o", (size, drawn) => {
  expect(fitSize(size)).toEqual(drawn);
});

const MIB = 1024 * 1024;
test.each([
  ["plenty of room", 0, 1_000 * MIB, false, true],
  ["less than 200 MiB", 900 * MIB, 1_000 * MIB, false, false],
  ["unknown room", null, null, false, true],
  ["a store that has said it is full", 0, 1_000 * MIB, true, false],
])("photos with %s: %s", (_what, usage, quota, wasFull, allowed) => {
  expect(hasPhotoRoom(usage, quota, wasFull)).toBe(allowed);
});

const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));
test.each([
  ["a JPEG", bytes(0xff, 0xd8, 0xff, 0xe0), "", "image/jpeg"],
  ["a PNG", bytes(0x89, 0x50, 0x4e, 0x47), "image/jpeg", "image/png"],
  ["a HEIC called nothing", text("\0\0\0\u0018ftypheic"), "", "image/heic"],
  ["what calls itself a picture", text("RIFFxxxxWEBP"), "image/webp", "image/webp"],
  ["anything else", text("hello"), "text/plain", "application/octet-stream"],
])("%s is called what it is", (_what, head, named, mime) => {
  expect(mimeOf(head, named)).toBe(mime);
});
