/** The phone before the round: what it can do tonight, thing by thing, in words. Nothing here keeps anybody from starting. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { type Checked, checkPhone, type PhoneFacts, type Readiness } from "../../domain/readiness";
import type { Ms, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { ago, storageSize } from "../../i18n/time";
import { askForPosition, batteryState, positionPermission, screenFacts } from "../../position/phone_facts";
import { openPacks } from "../../store/packs";
import { storageState } from "../../store/storage";
import { inBackground } from "../../store/trouble";
import { Button, LinkButton } from "../../ui/button";
import type { IconName } from "../../ui/icon";
import { Row, RowButton } from "../../ui/parts";
import { type App, type Session, useApp, useSession } from "../context";

const ICONS: Readonly<Record<Readiness, IconName>> = { ready: "calm", look: "alert", lacking: "close", unknown: "gap" };

export function PhoneCheck() {
  const { now } = useApp();
  const { facts, read } = usePhoneFacts();
  const [isOpen, setOpen] = useState(false);
  if (facts === null) return <p class="soft">{t("check.reading")}</p>;
  const checked = checkPhone(facts, now.value);
  const found = checked.filter(({ state }) => state === "look" || state === "lacking");
  return (
    <section class="section" data-testid="phone-check" data-found={found.length}>
      <div class="rows">
        <RowButton
          icon={found.length === 0 ? "calm" : "alert"}
          title={found.length === 0 ? t("check.ready") : t("check.found", { count: found.length })}
          detail={found.length === 0 ? undefined : found.map(({ thing }) => t(`check.${thing}`)).join(", ")}
          expanded={isOpen}
          onPress={() => setOpen(!isOpen)}
          testid="phone-check-open"
        />
        {isOpen && checked.map((one) => <CheckedRow key={one.thing} one={one} facts={facts} read={read} />)}
      </div>
      {isOpen && found.length > 0 && <p class="soft">{t("check.start_anyway")}</p>}
    </section>
  );
}

function CheckedRow({ one, facts, read }: { one: Checked; facts: PhoneFacts; read: () => Promise<void> }) {
  const { now } = useApp();
  return (
    <Row
      icon={ICONS[one.state]}
      title={t(`check.${one.thing}`)}
      aside={<span class={`check-${one.state}`}>{t(`check.state.${one.state}`)}</span>}
      detail={wordsOf(one, facts, now.value)}
      foot={<Remedy one={one} read={read} />}
      testid={`check-${one.thing}`}
    />
  );
}

/** What can be done about it from here. */
function Remedy({ one, read }: { one: Checked; read: () => Promise<void> }) {
  if (one.said === "position.prompt") {
    const ask = () => inBackground(askForPosition().then(read));
    return (
      <Button onPress={ask} testid="check-allow">
        {t("check.position.allow")}
      </Button>
    );
  }
  if (one.said === "installed.no") return <LinkButton href="#/install">{t("install.how")}</LinkButton>;
  return null;
}

function wordsOf({ said }: Checked, { room_bytes, battery, map_checked_at }: PhoneFacts, now: Ms): string {
  switch (said) {
    case "room.enough":
    case "room.little":
      return t(`check.${said}`, { size: storageSize(room_bytes ?? 0) });
    case "battery.enough":
    case "battery.low": {
      const key = battery?.is_charging === true ? "check.battery.charging" : (`check.${said}` as const);
      return t(key, { percent: Math.round((battery?.share ?? 0) * 100) });
    }
    case "map.fresh":
    case "map.old":
      return t(`check.${said}`, { when: ago(map_checked_at ?? now, now) });
    default:
      return t(`check.${said}`);
  }
}

/** What the phone tells of itself: read when the screen opens, when it is come back to, and after each remedy. */
function usePhoneFacts(): { facts: PhoneFacts | null; read: () => Promise<void> } {
  const app = useApp();
  const session = useSession();
  const zone = session.zone.value;
  const is_installed = app.platform.isInstalled.value;
  const [facts, setFacts] = useState<PhoneFacts | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the zone's map and the installation are read anew with them.
  const read = useCallback(async () => setFacts(await readFacts(app, session)), [app, session, zone, is_installed]);
  useEffect(() => {
    inBackground(read());
    const back = () => document.visibilityState === "visible" && inBackground(read());
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, [read]);
  return { facts, read };
}

async function readFacts({ platform }: App, session: Session): Promise<PhoneFacts> {
  const zone = session.zone.peek();
  const is_installed = platform.isInstalled.peek();
  const [position, battery, storage, map_checked_at] = await Promise.all([
    positionPermission(),
    batteryState(),
    storageState(),
    zone === null ? undefined : mapCheckedAt(session, zone).catch(() => undefined),
  ]);
  const { usage, quota, is_persistent } = storage;
  const room_bytes = usage === null || quota === null ? null : Math.max(0, quota - usage);
  const screen = screenFacts(is_installed);
  return { position, battery, screen, is_persistent, room_bytes, is_installed, map_checked_at };
}

/** Rejects where the browser has no place for packs. */
async function mapCheckedAt(session: Session, zone: Uuid): Promise<Ms | null | undefined> {
  return (await openPacks(session.store.device)).checkedAt(zone);
}
