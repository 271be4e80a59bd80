/** The server is another one than before, or the user's scope is: begin again, but not for ever. Pure. */

import type { Sha256, Uuid } from "../../domain/types";
import type { AnswerBody } from "./answers";
import { changeDevice } from "./devices";
import type { Answer, PhotoProgress, StoreEffect, Work } from "./model";
import { store } from "./requests";
import { laneFailed } from "./trouble";

/** A server that changes its epoch or scope so often in one run is not one server. */
const RESTARTS_MAX = 3;

export function onEpochChanged(work: Work, device: Uuid, epoch: string): void {
  restart(work, "epoch_changed", { do: "restart", device, epoch });
}

/**
 * An answer names the server, and what it says to one device counts for all of this phone: one whose user is not here asks for nothing,
 * and would never learn that the server was restored. A refusal names it too, so that who may no longer read still gives back.
 */
export function noteEpoch(work: Work, asked: Uuid, answer: Answer): void {
  const epoch = epochOf(answer);
  if (epoch === null) return;
  for (const { device, epoch: known } of work.state.devices) {
    if (known === null || known === epoch) continue;
    if (device !== asked) store(work, { do: "restart", device, epoch });
    else if (isRefusal(answer)) onEpochChanged(work, device, epoch);
  }
}

function epochOf(answer: Answer): string | null {
  if (answer.kind === "none" || typeof answer.body !== "object" || answer.body === null) return null;
  const { proto, code, epoch } = answer.body as AnswerBody;
  const isOurs = answer.status === 200 ? proto === 1 : typeof code === "string";
  return isOurs && typeof epoch === "string" && epoch !== "" ? epoch : null;
}

function isRefusal(answer: Answer): boolean {
  return answer.kind === "http" && (answer.status === 401 || answer.status === 403);
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
