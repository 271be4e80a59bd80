/** The stores on this phone: one per user, listed in a small database of their own. */

import type { DeviceEntry, Uuid } from "../domain/types";
import type { Store } from "./store";

export interface Phone {
  /** Every user's store on this phone, last used first. */
  devices(): Promise<readonly DeviceEntry[]>;
  /** The one in use, or null before anyone has signed in. */
  current(): Promise<DeviceEntry | null>;
  setCurrent(device: Uuid | null): Promise<void>;
  /** Stores that were on this phone and are gone although nobody removed them. */
  vanished(): Promise<readonly DeviceEntry[]>;
  /** The host has been told. */
  forgetVanished(device: Uuid): Promise<void>;
}

/** Open the list of stores. */
export function openPhone(): Promise<Phone> {
  throw new Error("being written");
}

/** Open one user's store and load what the picture is made from. Rejects with StorageTrouble. */
export function openStore(_entry: DeviceEntry): Promise<Store> {
  throw new Error("being written");
}
