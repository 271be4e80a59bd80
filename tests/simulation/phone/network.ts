/** What is between phones and server: letters that wait until the schedule lets them go, and what may befall them. */

import { gzipSync } from "node:zlib";
import type { Chance } from "./chance";
import type { Answered, Sent } from "./server";

/** A request on its way, and who waits for its answer. */
export interface Letter {
  readonly sent: Sent;
  readonly phone: number;
  /** What to say of it in the trace. */
  readonly name: string;
  readonly answer: (answered: Response) => void;
  readonly fail: () => void;
  /** Nobody waits any more: given up, or the page is gone. */
  isForgotten: boolean;
}

/** An answer on its way back. */
export interface Reply {
  readonly letter: Letter;
  readonly response: Response;
}

export class Network {
  letters: Letter[] = [];
  replies: Reply[] = [];
  /** Requests that their phones have given up and that may still arrive. */
  late: Letter[] = [];
  readonly #chance: Chance;
  readonly #cookieOf: (phone: number) => string;

  constructor(chance: Chance, cookieOf: (phone: number) => string) {
    this.#chance = chance;
    this.#cookieOf = cookieOf;
  }

  /** The `fetch` of a phone. */
  fetchOf(phone: number): typeof fetch {
    return (address, init) =>
      new Promise((resolve, reject) => {
        const sent = this.#sentOf(phone, String(address), init ?? {});
        const letter: Letter = {
          sent,
          phone,
          name: `${phone} ${sent.method} ${nameOf(sent)}`,
          answer: resolve,
          fail: () => reject(new TypeError("the network")),
          isForgotten: false,
        };
        this.letters.push(letter);
        init?.signal?.addEventListener("abort", () => {
          this.#forget(letter);
          reject(new DOMException("aborted", "AbortError"));
        });
      });
  }

  /** The pages of a phone are gone: nobody there waits for anything. */
  forgetPhone(phone: number): void {
    for (const letter of [...this.letters]) if (letter.phone === phone) this.#forget(letter);
    for (const { letter } of this.replies) if (letter.phone === phone) letter.isForgotten = true;
    this.replies = this.replies.filter(({ letter }) => !letter.isForgotten);
  }

  /** Take a letter out to deal with it. */
  take(): Letter | undefined {
    const [letter] = this.letters.splice(this.#chance.below(this.letters.length), 1);
    return letter;
  }

  #forget(letter: Letter): void {
    letter.isForgotten = true;
    if (!this.letters.includes(letter)) return;
    this.letters = this.letters.filter((known) => known !== letter);
    this.late.push(letter);
  }

  #sentOf(phone: number, path: string, init: RequestInit): Sent {
    const headers: Record<string, string> = {
      ...(init.headers as Record<string, string>),
      Cookie: `rond_phone=${this.#cookieOf(phone)}`,
    };
    const body: Uint8Array = bytesOf(init.body);
    const isPacked = path.endsWith("/push") && this.#chance.is(0.3);
    if (isPacked) Object.assign(headers, { "Content-Encoding": "gzip" });
    return { method: init.method ?? "GET", path, headers, body: isPacked ? new Uint8Array(gzipSync(body)) : body };
  }
}

function bytesOf(body: BodyInit | null | undefined): Uint8Array {
  if (body === null || body === undefined) return new Uint8Array();
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  throw new Error("a body of another kind");
}

function nameOf({ method, path, body, headers }: Sent): string {
  const short = path.replace("/api/v1/sync/", "").replace(/([0-9a-f]{8})[0-9a-f]{56}/, "$1");
  return method === "PATCH" ? `${short} ${headers["Upload-Offset"]}+${body.length}` : short;
}

/** The server's answer as a page gets it. */
export function responseOf(answered: Exclude<Answered, { stopped: true }>): Response {
  return made(answered.status, answered.type, answered.body, answered.retry_after);
}

/** Pages of others than the server: a portal, a gateway, a proxy that finds a body too large. */
export const STRANGERS: readonly Response[] = [
  made(200, "text/html", "<h1>Welcome to the guests' network</h1>"),
  made(200, "application/json", '{"portal": true}'),
  made(502, "text/html", "<h1>Bad gateway</h1>"),
  made(503, "text/html", "", "1"),
  made(511, "text/html", "<h1>Network authentication required</h1>"),
  made(403, "text/html", "<h1>Forbidden</h1>"),
  made(404, "text/html", "<h1>Not found</h1>"),
];
export const TOO_LARGE_FOR_A_PROXY = made(413, "text/html", "<h1>Request entity too large</h1>");

/** An answer that was cut short: what is left of its JSON is none. */
export function cutShort(answered: Exclude<Answered, { stopped: true }>, at: number): Response {
  const end = answered.body.length === 0 ? 0 : at % answered.body.length;
  return made(answered.status, answered.type, answered.body.slice(0, end), null);
}

/** A response as far as the transport looks at it; the real one takes its text from another thread. */
function made(status: number, type: string, text: string, retryAfter: string | null = null): Response {
  const headers: Record<string, string | null> = { "content-type": type, "retry-after": retryAfter };
  const response = {
    status,
    headers: { get: (name: string) => headers[name.toLowerCase()] ?? null },
    text: async () => text,
  };
  return response as unknown as Response;
}

/** The beginning of a request whose connection breaks; its headers say how long it was. */
export function beginningOf(sent: Sent, at: number): Sent {
  const { body } = sent;
  return body.length === 0 ? sent : { ...sent, body: body.slice(0, at % body.length), length: body.length };
}

/** A bit of the body is turned on its way; where nothing guards the bytes, all of them become nonsense. */
export function garbled(sent: Sent, at: number): Sent {
  if (sent.body.length === 0) return sent;
  const body = sent.body.slice();
  const isGuarded = sent.method === "PATCH" || sent.headers["Content-Encoding"] === "gzip";
  const place = isGuarded ? at % body.length : 0;
  body[place] = (body[place] ?? 0) ^ (isGuarded ? 1 << (at % 8) : 0xff);
  return { ...sent, body };
}
