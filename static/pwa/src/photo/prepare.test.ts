// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";
import { sha256Hex } from "../../test/sync/made";
import { PhotoEmpty, PhotoTooLarge, preparePhoto } from "./prepare";

const HEIC = Uint8Array.from("\0\0\0\u0018ftypheic rest of it", (c) => c.charCodeAt(0));
const SMALL = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
let drawn: { width: number; height: number }[];

beforeEach(() => {
  drawn = [];
  vi.stubGlobal("Worker", undefined);
});

/** A browser that decodes to this size and encodes to these bytes. */
function browser(size: { width: number; height: number } | null, encoded = new Blob([SMALL], { type: "image/jpeg" })) {
  vi.stubGlobal("createImageBitmap", async (_file: Blob, options: ImageBitmapOptions) => {
    expect(options.imageOrientation).toBe("from-image");
    if (size === null) throw new DOMException("no decoder", "InvalidStateError");
    return { ...size, close: () => {} };
  });
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      constructor(
        readonly width: number,
        readonly height: number,
      ) {
        drawn.push({ width, height });
      }
      getContext = () => ({ drawImage: () => {} });
      convertToBlob = async () => encoded;
    },
  );
}

describe("preparePhoto", () => {
  test("draws the picture anew, small, as JPEG, under the hash of what it became", async () => {
    browser({ width: 4000, height: 3000 });
    const photo = await preparePhoto(new Blob([HEIC], { type: "image/jpeg" }));
    expect(drawn).toEqual([{ width: 1600, height: 1200 }]);
    expect(photo).toMatchObject({ size: SMALL.length, mime: "image/jpeg", sha256: sha256Hex(SMALL) });
    expect(new Uint8Array(photo.bytes)).toEqual(SMALL);
  });

  test("gives what cannot be decoded as it came, by its right name", async () => {
    browser(null);
    const photo = await preparePhoto(new Blob([HEIC]));
    expect(photo).toMatchObject({ mime: "image/heic", sha256: sha256Hex(HEIC), size: HEIC.length });
  });

  test("does not take a PNG for a JPEG: some engines have no encoder and do not say so", async () => {
    browser({ width: 10, height: 10 }, new Blob([SMALL], { type: "image/png" }));
    expect(await preparePhoto(new Blob([HEIC]))).toMatchObject({ mime: "image/heic" });
  });

  test("works in a browser that cannot draw off screen", async () => {
    vi.stubGlobal("OffscreenCanvas", undefined);
    expect(await preparePhoto(new Blob([HEIC]))).toMatchObject({ mime: "image/heic" });
  });

  test("refuses what the server would not take", async () => {
    browser(null);
    await expect(preparePhoto(new Blob([new Uint8Array(15 * 1024 * 1024 + 1)]))).rejects.toThrow(PhotoTooLarge);
    await expect(preparePhoto(new Blob([]))).rejects.toThrow(PhotoEmpty);
  });

  test("asks the worker where there is one, and draws in the page when the worker fails", async () => {
    browser({ width: 10, height: 10 });
    const answers = [SMALL.buffer.slice(0), null];
    class FakeWorker extends EventTarget {
      terminate = vi.fn();
      postMessage({ id }: { id: number }): void {
        const bytes = answers.shift();
        const event = bytes === undefined ? new Event("error") : new MessageEvent("message", { data: { id, bytes } });
        queueMicrotask(() => this.dispatchEvent(event));
      }
    }
    vi.stubGlobal("Worker", FakeWorker);
    expect(await preparePhoto(new Blob([HEIC]))).toMatchObject({ size: SMALL.length });
    expect(drawn).toEqual([]);
    expect(await preparePhoto(new Blob([HEIC]))).toMatchObject({ mime: "image/heic" });
    expect(await preparePhoto(new Blob([HEIC]))).toMatchObject({ size: SMALL.length });
    expect(drawn).toHaveLength(1);
  });
});
