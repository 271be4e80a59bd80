/** Reading a QR code from what the camera sees: by the browser where it can, else by our own reader, a second time at double size. */

import decodeQR from "qr/decode.js";

interface Detector {
  detect(video: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** The longer side of a picture that is read: more is slower and finds no more. */
const SIDE_PX = 640;
const FRAMES_MS = 120;

let detector: Promise<Detector | null> | null = null;

async function browsersOwn(): Promise<Detector | null> {
  const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  try {
    const formats = (await known?.getSupportedFormats()) ?? [];
    return known && formats.includes("qr_code") ? new known({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

/** Read codes from a video again and again until `stop` is called; `onText` gets each text that is seen. */
export function readVideo(video: () => HTMLVideoElement | null, onText: (text: string) => void): () => void {
  const canvas = document.createElement("canvas");
  let isStopped = false;
  detector ??= browsersOwn();
  const look = async () => {
    const seen = video();
    if (seen !== null && seen.videoWidth > 0) {
      const text = await readFrame(seen, canvas);
      if (text !== null && !isStopped) onText(text);
    }
    if (!isStopped) setTimeout(() => void look(), FRAMES_MS);
  };
  void look();
  return () => {
    isStopped = true;
  };
}

async function readFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<string | null> {
  const own = await detector;
  if (own) {
    try {
      const [found] = await own.detect(video);
      if (found) return found.rawValue;
    } catch {
      detector = Promise.resolve(null);
    }
    return null;
  }
  const scale = Math.min(1, SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
  return readAt(video, canvas, scale) ?? readAt(video, canvas, 2 * scale);
}

function readAt(video: HTMLVideoElement, canvas: HTMLCanvasElement, scale: number): string | null {
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return null; // nothing to read in this frame
  }
}
