/** Utkorg: what waits on the phone, when the next try comes, and whether the phone keeps what it has. */

import { t } from "../../i18n";
import { dayAndTime, duration, storageSize } from "../../i18n/time";
import type { SyncStatus } from "../../sync/status";
import { kick } from "../../sync/status";
import { Button, LinkButton } from "../../ui/button";
import type { IconName } from "../../ui/icon";
import { Facts, Notice, Section, type Tone } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp, useSession } from "../context";
import { RecordRow } from "../records/record_row";
import { known } from "../words";
import { WayOut } from "./way_out";

const SHOWN_MAX = 20;

export function OutboxScreen() {
  const { current_round, unsent } = useSession().picture.value;
  return (
    <Screen
      name="outbox"
      title={t("outbox.title")}
      back={{ href: current_round ? "#/round" : "#/", label: t("nav.back") }}
      thumb={
        <Button kind="primary" icon="outbox" big onPress={() => kick("button")} testid="sync-now">
          {t("outbox.try_now")}
        </Button>
      }
    >
      <SyncNotice unsent={unsent} />
      <Numbers unsent={unsent} />
      <Waiting />
      <Kept />
      <WayOut />
    </Screen>
  );
}

/** The newest of what waits. All of it, after days without a network, is more than a page can draw anew for each photo that is sent. */
function Waiting() {
  const { records } = useSession().picture.value;
  const waiting = records.filter((record) => record.state !== "received" && record.state !== "returned");
  const count = waiting.length - SHOWN_MAX;
  if (waiting.length === 0) return null;
  return (
    <Section title={t("outbox.waiting")}>
      <ul class="rows">
        {waiting.slice(0, SHOWN_MAX).map((record) => (
          <li key={record.id}>
            <RecordRow record={record} />
          </li>
        ))}
      </ul>
      {count > 0 && (
        <LinkButton href="#/records" testid="outbox-more">
          {t("outbox.more", { count })}
        </LinkButton>
      )}
    </Section>
  );
}

const LOOKS: Readonly<Record<SyncStatus["state"], { tone: Tone; icon: IconName }>> = {
  idle: { tone: "ok", icon: "calm" },
  sending: { tone: "plain", icon: "outbox" },
  waiting: { tone: "warn", icon: "clock" },
  offline: { tone: "warn", icon: "cloud" },
  signed_out: { tone: "bad", icon: "lock" },
  revoked: { tone: "bad", icon: "lock" },
  needs_update: { tone: "bad", icon: "install" },
};

function SyncNotice({ unsent }: { unsent: number }) {
  const { second, sync } = useApp();
  const status = sync.value;
  const isWaiting = status.state === "idle" && unsent > 0;
  const state = isWaiting ? "waiting" : status.state;
  const left_ms = status.next_try_at === null ? null : status.next_try_at - second.value;
  return (
    <Notice tone={LOOKS[state].tone} icon={LOOKS[state].icon} testid="sync-state">
      <p class="strong" role="status">
        {t(`outbox.state.${state}`)}
      </p>
      {left_ms !== null && left_ms > 0 && state !== "sending" && (
        <p data-testid="next-try">{t("outbox.next_try", { length: duration(left_ms) })}</p>
      )}
      {status.last_error !== null && status.last_error !== "offline" && (
        <p>{known("sync_error", status.last_error, t("outbox.error", { code: status.last_error }))}</p>
      )}
      {state === "signed_out" && (
        <LinkButton kind="primary" href="#/sign-in">
          {t("sign_in.submit")}
        </LinkButton>
      )}
    </Notice>
  );
}

function Numbers({ unsent }: { unsent: number }) {
  const { now, sync } = useApp();
  const status = sync.value;
  return (
    <Facts
      pairs={[
        [t("outbox.records_left"), <span data-testid="outbox-unsent">{unsent}</span>],
        [t("outbox.photos_left"), <span data-testid="outbox-photos">{status.photos_left}</span>],
        [t("outbox.others_left"), status.unsent_others],
        [
          t("outbox.last_synced"),
          status.last_synced_at === null ? t("outbox.never") : dayAndTime(status.last_synced_at, now.value),
        ],
      ]}
    />
  );
}

/** What the browser promises about keeping the store. */
function Kept() {
  const state = useApp().platform.storage.value;
  if (state === null) return null;
  const free = state.quota === null || state.usage === null ? null : Math.max(0, state.quota - state.usage);
  return (
    <Section title={t("outbox.kept_title")}>
      <p data-testid="storage-persistent" data-persistent={String(state.is_persistent)}>
        {t(state.is_persistent === true ? "outbox.kept" : "outbox.not_kept")}
      </p>
      {free !== null && <p class="soft">{t("outbox.free", { size: storageSize(free) })}</p>}
      {!state.is_photo_allowed && <p>{t("camera.full_text")}</p>}
    </Section>
  );
}
