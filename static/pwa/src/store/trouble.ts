/** What goes wrong with a browser's storage, and what of it a second try may cure. */

/** The browser's storage would not do what was asked, after every retry. */
export class StorageTrouble extends Error {
  override readonly name = "StorageTrouble";
  /**
   * `unavailable`: the browser's storage has stopped, a reload may help. `full`: no room. `lost`: the store that was here is gone.
   */
  constructor(
    readonly code: "unavailable" | "full" | "lost",
    override readonly cause?: unknown,
  ) {
    super(`storage ${code}`);
  }
}

/** Let `work` go on by itself. That the storage fails under it is not news: `onTrouble` has told it already. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof StorageTrouble)) throw error;
  });
}

/** Browsers raise these when they have dropped the connection under us; all our writes may be repeated. */
const PASSING = new Set(["InvalidStateError", "UnknownError", "AbortError", "TimeoutError"]);

/** Whether reopening and trying again may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.has(error.name);
}

/** Whether the store has no room. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === "QuotaExceededError";
}

/** Reject with TimeoutError when `work` has not come to an end after `ms`. What it does later is the caller's to undo. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(named("TimeoutError", `storage silent for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
