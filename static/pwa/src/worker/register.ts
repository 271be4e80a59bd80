/** Register the service worker and tell when a new version waits. */

export type UpdateState = "none" | "ready" | "applying";

export interface Updates {
  state(): UpdateState;
  subscribe(listener: (state: UpdateState) => void): () => void;
  /** True once the app opens without a network. */
  isOfflineReady(): boolean;
  /** Change to the new version and reload, unless the app is busy. Returns whether it does. */
  apply(): boolean;
}

const WORKER = "/pwa/sw.js";
/** How often a page that stays open looks for a new version. */
const LOOK_EVERY_MS = 3_600_000;

/** Register the worker. `isBusy` (a round records, an editor is open) is asked at the moment of applying. */
export function registerWorker(isBusy: () => boolean): Updates {
  const updates = new WorkerUpdates(isBusy);
  if ("serviceWorker" in navigator) void updates.register(navigator.serviceWorker);
  return updates;
}

class WorkerUpdates implements Updates {
  readonly #isBusy: () => boolean;
  readonly #listeners = new Set<(state: UpdateState) => void>();
  #state: UpdateState = "none";
  #isOfflineReady = false;
  #waiting: ServiceWorker | null = null;

  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  state(): UpdateState {
    return this.#state;
  }

  subscribe(listener: (state: UpdateState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isOfflineReady(): boolean {
    return this.#isOfflineReady;
  }

  apply(): boolean {
    if (this.#waiting === null || this.#isBusy()) return false;
    this.#change("applying");
    const worker = this.#waiting;
    // A worker that came to work by itself when no page was open changes no controller: it says when it is done.
    const isAtWork = worker.state === "activated";
    void ask(worker, "SKIP_WAITING").then(() => isAtWork && location.reload());
    return true;
  }

  async register(container: ServiceWorkerContainer): Promise<void> {
    // Reload only for a change this page asked for: the first worker's arrival is none, and another tab's is not ours.
    container.addEventListener("controllerchange", () => {
      if (this.#state === "applying") location.reload();
    });
    try {
      const registration = await container.register(WORKER, { scope: "/pwa/", updateViaCache: "none" });
      this.#look(registration);
      await container.ready;
      this.#isOfflineReady = true;
      this.#change(this.#state);
      const { active } = registration;
      if (active !== null && (await ask(active, "IS_NEWER")) === true) this.#offer(active);
    } catch {
      // Without a worker the app works while there is a network; the screen shows that it is not ready for offline.
    }
  }

  #look(registration: ServiceWorkerRegistration): void {
    this.#offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const found = registration.installing;
      found?.addEventListener("statechange", () => {
        if (found.state === "installed" && navigator.serviceWorker.controller !== null) this.#offer(found);
      });
    });
    const look = () => void registration.update().catch(() => {});
    setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  }

  #offer(worker: ServiceWorker | null): void {
    if (worker === null || this.#state === "applying") return;
    this.#waiting = worker;
    this.#change("ready");
  }

  #change(state: UpdateState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

/** Ask a worker, and wait for what it says. */
function ask(worker: ServiceWorker, type: "SKIP_WAITING" | "IS_NEWER"): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event: MessageEvent) => {
      port1.close();
      resolve(event.data);
    };
    worker.postMessage({ type }, [port2]);
  });
}
