/** How much waits on the phone, always in sight; it leads to the outbox. Said in full to whoever cannot see the header. */

import { t } from "../i18n";
import type { SyncState } from "../sync/status";
import type { IconName } from "../ui/icon";
import { Chip, type Tone } from "../ui/parts";
import { useApp, useSession } from "./context";

export function SyncChip() {
  const { unsent } = useSession().picture.value;
  const { photos_left, state } = useApp().sync.value;
  const waiting = unsent + photos_left;
  const { tone, icon } = lookOf(state, waiting);
  return (
    <Chip
      href="#/outbox"
      label={waiting === 0 ? t("chip.all_sent") : t("chip.unsent", { count: waiting })}
      testid="outbox-link"
      tone={tone}
      icon={icon}
    >
      <span data-testid="unsent-count" data-count={unsent}>
        {waiting > 0 && <span>{waiting} </span>}
        <span class="chip-words">{waiting === 0 ? t("chip.sent") : t("chip.unsent_words", { count: waiting })}</span>
      </span>
    </Chip>
  );
}

function lookOf(state: SyncState, waiting: number): { tone: Tone; icon: IconName } {
  if (waiting === 0) return { tone: "ok", icon: "calm" };
  if (state === "signed_out" || state === "revoked") return { tone: "bad", icon: "lock" };
  return { tone: "warn", icon: state === "sending" ? "outbox" : "phone_device" };
}
