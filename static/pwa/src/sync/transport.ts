/** Talk to the server: the page's only `fetch`. Every call comes to an end, and what it brought is not judged here. */

import type { Uuid } from "../domain/types";
import type { Answer } from "./core/model";
import { APP_VERSION } from "./version";

const API = "/api/v1";
/** Below this, packing costs more than it saves. */
const GZIP_BYTES_MIN = 1_024;

export interface Question {
  readonly method: "GET" | "POST" | "PATCH";
  /** Below the API's root. */
  readonly path: string;
  readonly device: Uuid | null;
  readonly json?: unknown;
  readonly bytes?: ArrayBuffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout_ms: number;
  /** Pack a JSON body when it is worth it. */
  readonly isPacked?: boolean;
}

/** An answer with its ETag, for documents. */
export type FullAnswer = Answer & { readonly etag?: string | null };

export type Transport = (question: Question) => Promise<FullAnswer>;

/** Talk over `send`. Never rejects: what does not come back is `none`. `root` is the server's API. */
export function transportOver(send: typeof fetch, root: string = API): Transport {
  return async (question) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), question.timeout_ms);
    try {
      const request = await requestOf(question, abort.signal);
      return await readAnswer(await send(`${root}${question.path}`, request));
    } catch {
      return { kind: "none", why: abort.signal.aborted ? "timeout" : "network" };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Ask over the page's network. */
export const askServer: Transport = transportOver((address, request) => fetch(address, request));

async function requestOf(question: Question, signal: AbortSignal): Promise<RequestInit> {
  const { method, device, json, bytes, isPacked } = question;
  const headers: Record<string, string> = { Accept: "application/json", ...question.headers };
  if (method !== "GET") headers["X-Rond-Client"] = `pwa/${APP_VERSION}`;
  if (device !== null) headers["X-Rond-Device"] = device;
  const body = bytes ?? (json === undefined ? null : await packed(JSON.stringify(json), isPacked ?? false, headers));
  // A redirect is never the server's own: it is a portal that wants to be looked at.
  return { method, headers, body, signal, credentials: "same-origin", cache: "no-store", redirect: "error" };
}

async function packed(
  text: string,
  isPacked: boolean,
  headers: Record<string, string>,
): Promise<Uint8Array<ArrayBuffer>> {
  headers["Content-Type"] = "application/json";
  const plain = new TextEncoder().encode(text);
  if (!isPacked || plain.byteLength < GZIP_BYTES_MIN || typeof CompressionStream === "undefined") return plain;
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  headers["Content-Encoding"] = "gzip";
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function readAnswer(response: Response): Promise<FullAnswer> {
  const type = response.headers.get("Content-Type") ?? "";
  // The body is read in any case: a connection with unread bytes is not used again.
  const text = await response.text();
  return {
    kind: "http",
    status: response.status,
    body: /^application\/(problem\+)?json\b/i.test(type) ? parsed(text) : undefined,
    retry_after_s: secondsOf(response.headers.get("Retry-After")),
    etag: response.headers.get("ETag"),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secondsOf(header: string | null): number | null {
  const seconds = Number(header);
  return header === null || !Number.isFinite(seconds) || seconds < 0 ? null : seconds;
}
