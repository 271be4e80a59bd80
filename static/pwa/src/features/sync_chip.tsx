/** How much waits on the phone, always in sight; it leads to the outbox. */

import { t } from "../i18n";
import { Chip } from "../ui/parts";
import { useApp, useSession } from "./context";

export function SyncChip() {
  const { unsent } = useSession().picture.value;
  const { photos_left, state } = useApp().sync.value;
  const waiting = unsent + photos_left;
  return (
    <Chip
      href="#/outbox"
      testid="outbox-link"
      tone={waiting === 0 ? "ok" : state === "signed_out" || state === "revoked" ? "bad" : "warn"}
      icon={waiting === 0 ? "calm" : state === "sending" ? "outbox" : "phone_device"}
    >
      <span data-testid="unsent-count" data-count={unsent}>
        {waiting === 0 ? t("chip.all_sent") : t("chip.unsent", { count: waiting })}
      </span>
    </Chip>
  );
}
