/** Start and stop the sync of this page. Called once by the app's root. */

import type { Phone } from "../store/phone";
import type { Store } from "../store/store";

export interface Sync {
  /** Another user's store is in use now (or none). */
  use(store: Store | null): void;
  stop(): void;
}

/** Listen to the page's triggers and keep sending. */
export function startSync(_phone: Phone, _store: Store | null): Sync {
  throw new Error("being written");
}
