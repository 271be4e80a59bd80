/** Judge what came back: only an answer that proves itself the server's own may change anything. Pure. */

import type { Answer } from "./model";

/** The keys of answers that anything is decided by. None of them is trusted to be there. */
export interface AnswerBody {
  readonly proto?: unknown;
  readonly epoch?: unknown;
  readonly code?: unknown;
  readonly wipe?: unknown;
  readonly off?: unknown;
  readonly done?: unknown;
  readonly blobs?: unknown;
  readonly acks?: unknown;
  readonly want?: unknown;
  readonly rows?: unknown;
  readonly cursor?: unknown;
  readonly more?: unknown;
  readonly server_time?: unknown;
  readonly safe_seq?: unknown;
  readonly retain_days?: unknown;
  readonly max_n?: unknown;
  readonly missing?: unknown;
  readonly photos_missing?: unknown;
}

/** What an answer means, whatever was asked. */
export type Verdict =
  | { readonly is: "ok"; readonly body: AnswerBody }
  /** Nothing came through, or something else than the server answered: the network's fault. */
  | { readonly is: "link"; readonly code: "offline" | "timeout" | "not_rond" }
  | { readonly is: "epoch_changed"; readonly epoch: string }
  | { readonly is: "scope_changed" }
  | { readonly is: "wrong_offset"; readonly off: number }
  | { readonly is: "signed_out" }
  | { readonly is: "needs_update" }
  | { readonly is: "revoked"; readonly wipe: "after_sync" | "now" }
  | { readonly is: "too_large" }
  /** The request itself is at fault: sent again as it is, it will be refused again. */
  | { readonly is: "bad"; readonly code: string }
  | { readonly is: "unknown" }
  /** The server's fault, or it is busy. */
  | { readonly is: "server"; readonly code: string; readonly status: number; readonly retry_after_s: number | null };

/** Judge an answer. A 200 counts only as JSON with `proto` 1 and an epoch where those are promised (`isSync`). */
export function judge(answer: Answer, isSync: boolean): Verdict {
  if (answer.kind === "none") return { is: "link", code: answer.why === "timeout" ? "timeout" : "offline" };
  const { status } = answer;
  const body = objectOf(answer.body);
  if (status === 200) return body !== null && (!isSync || isProven(body)) ? { is: "ok", body } : NOT_ROND;
  if (status === 429 || status >= 500) return serverTrouble(answer, body);
  const code = codeOf(body);
  // A captive portal answers 302, 403 or 511 with a page of its own: without our problem's code it says nothing.
  return code === null ? withoutCode(status) : refusal(status, code, body ?? {});
}

/** Something between phone and server has answered. */
export const NOT_ROND: Verdict = { is: "link", code: "not_rond" };

function withoutCode(status: number): Verdict {
  return status === 413 ? { is: "too_large" } : NOT_ROND;
}

function refusal(status: number, code: string, body: AnswerBody): Verdict {
  if (code === "epoch_changed" && typeof body.epoch === "string") return { is: "epoch_changed", epoch: body.epoch };
  if (code === "scope_changed") return { is: "scope_changed" };
  if (code === "wrong_offset" && isCount(body.off)) return { is: "wrong_offset", off: body.off };
  if (code === "device_revoked") return { is: "revoked", wipe: body.wipe === "now" ? "now" : "after_sync" };
  if (status === 426 || code === "update_required") return { is: "needs_update" };
  if (status === 401) return { is: "signed_out" };
  if (status === 404) return { is: "unknown" };
  if (status === 413) return { is: "too_large" };
  return { is: "bad", code };
}

function serverTrouble(answer: Extract<Answer, { kind: "http" }>, body: AnswerBody | null): Verdict {
  const { status, retry_after_s } = answer;
  return { is: "server", code: codeOf(body) ?? `http_${status}`, status, retry_after_s };
}

function isProven(body: AnswerBody): boolean {
  return body.proto === 1 && typeof body.epoch === "string" && body.epoch !== "";
}

/** The stable code of problem JSON. */
function codeOf(body: AnswerBody | null): string | null {
  const code = body?.code;
  return typeof code === "string" && code !== "" ? code : null;
}

function objectOf(body: unknown): AnswerBody | null {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as AnswerBody) : null;
}

/** Whether a value is a whole number that is not negative. */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
