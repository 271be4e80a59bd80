/** Make a photo ready to be kept: upright, at most 1,600 px, JPEG, without metadata; in a worker. */

import type { NewPhoto } from "../domain/types";

/**
 * Prepare what the camera or the file picker gave.
 *
 * What this browser cannot decode (HEIC) comes back as it was; the server cleans it before anyone can see it.
 * Rejects with `PhotoTooLarge` over 15 MiB.
 */
export function preparePhoto(_file: Blob): Promise<NewPhoto> {
  throw new Error("being written");
}

export class PhotoTooLarge extends Error {
  override readonly name = "PhotoTooLarge";
}
