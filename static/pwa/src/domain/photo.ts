/** Decisions about photos: how large, in what pieces, and whether there is room. Pure. */

/** Long edge of a photo that is kept, in pixels. */
export const PHOTO_EDGE_PX = 1600;
export const PHOTO_QUALITY = 0.75;
/** What the server takes as one photo. */
export const PHOTO_BYTES_MAX = 15 * 1024 * 1024;
/** Photos lie on the phone in pieces of this many bytes. */
export const CHUNK_BYTES = 256 * 1024;
/** Below this much free room no new photo is taken; records and track still are. */
export const PHOTO_ROOM_BYTES = 200 * 1024 * 1024;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** The size to draw a picture at: proportions kept, never enlarged, no edge over PHOTO_EDGE_PX. */
export function fitSize({ width, height }: PixelSize): PixelSize {
  const scale = Math.min(1, PHOTO_EDGE_PX / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Whether a new photo may be taken. Unknown room counts as enough; a full store has said so itself. */
export function hasPhotoRoom(usage: number | null, quota: number | null, wasFull: boolean): boolean {
  if (wasFull) return false;
  return usage === null || quota === null || quota - usage >= PHOTO_ROOM_BYTES;
}

/** What a photo that could not be decoded is called on the wire, judged by its first bytes. */
export function mimeOf(head: Uint8Array, named: string): string {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47])) return "image/png";
  const brand = String.fromCharCode(...head.subarray(4, 12));
  if (/^ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/.test(brand)) return "image/heic";
  return /^image\/[a-z0-9.+-]{1,40}$/.test(named) ? named : "application/octet-stream";
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
