/** Who uses the phone: signing in and out, and taking over from one another. */

import type { DeviceEntry } from "../domain/types";
import type { Account, AccountFault, KnownUser } from "../features/context";
import { openStore, type Phone } from "../store/phone";
import { askPersist } from "../store/storage";
import type { Store } from "../store/store";
import { type ApiResult, changePassword, firstSignIn, signIn, signOut } from "../sync/api";

const SIGN_OUT_MS_MAX = 4_000;

export interface StoreInUse {
  current(): Store | null;
  /** Put another user's store to use, or none. */
  use(store: Store | null): Promise<void>;
}

export function createAccount(phone: Phone, inUse: StoreInUse): Account {
  const adopt = async (outcome: ApiResult<Store>): Promise<AccountFault> => {
    if (!outcome.ok) return outcome.error.code;
    void askPersist();
    await inUse.use(outcome.value);
    return null;
  };
  return {
    hasUsers: async () => (await phone.devices()).length > 0,
    signIn: async (login, password) => adopt(await signIn(phone, login, password)),
    firstSignIn: async (login, code, newPassword) => adopt(await firstSignIn(phone, login, code, newPassword)),
    async changePassword(password, newPassword) {
      const store = inUse.current();
      if (store === null) return "signed_out";
      const outcome = await changePassword(store, password, newPassword);
      return outcome.ok ? null : outcome.error.code;
    },
    async signOut() {
      const store = inUse.current();
      if (store === null) return;
      // A network that hangs does not keep the host: the server hears of it when it can.
      const told = signOut(phone, store).then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([told, new Promise<void>((resolve) => setTimeout(resolve, SIGN_OUT_MS_MAX))]);
      await phone.setCurrent(null);
      await inUse.use(null);
    },
    async switchTo(user) {
      await phone.setCurrent(user.device);
      await inUse.use(await openStore(user));
    },
    users: () => knownUsers(phone, inUse.current()),
    vanished: () => phone.vanished(),
    forgetVanished: (device) => phone.forgetVanished(device),
  };
}

async function knownUsers(phone: Phone, current: Store | null): Promise<KnownUser[]> {
  const entries = await phone.devices();
  return Promise.all(entries.map(async (entry) => ({ ...entry, unsent: await unsentOf(entry, current) })));
}

/** Unsent operations of a user's store; null when the phone cannot read it now. */
async function unsentOf(entry: DeviceEntry, current: Store | null): Promise<number | null> {
  const isCurrent = current?.device === entry.device;
  try {
    const store = isCurrent ? current : await openStore(entry);
    const unsent = store.source().ops.filter((op) => op.state !== "acked").length;
    if (!isCurrent) store.close();
    return unsent;
  } catch {
    return null;
  }
}
