/** Register the service worker and tell when a new version waits. */

export type UpdateState = "none" | "ready" | "applying";

export interface Updates {
  state(): UpdateState;
  subscribe(listener: (state: UpdateState) => void): () => void;
  /** True once the app opens without a network. */
  isOfflineReady(): boolean;
  /** Change to the new version and reload, unless `isBusy` says no (a round records, an editor is open). Returns whether it does. */
  apply(): boolean;
}

/** Register `/pwa/sw.js`. `isBusy` is asked at the moment of applying. */
export function registerWorker(_isBusy: () => boolean): Updates {
  throw new Error("being written");
}
