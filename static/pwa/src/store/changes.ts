/** Tell what changed in a store: to this page at once with the values, to the phone's other tabs by word only. */

import type { Profile, PulledRow, Sha256, StoredOp, StoredPhoto, Uuid } from "../domain/types";
import type { Topic } from "./store";

/** New values of what changed. What is absent did not change. */
export interface Change {
  readonly topics: readonly Topic[];
  readonly ops?: readonly StoredOp[];
  readonly opsGone?: readonly Uuid[];
  readonly rows?: readonly PulledRow[];
  readonly photos?: readonly StoredPhoto[];
  readonly photosGone?: readonly Sha256[];
  readonly profile?: Profile;
  /** Too much changed to tell: read everything again. */
  readonly isAll?: boolean;
}

type Listener = (change: Change) => void;

export class Changes {
  readonly #listeners = new Set<Listener>();
  readonly #channel: BroadcastChannel | null;

  constructor(device: Uuid) {
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`rond-${device}`);
    this.#channel?.addEventListener("message", (event: MessageEvent<readonly Topic[]>) => {
      this.#deliver({ topics: event.data, isAll: event.data.includes("picture") });
    });
  }

  /** Call back after each change, also one made in another tab. Returns the unsubscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tell of a change that is durable. */
  tell(change: Change): void {
    if (change.topics.length === 0) return;
    this.#deliver(change);
    this.#channel?.postMessage(change.topics);
  }

  close(): void {
    this.#listeners.clear();
    this.#channel?.close();
  }

  #deliver(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
