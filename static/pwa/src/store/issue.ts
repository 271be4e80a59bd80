/** Issue several requests of one transaction. */

/**
 * Issue one request for each item and wait for all.
 *
 * A request that throws at once (the browser has dropped the transaction) fails like one that fails later: none of the others is left unheard.
 */
export function each<I, T>(items: readonly I[], request: (item: I) => Promise<T>): Promise<T[]> {
  return Promise.all(items.map(async (item) => request(item)));
}

/** Issue different requests and wait for all. */
export function together(...requests: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  return each(requests, (request) => request());
}
