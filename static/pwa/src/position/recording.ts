/** Geolocation, wake lock and visibility around the pure recorder. */

import {
  RECORDER_OFF,
  type RecorderEffect,
  type RecorderEvent,
  type RecorderState,
  stepRecorder,
} from "../domain/recorder";
import type { Uuid } from "../domain/types";
import type { Store } from "../store/store";
import { systemClock } from "../store/system";
import { createWatch } from "./geolocation";
import type { Recorder, RecorderView } from "./recorder_driver";
import { createScreenLock } from "./wake_lock";

const TICK_MS = 5_000;

/** The recording of a store's rounds. `tell` is called with every change. */
export class RecorderDriver implements Omit<Recorder, "subscribe"> {
  readonly #store: Store;
  readonly #tellAll: (view: RecorderView) => void;
  readonly #screen = createScreenLock(() => this.#tell());
  readonly #watch = createWatch(
    {
      onFix: (fix) => this.#send({ type: "fix", fix }),
      onPermission: (is_denied) => this.#send({ type: "permission", is_denied }),
    },
    systemClock.wall,
  );
  #state: RecorderState = RECORDER_OFF;
  #round: Uuid | null = null;
  #page: AbortController | null = null;
  /** Effects on the store are done one after the other, in the order they were decided. */
  #writing: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  constructor(store: Store, tell: (view: RecorderView) => void) {
    this.#store = store;
    this.#tellAll = tell;
  }

  view(): RecorderView {
    const { mode, gap, last_fix, is_denied } = this.#state;
    return { round: this.#round, mode, gap, last_fix, is_denied, has_wake_lock: this.#screen.isHeld() };
  }

  async start(round: Uuid): Promise<void> {
    if (this.#round === round) return;
    await this.leave();
    const before = await this.#store.recording();
    const known = await this.#store.startRecording(round);
    this.#round = round;
    const alive_at = before?.round === round ? known.alive_at : null;
    const is_visible = document.visibilityState === "visible";
    this.#listen();
    this.#send({ type: "start", alive_at, is_paused: known.is_paused, is_visible });
    await this.#settled();
  }

  async pause(): Promise<void> {
    await this.#screen.letGo();
    await this.#sendAndSettle({ type: "pause" });
  }

  async resume(): Promise<void> {
    await this.#sendAndSettle({ type: "resume" });
  }

  async end(): Promise<void> {
    await this.#finish({ type: "end" });
  }

  async leave(): Promise<void> {
    if (this.#round !== null) await this.#finish({ type: "leave" });
  }

  async #finish(event: RecorderEvent): Promise<void> {
    this.#page?.abort();
    this.#page = null;
    await this.#screen.letGo();
    await this.#sendAndSettle(event);
    this.#round = null;
    this.#tell();
  }

  async #sendAndSettle(event: RecorderEvent): Promise<void> {
    this.#send(event);
    await this.#settled();
  }

  /** Raises the first thing the store has raised since this was last asked. */
  async #settled(): Promise<void> {
    await this.#writing;
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  #send(event: RecorderEvent): void {
    const now = { wall: systemClock.wall(), mono: systemClock.mono() };
    const next = stepRecorder(this.#state, event, now);
    this.#state = next.state;
    for (const effect of next.effects) this.#act(effect);
    this.#tell();
  }

  #act(effect: RecorderEffect): void {
    if (effect.do === "watch") {
      this.#watch.begin();
      if (this.#state.is_visible) void this.#screen.hold();
    } else if (effect.do === "unwatch") {
      this.#watch.stop();
    } else {
      this.#write(effect);
    }
  }

  #write(effect: RecorderEffect): void {
    const round = this.#round;
    if (round === null) return;
    // What could not be written stays loose in the store; the next effect is tried all the same.
    this.#writing = this.#writing
      .then(() => writeEffect(this.#store, round, effect))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** The page's own events, until the recording stops. */
  #listen(): void {
    const page = new AbortController();
    this.#page = page;
    const { signal } = page;
    const visibility = () => {
      const is_visible = document.visibilityState === "visible";
      this.#send({ type: is_visible ? "visible" : "hidden" });
      // The browser takes the lock back whenever the page is hidden.
      if (is_visible && this.#state.mode === "recording") void this.#screen.hold();
    };
    document.addEventListener("visibilitychange", visibility, { signal });
    window.addEventListener("pagehide", () => this.#send({ type: "hidden" }), { signal });
    const timer = setInterval(() => {
      this.#send({ type: "tick" });
      // Taken back while the page is seen, or refused at first: asked for again until it is held.
      const { mode, is_visible } = this.#state;
      if (mode === "recording" && is_visible && !this.#screen.isHeld()) void this.#screen.hold();
    }, TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  #tell(): void {
    this.#tellAll(this.view());
  }
}

async function writeEffect(store: Store, round: Uuid, effect: RecorderEffect): Promise<void> {
  switch (effect.do) {
    case "store_fix":
      await store.putFix(round, effect.fix);
      break;
    case "close_segment":
      await store.closeSegment(round, { carry: effect.carry });
      break;
    case "record_gap": {
      const { from, to, reason } = effect;
      const data = { round, from: Math.round(from), to: Math.round(to), reason };
      await store.saveRecord({ type: "gap.record", entity: store.newId(), base: null, data });
      break;
    }
    case "set_paused":
      await store.setPaused(round, effect.is_paused);
      break;
    case "heartbeat":
      await store.heartbeat(round);
      break;
    case "end_recording":
      await store.endRecording(round);
      break;
  }
}
