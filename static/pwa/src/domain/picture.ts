/** What the host sees: a pure function of the server's rows and everything not yet sent. */

import type { HostPicture, PictureSource, Uuid } from "./types";

/** Lay what is unsent over the server's rows. `sending`: operations in a request right now. */
export function makePicture(_source: PictureSource, _sending: ReadonlySet<Uuid>): HostPicture {
  throw new Error("being written");
}
