/** The lane of what the server knows: page by page, and the audit after it. Pure. */

import type { Audit, PullAnswer, Uuid } from "../../domain/types";
import { type AnswerBody, isCount, judge, NOT_ROND } from "./answers";
import { changeDevice, currentDevice, hasToPush } from "./devices";
import type { Answer, AskAudit, Pull, Work } from "./model";
import { send, store } from "./requests";
import { onEpochChanged } from "./restart";
import { laneTrouble, laneWorks, linkWorks } from "./trouble";
import { mayRead } from "./wake";

/** How often the device's numbers are compared with the server's. */
const AUDIT_EVERY_MS = 12 * 3600 * 1000;
const CLEAN_EVERY_MS = 3600 * 1000;

/** Ask for the next page of the device whose user is signed in. */
export function planPull(work: Work): void {
  const device = currentDevice(work.state);
  if (device === undefined) return;
  send(work, { do: "pull", device: device.device, cursor: device.cursor, timeout_ms: work.state.patience_ms });
}

/** The answer to a pull. */
export function onPulled(work: Work, pull: Pull, answer: Answer): void {
  const verdict = judge(answer, true);
  const page = verdict.is === "ok" ? pullAnswer(verdict.body) : null;
  if (page === null) {
    laneTrouble(work, "pull", verdict.is === "ok" ? NOT_ROND : verdict);
    return;
  }
  linkWorks(work);
  laneWorks(work, "pull");
  const epoch = currentDevice(work.state)?.epoch ?? null;
  if (epoch !== null && epoch !== page.epoch) onEpochChanged(work, pull.device, page.epoch);
  else store(work, { do: "store_rows", device: pull.device, asked_with: pull.cursor, answer: page });
}

/** A page is durable (`ledOn`), or its cursor led no further and it was ignored. */
export function onRowsStored(work: Work, device: Uuid, answer: PullAnswer, ledOn: boolean): void {
  const { wall, mono } = work.now;
  if (ledOn) {
    changeDevice(work, device, (known) => ({ ...known, cursor: answer.cursor, epoch: answer.epoch }));
    if (answer.more) return;
  }
  changeDevice(work, device, (known) => ({ ...known, synced_at: wall }));
  // One that was late asks again from where another page has got to.
  work.state = { ...work.state, wants_pull: false, pulled_at: mono, wants_load: work.state.wants_load || !ledOn };
  const { cleaned_at } = work.state;
  if (cleaned_at !== null && mono - cleaned_at < CLEAN_EVERY_MS) return;
  work.state = { ...work.state, cleaned_at: mono };
  store(work, { do: "clean", device });
}

/** Whether it is time to ask what the server lacks: nothing is unsent, so what it lacks is lost. */
export function isAuditDue(work: Work): boolean {
  const { audited_at, wants_pull, pulled_at } = work.state;
  const device = currentDevice(work.state);
  if (device === undefined || !mayRead(work.state) || wants_pull || pulled_at === null) return false;
  if (hasToPush(device)) return false;
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
  if (verdict.is === "link") {
    laneTrouble(work, "pull", verdict);
    return;
  }
  linkWorks(work);
  const audit = verdict.is === "ok" ? auditOf(verdict.body) : null;
  if (audit !== null) store(work, { do: "store_audit", device: ask.device, audit });
}

function auditOf({ max_n, missing, photos_missing }: AnswerBody): Audit | null {
  if (!isCount(max_n) || !Array.isArray(missing) || !Array.isArray(photos_missing)) return null;
  return missing.every(isCount) ? { max_n, missing, photos_missing } : null;
}

/** A pull answer in its full shape, or null. */
export function pullAnswer(body: AnswerBody): PullAnswer | null {
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
