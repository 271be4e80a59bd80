/** Ending the round that is going on. */

import { endRound } from "../../domain/round";
import type { RoundEndReason, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import type { App, Session } from "../context";

/** End a round and say so. The last fixes are packed before it is closed, so that they travel ahead of its end. */
export async function finishRound(app: App, session: Session, round: Uuid, reason: RoundEndReason): Promise<void> {
  if (session.recording.value.round === round) await session.recorder.end();
  await session.store.saveRecord(endRound(round, reason));
  app.go("#/", true);
  app.say({ text: t("saved.round_ended") });
}
