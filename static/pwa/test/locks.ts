/** Web Locks within a page, as far as they are used: one holder, a queue, let go of by the promise or the signal. */

type Kept = (lock: Lock | null) => Promise<unknown> | undefined;

interface Waiting {
  readonly name: string;
  readonly kept: Kept;
  readonly done: () => void;
}

export class PlayedLocks {
  readonly #held = new Set<string>();
  #queue: Waiting[] = [];

  request(name: string, options: LockOptions, kept: Kept): Promise<void> {
    if (!this.#held.has(name)) return this.#grant(name, kept);
    if (options.ifAvailable) return Promise.resolve().then(() => void kept(null));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { name, kept, done: resolve };
      this.#queue.push(waiting);
      options.signal?.addEventListener("abort", () => {
        this.#queue = this.#queue.filter((other) => other !== waiting);
        reject(new DOMException("aborted", "AbortError"));
      });
    });
  }

  async #grant(name: string, kept: Kept): Promise<void> {
    this.#held.add(name);
    await Promise.resolve();
    await kept({ name, mode: "exclusive" });
    this.#held.delete(name);
    const next = this.#queue.find((waiting) => waiting.name === name);
    this.#queue = this.#queue.filter((waiting) => waiting !== next);
    if (next) void this.#grant(name, next.kept).then(next.done);
  }
}
