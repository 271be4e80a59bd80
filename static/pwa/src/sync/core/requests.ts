/** Send requests and take note that they are on their way. Pure. */

import type { Push, RequestEffect, StoreEffect, SyncState, Work } from "./model";

/** One request of each key may be on its way. */
export function keyOf(effect: RequestEffect): string {
  if (effect.do === "part") return `part:${effect.device}:${effect.sha256}`;
  if (effect.do === "push" && effect.slot > 0) return `push:${effect.slot}`;
  return effect.do === "wholes" ? `wholes:${effect.device}:${effect.photos[0]?.sha256}` : effect.do;
}

export function send(work: Work, effect: RequestEffect): void {
  const in_flight = new Map(work.state.in_flight).set(keyOf(effect), { effect, began: work.now.mono });
  work.state = { ...work.state, in_flight, tried_at: work.now.mono };
  work.effects.push(effect);
}

/** The request has come to its end; returns how long it took, or null when it was not on its way. */
export function arrive(work: Work, effect: RequestEffect): number | null {
  const key = keyOf(effect);
  const sent = work.state.in_flight.get(key);
  if (sent === undefined) return null;
  const in_flight = new Map(work.state.in_flight);
  in_flight.delete(key);
  work.state = { ...work.state, in_flight };
  return work.now.mono - sent.began;
}

/** Make something durable; the run waits for it. */
export function store(work: Work, effect: StoreEffect): void {
  work.state = { ...work.state, storing: work.state.storing + 1 };
  work.effects.push(effect);
}

export function isOnItsWay(state: SyncState, kind: RequestEffect["do"]): boolean {
  return [...state.in_flight.values()].some(({ effect }) => effect.do === kind);
}

/** The batches that are on their way. */
export function pushesOnTheirWay(state: SyncState): readonly Push[] {
  return [...state.in_flight.values()].flatMap(({ effect }) => (effect.do === "push" ? [effect] : []));
}

/** How many requests that carry photos are on their way. */
export function countOfPhotos(state: SyncState): number {
  return [...state.in_flight.values()].filter(({ effect }) => effect.do === "part" || effect.do === "wholes").length;
}
