/** How the core's requests travel (protocol sections 2–6). */

import { type Clock, onWire } from "../domain/clock";
import type { Operation, Sha256 } from "../domain/types";
import type { Have, Part, Pull, Push, RequestEffect, Wholes } from "./core/model";
import type { Question } from "./transport";
import { APP_VERSION } from "./version";

const PULL_ROWS = 500;

/** A push of these operations. */
export function pushQuestion(push: Push, ops: readonly Operation[], clock: Clock): Question {
  const { device, epoch, unsent, timeout_ms } = push;
  const json = {
    proto: 1,
    epoch,
    app: APP_VERSION,
    clock: { wall: onWire(clock.wall()), mono: onWire(clock.mono()) },
    unsent,
    ops,
  };
  return { method: "POST", path: "/sync/push", device, json, isPacked: true, timeout_ms };
}

export function pullQuestion({ device, cursor, timeout_ms }: Pull): Question {
  const from = cursor === null ? "" : `cursor=${encodeURIComponent(cursor)}&`;
  return { method: "GET", path: `/sync/pull?${from}limit=${PULL_ROWS}`, device, timeout_ms };
}

export function haveQuestion({ device, sha256, timeout_ms }: Have): Question {
  return { method: "POST", path: "/sync/blobs/have", device, json: { sha256 }, timeout_ms };
}

/** A part of a photo. Raises when the page has no digests (not a secure context). */
export async function partQuestion(part: Part, bytes: ArrayBuffer): Promise<Question> {
  const { device, sha256, off, size, total, timeout_ms } = part;
  const headers = {
    "Content-Type": "application/octet-stream",
    "Upload-Offset": String(off),
    "Upload-Length": String(total),
    "Upload-Complete": off + size === total ? "?1" : "?0",
    "Content-Digest": `sha-256=:${base64(await crypto.subtle.digest("SHA-256", bytes))}:`,
  };
  return { method: "PATCH", path: `/sync/blobs/${sha256}`, device, bytes, headers, timeout_ms };
}

/** Photos whole, one behind the other: their names prove them. */
export function wholesQuestion({ device, photos, timeout_ms }: Wholes, contents: readonly ArrayBuffer[]): Question {
  const bytes = new Uint8Array(contents.reduce((sum, content) => sum + content.byteLength, 0));
  let at = 0;
  for (const content of contents) {
    bytes.set(new Uint8Array(content), at);
    at += content.byteLength;
  }
  const headers = {
    "Content-Type": "application/octet-stream",
    "Upload-Photos": photos.map(({ sha256, size }) => `${sha256}=${size}`).join(", "),
  };
  return { method: "PATCH", path: "/sync/blobs", device, bytes: bytes.buffer, headers, timeout_ms };
}

export function auditQuestion({ device, timeout_ms }: RequestEffect): Question {
  return { method: "GET", path: "/sync/audit", device, timeout_ms };
}

/** The name a photo's bytes go by. */
export async function sha256Of(bytes: ArrayBuffer): Promise<Sha256> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
