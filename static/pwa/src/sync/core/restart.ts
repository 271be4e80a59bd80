/** The server is another one than before, or the user's scope is: begin again, but not for ever. Pure. */

import type { Sha256, Uuid } from "../../domain/types";
import { changeDevice } from "./devices";
import type { PhotoProgress, StoreEffect, Work } from "./model";
import { store } from "./requests";
import { laneFailed } from "./trouble";

/** A server that changes its epoch or scope so often in one run is not one server. */
const RESTARTS_MAX = 3;

export function onEpochChanged(work: Work, device: Uuid, epoch: string): void {
  restart(work, "epoch_changed", { do: "restart", device, epoch });
}

export function onScopeChanged(work: Work, device: Uuid): void {
  restart(work, "scope_changed", { do: "drop_cursor", device });
}

function restart(work: Work, code: string, effect: StoreEffect): void {
  const restarts = work.state.restarts + 1;
  work.state = { ...work.state, restarts };
  if (restarts <= RESTARTS_MAX) {
    store(work, effect);
    return;
  }
  laneFailed(work, "push", code);
  laneFailed(work, "pull", code);
}

/** The store has begun again. With a new `epoch` all is sent again too; offsets the old server named count no more. */
export function onRestarted(work: Work, device: Uuid, epoch: string | null): void {
  const anew = {
    epoch,
    photos: new Map<Sha256, PhotoProgress>(),
    wanted: new Map<Sha256, number>(),
    skipped: new Set<Uuid>(),
  };
  changeDevice(work, device, (known) => ({ ...known, cursor: null, ...(epoch === null ? {} : anew) }));
  work.state = { ...work.state, wants_load: true, wants_pull: true };
}
