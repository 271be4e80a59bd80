/** What was saved at the first answer, made better: place, floor, severity, photos, note. Also how a record is corrected later. */

import { useState } from "preact/hooks";
import { isPhotoAllowed } from "../../domain/observation";
import type { CategoryBody, RecordView } from "../../domain/types";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { EmergencyPanel } from "../help";
import { undoRecord } from "../records/withdraw";
import { categoryNameOf } from "../words";
import { CategoryPicker } from "./category_picker";
import type { Editor } from "./editor";
import { NoteField, useNote } from "./note_field";
import { FloorField, PhotoField, PlaceField, SeverityField } from "./refine_fields";

interface RefineScreenProps {
  record: string;
  /** Photos were taken and dropped, because the category must not have any. */
  arePhotosDropped: boolean;
}

export function RefineScreen({ record, arePhotosDropped }: RefineScreenProps) {
  const session = useSession();
  const editor = session.editorOf(record);
  const view = editor.view.value;
  if (view === null) {
    return (
      <Screen name="refine" title={t("record.unknown")} back={{ href: "#/records", label: t("nav.back") }}>
        <p>{t("record.unknown_text")}</p>
      </Screen>
    );
  }
  return <Refine editor={editor} view={view} arePhotosDropped={arePhotosDropped} />;
}

function Refine({ editor, view, arePhotosDropped }: { editor: Editor; view: RecordView; arePhotosDropped: boolean }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const note = useNote(editor);
  const [isChoosing, setChoosing] = useState(false);
  const [isFresh] = useState(view.is_open);
  const { rows } = session.source.value;
  const fallback = isFresh ? "#/round" : `#/records/${view.id}`;

  const finish = () =>
    attempt(async () => {
      if (!(await note.settle())) return;
      await editor.finish();
      editor.note.value = null;
      app.back(fallback);
      app.say({ text: t(isFresh ? "saved.done" : "saved.corrected") });
    });
  const undo = () =>
    attempt(async () => {
      await editor.abandon();
      if (isFresh) await undoRecord(session, view);
      editor.note.value = null;
      app.back(fallback);
      app.say({ text: t(isFresh ? "saved.withdrawn" : "refine.nothing_changed") });
    });
  const recategorise = (category: CategoryBody) =>
    attempt(async () => {
      if (view.photos.length > 0 && !isPhotoAllowed(category)) {
        app.say({ text: t("refine.category_refuses_photos"), tone: "bad" });
        return;
      }
      await editor.change({ category: category.code, severity: category.severity });
      setChoosing(false);
    });

  if (isChoosing) {
    return (
      <Screen
        name="recategorise"
        title={t("refine.change_category")}
        thumb={<Button onPress={() => setChoosing(false)}>{t("action.cancel")}</Button>}
      >
        <CategoryPicker want={view.kind === "D" ? "damage" : "observation"} onPick={recategorise} />
      </Screen>
    );
  }
  return (
    <Screen
      name="refine"
      title={categoryNameOf(rows, view.category)}
      lead={isFresh ? undefined : t("refine.correcting")}
      thumb={
        <div class="refine-thumb">
          <Button onPress={undo} icon="undo" testid="undo">
            {t(isFresh ? "action.undo" : "action.cancel")}
          </Button>
          <Button kind="primary" big onPress={finish} testid="refine-done">
            {t(isFresh ? "action.done" : "refine.save_correction")}
          </Button>
        </div>
      }
    >
      {isFresh && <SavedLine />}
      {view.severity === 4 && <EmergencyPanel />}
      {arePhotosDropped && (
        <Notice tone="warn" icon="camera" title={t("refine.dropped_title")} testid="photos-dropped">
          <p>{t("refine.dropped_text")}</p>
        </Notice>
      )}
      <PlaceField editor={editor} view={view} />
      <SeverityField editor={editor} view={view} />
      <PhotoField view={view} />
      <NoteField note={note} />
      <FloorField editor={editor} view={view} />
      <Button icon="change" onPress={() => setChoosing(true)} testid="change-category">
        {t("refine.change_category")}
      </Button>
    </Screen>
  );
}

function SavedLine() {
  return (
    <Notice tone="ok" icon="calm">
      <p class="strong" role="status" data-testid="saved-status">
        {t("saved.on_phone")}
      </p>
    </Notice>
  );
}
