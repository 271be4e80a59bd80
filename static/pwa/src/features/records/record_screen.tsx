/** One record: what it says, how far it has come, what the desk has answered, and how to put it right. */

import { useState } from "preact/hooks";
import type { RecordView, WithdrawReason } from "../../domain/types";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/time";
import { Button, LinkButton } from "../../ui/button";
import { Facts, Notice, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { RecordPhotos } from "../observe/photo_strip";
import { CALM_CODE, categoryNameOf, known, placeLine, recordState } from "../words";
import { withdrawRecord } from "./withdraw";

export function RecordScreen({ id }: { id: string }) {
  const session = useSession();
  const record = session.editorOf(id).view.value;
  const [isWithdrawing, setWithdrawing] = useState(false);
  const back = { href: "#/records", label: t("nav.records") };
  if (record === null) {
    return (
      <Screen name="record" title={t("record.unknown")} back={back}>
        <p>{t("record.unknown_text")}</p>
      </Screen>
    );
  }
  if (isWithdrawing) return <WithdrawScreen record={record} onLeave={() => setWithdrawing(false)} />;
  return (
    <Screen
      name="record"
      title={categoryNameOf(session.source.value.rows, record.category)}
      back={back}
      thumb={!record.is_withdrawn && <Actions record={record} onWithdraw={() => setWithdrawing(true)} />}
    >
      <StateNotice record={record} />
      <RecordFacts record={record} />
      <RecordPhotos photos={record.photos} />
      <FromTheDesk record={record} />
    </Screen>
  );
}

function Actions({ record, onWithdraw }: { record: RecordView; onWithdraw: () => void }) {
  return (
    <div class="button-row">
      <Button icon="undo" onPress={onWithdraw} testid="withdraw">
        {t("record.withdraw")}
      </Button>
      {record.category !== CALM_CODE && (
        <LinkButton kind="primary" icon="change" href={`#/refine/${record.id}`} testid="correct">
          {t("record.correct")}
        </LinkButton>
      )}
    </div>
  );
}

function StateNotice({ record }: { record: RecordView }) {
  const session = useSession();
  const look = recordState(record);
  const isDirty = session.editorOf(record.id).isDirty.value;
  return (
    <>
      <Notice tone={look.tone} icon={look.icon} testid="record-state">
        <p class="strong" role="status">
          {record.is_withdrawn ? `${t("record.withdrawn")} · ${look.text}` : look.text}
        </p>
        {record.state === "held" && record.held_why && <p>{known("held", record.held_why, t("held.invalid"))}</p>}
        {record.returned_reason && <p>{t("record.returned_reason", { reason: record.returned_reason })}</p>}
        {record.refused && <p>{t("record.refused", { code: record.refused })}</p>}
      </Notice>
      {isDirty && (
        <Notice tone="warn" icon="change" title={t("record.unsaved_correction")}>
          <LinkButton href={`#/refine/${record.id}`}>{t("record.continue_correction")}</LinkButton>
        </Notice>
      )}
      {record.has_conflict && <Notice tone="warn" icon="alert" title={t("record.conflict")} />}
    </>
  );
}

function RecordFacts({ record }: { record: RecordView }) {
  const { now } = useApp();
  const { rows } = useSession().source.value;
  const pairs: [string, string][] = [
    [t("record.when"), dayAndTime(record.occurred_at, now.value)],
    [t("record.where"), placeLine(rows, record.place, record.floor)],
  ];
  if (record.category !== CALM_CODE) pairs.push([t("refine.severity"), t(`severity.${record.severity}`)]);
  if (record.note) pairs.push([t("refine.note"), record.note]);
  if (record.is_category_corrected) pairs.push([t("record.category"), t("record.category_corrected")]);
  if (record.case) {
    pairs.push([
      t("record.case"),
      `${record.case.case_no} · ${known("case_status", record.case.status, record.case.status)}`,
    ]);
  }
  return <Facts pairs={pairs} />;
}

function FromTheDesk({ record }: { record: RecordView }) {
  const { now } = useApp();
  if (record.comments.length === 0) return null;
  return (
    <Section title={t("record.comments")}>
      <ul class="rows" data-testid="comments">
        {record.comments.map((comment) => (
          <li key={`${comment.at}${comment.text}`} class="row row-still">
            <span class="row-text">
              <span>{comment.text}</span>
              <span class="soft">{dayAndTime(comment.at, now.value)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const REASONS: readonly WithdrawReason[] = ["mistake", "duplicate", "other"];

function WithdrawScreen({ record, onLeave }: { record: RecordView; onLeave: () => void }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const withdraw = (reason: WithdrawReason) =>
    attempt(async () => {
      await withdrawRecord(session, record, reason);
      onLeave();
      app.say({ text: t("saved.withdrawn") });
    });
  return (
    <Screen
      name="withdraw"
      title={t("record.withdraw_title")}
      lead={t("record.withdraw_lead")}
      thumb={
        <>
          {REASONS.map((reason) => (
            <Button key={reason} onPress={() => withdraw(reason)} testid={`withdraw-${reason}`}>
              {t(`record.withdraw_reason.${reason}`)}
            </Button>
          ))}
          <Button kind="quiet" onPress={onLeave}>
            {t("action.cancel")}
          </Button>
        </>
      }
    />
  );
}
