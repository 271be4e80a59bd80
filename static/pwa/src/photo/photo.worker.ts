/** The worker that makes photos ready, so that the screen never waits for a decoder. */

import { shrink } from "./shrink";

interface Asked {
  readonly id: number;
  readonly file: Blob;
}

self.addEventListener("message", (event: MessageEvent<Asked>) => {
  const { id, file } = event.data;
  shrink(file)
    .catch(() => null)
    .then((jpeg) => jpeg?.arrayBuffer() ?? null)
    .then((bytes) => self.postMessage({ id, bytes }, { transfer: bytes === null ? [] : [bytes] }))
    .catch(() => self.postMessage({ id, bytes: null }));
});
