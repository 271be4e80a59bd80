/** Taking a record back. It stays on the server, marked as withdrawn. */

import { withdrawObservation } from "../../domain/observation";
import type { RecordView, WithdrawReason } from "../../domain/types";
import type { Session } from "../context";

export async function withdrawRecord(session: Session, record: RecordView, reason: WithdrawReason): Promise<void> {
  await session.store.saveRecord(withdrawObservation(record.id, record.rev, reason));
  await session.store.release(record.id);
}

/** Undo what was just saved. */
export function undoRecord(session: Session, record: RecordView): Promise<void> {
  return withdrawRecord(session, record, "mistake");
}
