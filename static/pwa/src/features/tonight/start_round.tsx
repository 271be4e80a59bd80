/** Who walks with me, and the button that starts the round. */

import { useEffect, useState } from "preact/hooks";
import { PARTY_SIZE_MAX, startRound } from "../../domain/round";
import { t } from "../../i18n";
import { inBackground } from "../../store/trouble";
import { Button } from "../../ui/button";
import { Choice } from "../../ui/field";
import { Notice } from "../../ui/parts";
import { useAttempt } from "../attempt";
import { type App, type Session, useApp, useSession } from "../context";

const COMMON_SIZES = [2, 3, 4, 5] as const;
const PARTY_KEY = "party_size";

export function StartRound() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const [party, setParty] = useState(2);
  useEffect(() => {
    // What was chosen last is offered first; someone who walked alone once is not offered it again.
    inBackground(
      session.store.remembered<number>(PARTY_KEY).then((size) => {
        if (typeof size === "number" && size >= 2 && size <= PARTY_SIZE_MAX) setParty(size);
      }),
    );
  }, [session]);
  return (
    <>
      <PartyChoice party={party} onChange={setParty} />
      {party === 1 && <AloneWarning />}
      <Button
        kind={party === 1 ? "danger" : "primary"}
        icon="resume"
        big
        onPress={() => attempt(() => start(app, session, party))}
        testid="round-start"
      >
        {party === 1 ? t("tonight.start_alone") : t("tonight.start")}
      </Button>
    </>
  );
}

function PartyChoice({ party, onChange }: { party: number; onChange: (party: number) => void }) {
  const [isMore, setMore] = useState(false);
  const isOther = isMore || party < 2 || party > 5;
  if (isOther) return <Stepper party={party} onChange={onChange} />;
  return (
    <div class="party">
      <Choice
        legend={t("tonight.party")}
        name="party"
        value={party}
        options={COMMON_SIZES.map((size) => ({ value: size, label: String(size), testid: `party-${size}` }))}
        onChange={onChange}
      />
      <Button onPress={() => setMore(true)} testid="party-other">
        {t("tonight.party_other")}
      </Button>
    </div>
  );
}

function Stepper({ party, onChange }: { party: number; onChange: (party: number) => void }) {
  return (
    <fieldset class="stepper">
      <legend>{t("tonight.party")}</legend>
      <Button onPress={() => onChange(Math.max(1, party - 1))} disabled={party <= 1} testid="party-fewer">
        <span aria-hidden="true">−</span>
        <span class="sr-only">{t("tonight.fewer")}</span>
      </Button>
      <output class="stepper-value">{party}</output>
      <Button
        onPress={() => onChange(Math.min(PARTY_SIZE_MAX, party + 1))}
        disabled={party >= PARTY_SIZE_MAX}
        testid="party-more"
      >
        <span aria-hidden="true">+</span>
        <span class="sr-only">{t("tonight.more")}</span>
      </Button>
    </fieldset>
  );
}

function AloneWarning() {
  return (
    <Notice tone="bad" icon="alert" urgent title={t("tonight.alone_title")} testid="alone-warning">
      <p>{t("tonight.alone_text")}</p>
    </Notice>
  );
}

async function start(app: App, session: Session, party: number): Promise<void> {
  const round = session.store.newId();
  await session.store.saveRecord(startRound(round, session.zone.value, party));
  inBackground(session.store.remember(PARTY_KEY, party));
  app.go("#/round");
  await session.recorder.start(round);
}
