/** The lane of what the server knows: page by page, and the audit after it. Pure. */

import type { Audit, PullAnswer } from "../../domain/types";
import { isCount, judge } from "./answers";
import { changeDevice, currentDevice, hasToPush } from "./devices";
import type { Answer, AskAudit, Pull, Work } from "./model";
import { send, store } from "./requests";
import { laneFailed, laneWorks, linkFailed, linkWorks } from "./trouble";

/** How often the device's numbers are compared with the server's. */
const AUDIT_EVERY_MS = 12 * 3600 * 1000;

/** Ask for the next page of the device whose user is signed in. */
export function planPull(work: Work): void {
  const device = currentDevice(work.state);
  if (device === undefined || device.is_revoked) {
    work.state = { ...work.state, wants_pull: false };
    return;
  }
  send(work, { do: "pull", device: device.device, cursor: device.cursor, timeout_ms: work.state.patience_ms });
}

/** The answer to a pull. */
export function onPulled(work: Work, pull: Pull, answer: Answer): void {
  const verdict = judge(answer, true);
  if (verdict.is === "ok") {
    const page = pullAnswer(verdict.body);
    if (page === null) return linkFailed(work, "not_rond");
    linkWorks(work);
    laneWorks(work, "pull");
    const epoch = currentDevice(work.state)?.epoch ?? null;
    if (epoch !== null && epoch !== page.epoch) {
      return store(work, { do: "restart", device: pull.device, epoch: page.epoch });
    }
    return store(work, { do: "store_rows", device: pull.device, asked_with: pull.cursor, answer: page });
  }
  if (verdict.is === "link") return linkFailed(work, verdict.code);
  linkWorks(work);
  if (verdict.is === "scope_changed") return store(work, { do: "drop_cursor", device: pull.device });
  if (verdict.is === "server") return laneFailed(work, "pull", verdict.code, verdict.retry_after_s);
  if (verdict.is === "bad" || verdict.is === "unknown" || verdict.is === "too_large" || verdict.is === "wrong_offset") {
    laneFailed(work, "pull", verdict.is === "bad" ? verdict.code : verdict.is);
  }
}

/** A page is durable (`ledOn`), or its cursor led no further and it was ignored. */
export function onRowsStored(work: Work, device: string, answer: PullAnswer, ledOn: boolean): void {
  if (ledOn) {
    changeDevice(work, device, (known) => ({ ...known, cursor: answer.cursor, epoch: answer.epoch }));
    if (answer.more) return;
  }
  changeDevice(work, device, (known) => ({ ...known, synced_at: work.now.wall }));
  work.state = { ...work.state, wants_pull: false, pulled_at: work.now.mono };
  store(work, { do: "clean", device });
}

/** Whether it is time to ask what the server lacks: nothing is unsent, so what it lacks is lost. */
export function isAuditDue(work: Work): boolean {
  const { audited_at, wants_pull, pulled_at } = work.state;
  const device = currentDevice(work.state);
  if (device === undefined || device.is_revoked || wants_pull || pulled_at === null || hasToPush(device)) return false;
  return audited_at === null || work.now.mono - audited_at >= AUDIT_EVERY_MS;
}

export function planAudit(work: Work): void {
  const device = currentDevice(work.state);
  if (device === undefined) return;
  work.state = { ...work.state, audited_at: work.now.mono };
  send(work, { do: "audit", device: device.device, timeout_ms: work.state.patience_ms });
}

/** The answer to the audit. One that is not understood is asked for again another time. */
export function onAudited(work: Work, ask: AskAudit, answer: Answer): void {
  const verdict = judge(answer, false);
  if (verdict.is === "link") return linkFailed(work, verdict.code);
  linkWorks(work);
  const audit = verdict.is === "ok" ? auditOf(verdict.body) : null;
  if (audit !== null) store(work, { do: "store_audit", device: ask.device, audit });
}

function auditOf({ max_n, missing, photos_missing }: Record<string, unknown>): Audit | null {
  if (!isCount(max_n) || !Array.isArray(missing) || !Array.isArray(photos_missing)) return null;
  return missing.every(isCount) ? { max_n, missing, photos_missing } : null;
}

/** A pull answer in its full shape, or null. */
export function pullAnswer(body: Record<string, unknown>): PullAnswer | null {
  const { rows, cursor, more, retain_days, server_time, safe_seq } = body;
  if (!Array.isArray(rows) || typeof cursor !== "string" || typeof more !== "boolean") return null;
  if (!isCount(retain_days) || !isCount(server_time) || !(safe_seq === null || isCount(safe_seq))) return null;
  return rows.every(isRow) ? (body as unknown as PullAnswer) : null;
}

function isRow(row: unknown): boolean {
  if (typeof row !== "object" || row === null) return false;
  const { seq, kind, id, body, gone } = row as Record<string, unknown>;
  const isShaped = isCount(seq) && typeof kind === "string" && typeof id === "string";
  return isShaped && (gone === true || (typeof body === "object" && body !== null));
}
