/** Draw a picture anew: upright, small, JPEG. What the camera wrote beside the picture is not drawn and so is gone. Runs in a worker or the page. */

import { fitSize, PHOTO_QUALITY } from "../domain/photo";

/**
 * Decode, scale and encode a picture; null when this browser cannot.
 *
 * Both engines' encoders write no metadata but the colour profile.
 */
export async function shrink(file: Blob): Promise<Blob | null> {
  const picture = await decode(file);
  if (picture === null) return null;
  try {
    return await encode(picture);
  } catch {
    return null;
  } finally {
    picture.close();
  }
}

async function decode(file: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

async function encode(picture: ImageBitmap): Promise<Blob | null> {
  const { width, height } = fitSize(picture);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: PHOTO_QUALITY });
  // An engine without the encoder silently gives PNG, ten times as large.
  return jpeg.type === "image/jpeg" && jpeg.size > 0 ? jpeg : null;
}
