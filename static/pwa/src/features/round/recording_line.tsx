/** What the phone records of the way, in words; every gap is told, none is hidden. */

import { GAP_MS_MIN } from "../../domain/gap";
import { gapsOf } from "../../domain/told";
import type { Ms, RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { duration } from "../../i18n/time";
import type { IconName } from "../../ui/icon";
import { Notice, type Tone } from "../../ui/parts";
import { type Session, useApp, useSession } from "../context";
import { gapReason } from "../words";

export function RecordingLine({ round }: { round: RoundView }) {
  const { now } = useApp();
  const session = useSession();
  const state = recordingState(session, round, now.value);
  const gaps = gapsOf(session.source.value, round.id);
  const last = gaps.at(-1);
  return (
    <Notice tone={state.tone} icon={state.icon} testid="recording-state">
      <p class="strong">{state.text}</p>
      {last && (
        <p class="soft" data-testid="last-gap">
          {t("round.last_gap", { length: duration(last.to - last.from), reason: gapReason(last.reason) })}
          {gaps.length > 1 &&
            ` · ${t("round.gaps", {
              count: gaps.length,
              length: duration(gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0)),
            })}`}
        </p>
      )}
      {session.recording.value.is_denied && <p>{t("round.permission_help")}</p>}
    </Notice>
  );
}

/** What is recorded now, in words. */
export function recordingState(
  session: Session,
  round: RoundView,
  now: Ms,
): { tone: Tone; icon: IconName; text: string } {
  const recording = session.recording.value;
  if (round.state === "paused") return { tone: "warn", icon: "pause", text: t("round.is_paused") };
  if (recording.round !== round.id || recording.mode === "off") {
    return { tone: "warn", icon: "gap", text: t("round.not_recording") };
  }
  if (recording.gap !== null && now - recording.gap.from >= GAP_MS_MIN) {
    const length = duration(now - recording.gap.from);
    return { tone: "warn", icon: "gap", text: t("round.in_gap", { length, reason: gapReason(recording.gap.reason) }) };
  }
  if (recording.last_fix === null) return { tone: "plain", icon: "place", text: t("round.seeking") };
  const accuracy = recording.last_fix.accuracy_m;
  return {
    tone: "ok",
    icon: "place",
    text: accuracy === null ? t("round.recording") : t("round.recording_within", { metres: Math.round(accuracy) }),
  };
}
