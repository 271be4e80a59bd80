/** Runda: what is recorded, where the host is, what was logged tonight, and three large buttons. */

import { useEffect, useState } from "preact/hooks";
import { pauseRound, resumeRound } from "../../domain/round";
import type { Draft, RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { clockTime } from "../../i18n/time";
import { Button, LinkButton } from "../../ui/button";
import { HoldButton } from "../../ui/hold";
import { Notice, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { type Session, useApp, useSession } from "../context";
import { HelpRow } from "../help";
import { Together } from "../join/together";
import { unfinishedDamage } from "../observe/damage_work";
import { RecordRow } from "../records/record_row";
import { SyncChip } from "../sync_chip";
import { SuggestedRow } from "../tonight/suggested_row";
import { zoneName } from "../words";
import { finishRound } from "./finish";
import { GapList } from "./gap_list";
import { LogButtons } from "./log_buttons";
import { NearestPlaces } from "./nearest_places";
import { RecordingLine } from "./recording_line";
import "./round.css";
import { inBackground } from "../../store/trouble";

const RECORDS_SHOWN = 5;

export function RoundScreen() {
  const session = useSession();
  const round = session.picture.value.current_round;
  if (round === null) return <NoRound />;
  return <OpenRound round={round} />;
}

function NoRound() {
  return (
    <Screen name="no-round" title={t("round.none")}>
      <LinkButton kind="primary" big href="#/">
        {t("nav.tonight")}
      </LinkButton>
    </Screen>
  );
}

function OpenRound({ round }: { round: RoundView }) {
  const session = useSession();
  const isPaused = round.state === "paused";
  const lead = t("round.lead", {
    start: clockTime(round.started_at),
    party: t("round.party", { count: round.party_size }),
  });
  return (
    <Screen
      name="round"
      title={zoneName(session.source.value.rows, round.zone)}
      lead={lead}
      chip={<SyncChip />}
      thumb={
        <>
          {isPaused && <ResumeButton round={round} />}
          <LogButtons />
          <HelpRow />
        </>
      }
    >
      <RecordingLine round={round} />
      <div class="tool-row">
        <LinkButton stacked icon="map" href="#/round/map" testid="map-open">
          {t("map.open")}
        </LinkButton>
        <LinkButton stacked icon="scan" href="#/a" testid="scan-open">
          {t("scan.read")}
        </LinkButton>
        <LinkButton stacked icon="darken" href="#/round/pocket" testid="pocket">
          {t("pocket.open")}
        </LinkButton>
      </div>
      <SuggestedRow />
      <Together round={round} />
      <UnfinishedDamage />
      <NearestPlaces />
      <TonightsRecords round={round} />
      <GapList round={round.id} title={t("gaps.title")} />
      <Section title={t("round.title")}>
        {!isPaused && <PauseButton round={round} />}
        <LinkButton icon="user" href="#/join" testid="join-open">
          {t("join.title")}
        </LinkButton>
        <EndButton round={round} />
        <LinkButton kind="quiet" href="#/round/end" testid="round-end-early">
          {t("round.end_early")}
        </LinkButton>
      </Section>
    </Screen>
  );
}

function PauseButton({ round }: { round: RoundView }) {
  const session = useSession();
  const attempt = useAttempt();
  const pause = () =>
    attempt(async () => {
      await session.store.saveRecord(pauseRound(round.id));
      await session.recorder.pause();
    });
  return (
    <Button icon="pause" onPress={pause} testid="round-pause">
      {t("round.pause")}
    </Button>
  );
}

function ResumeButton({ round }: { round: RoundView }) {
  const session = useSession();
  const attempt = useAttempt();
  const resume = () =>
    attempt(async () => {
      await session.store.saveRecord(resumeRound(round.id));
      await session.recorder.resume();
    });
  return (
    <Button kind="primary" icon="resume" big onPress={resume} testid="round-resume">
      {t("round.resume")}
    </Button>
  );
}

/** Held, it ends the round as done; pressed, it leads to the screen that asks. */
function EndButton({ round }: { round: RoundView }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  return (
    <HoldButton
      icon="stop"
      label={t("round.end_hold")}
      holdingLabel={t("round.end_holding")}
      onHeld={() => attempt(() => finishRound(app, session, round.id, "done"))}
      onTapped={() => app.go("#/round/end")}
      testid="round-end"
    />
  );
}

function TonightsRecords({ round }: { round: RoundView }) {
  const session = useSession();
  const records = session.picture.value.records.filter((record) => record.round === round.id);
  return (
    <Section
      title={records.length === 0 ? t("round.no_records") : t("round.records", { count: records.length })}
      aside={
        <LinkButton kind="quiet" icon="list" href="#/records" testid="records-link">
          {t("nav.records")}
        </LinkButton>
      }
    >
      {records.length > 0 && (
        <ul class="rows">
          {records.slice(0, RECORDS_SHOWN).map((record) => (
            <li key={record.id}>
              <RecordRow record={record} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** A photo that was taken and not yet put to a category. */
function UnfinishedDamage() {
  const session = useSession();
  const [draft, setDraft] = useState<Draft | null>(null);
  useEffect(() => watchDrafts(session, setDraft), [session]);
  if (draft === null || draft.photos.length === 0) return null;
  return (
    <Notice tone="warn" icon="camera" title={t("damage.unfinished")}>
      <div class="button-row">
        <LinkButton kind="damage" href="#/damage">
          {t("damage.continue")}
        </LinkButton>
        <Button onPress={() => void session.store.discardDraft(draft.id)}>{t("damage.throw_away")}</Button>
      </div>
    </Notice>
  );
}

function watchDrafts(session: Session, show: (draft: Draft | null) => void): () => void {
  const read = () => inBackground(unfinishedDamage(session).then(show));
  read();
  return session.store.subscribe((topics) => {
    if (topics.has("drafts")) read();
  });
}
