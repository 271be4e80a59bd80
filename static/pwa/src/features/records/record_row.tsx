/** One record as a line: what, where, when, and how far it has come. */

import type { RecordView } from "../../domain/types";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/time";
import { Chip, RowLink } from "../../ui/parts";
import { useApp, useSession } from "../context";
import { CALM_CODE, categoryNameOf, placeLine, recordState } from "../words";

export function RecordRow({ record }: { record: RecordView }) {
  const { now } = useApp();
  const { rows } = useSession().source.value;
  const state = recordState(record);
  return (
    <RowLink
      icon={record.category === CALM_CODE ? "calm" : record.kind === "D" ? "alert" : "eye"}
      title={categoryNameOf(rows, record.category)}
      detail={`${dayAndTime(record.occurred_at, now.value)} · ${placeLine(rows, record.place, record.floor)}`}
      foot={
        <Chip tone={record.is_withdrawn ? "plain" : state.tone} icon={record.is_withdrawn ? "undo" : state.icon}>
          {record.is_withdrawn ? t("record.withdrawn") : state.text}
        </Chip>
      }
      href={`#/records/${record.id}`}
      testid="record"
      id={record.id}
      state={record.state}
    />
  );
}
