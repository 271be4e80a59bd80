/** What the screens are told of the core's state. Pure. */

import type { Uuid } from "../../domain/types";
import type { SyncState as ShownState, SyncStatus } from "../status";
import { currentDevice } from "./devices";
import type { Now, RequestEffect, SyncState } from "./model";
import { nextWake } from "./wake";

const SENDING: ReadonlySet<RequestEffect["do"]> = new Set(["push", "part", "wholes"]);

/** Put the core's state into the screens' words. */
export function reportOf(state: SyncState, now: Now): SyncStatus {
  const current = currentDevice(state);
  const others = state.devices.filter((device) => !device.is_current);
  const wake = nextWake(state, now);
  const shown = shownState(state);
  return {
    state: shown,
    unsent: current?.unsent ?? 0,
    unsent_others: others.reduce((total, device) => total + device.unsent, 0),
    photos_left: (current?.photos.size ?? 0) + (current?.photos_kept ?? 0),
    next_try_at: wake === null || (shown !== "waiting" && shown !== "offline") ? null : Math.round(now.wall + wake),
    last_synced_at: current?.synced_at ?? null,
    last_error: state.last_error,
    clock_offset_ms: state.clock_offset_ms,
    sending: sendingOf(state),
  };
}

function shownState(state: SyncState): ShownState {
  if (state.stopped !== null) return state.stopped;
  if (state.is_signed_out) return "signed_out";
  if (currentDevice(state)?.revoked) return "revoked";
  if (state.link.failures > 0) return state.is_online ? "waiting" : "offline";
  if ([...state.in_flight.values()].some(({ effect }) => SENDING.has(effect.do))) return "sending";
  const hasWork = state.devices.some((device) => device.unsent > 0 || device.photos.size > 0);
  return hasWork ? "waiting" : "idle";
}

function sendingOf(state: SyncState): ReadonlySet<Uuid> {
  const pushes = [...state.in_flight.values()].flatMap(({ effect }) => (effect.do === "push" ? effect.ids : []));
  return new Set(pushes);
}
