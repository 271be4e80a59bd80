/** The note: short, about things, and looked through for personal data before it counts. */

import { useEffect, useState } from "preact/hooks";
import { NOTE_LENGTH_MAX } from "../../domain/observation";
import { t } from "../../i18n";
import { inBackground } from "../../store/trouble";
import { Button } from "../../ui/button";
import { TextArea } from "../../ui/field";
import { Notice } from "../../ui/parts";
import { known } from "../words";
import type { Editor } from "./editor";
import { CLEAN, checkNote, type NoteCheck } from "./note_check";

export interface NoteWork {
  readonly text: string;
  readonly check: NoteCheck;
  write(text: string): void;
  /** The host stands for the text as it is. */
  confirm(): Promise<void>;
  /** Keep the text if it may be kept. False: the host has to edit or confirm first. */
  settle(): Promise<boolean>;
}

export function useNote(editor: Editor): NoteWork {
  const [check, setCheck] = useState<NoteCheck>(CLEAN);
  const saved = editor.view.value?.note ?? "";
  const text = editor.note.value?.text ?? saved;

  const keep = async (isConfirmed: boolean) => {
    const inHand = editor.note.value;
    if (inHand === null || inHand.text.trim() === saved) return;
    await editor.change({ note: inHand.text.trim() || null, note_confirmed: isConfirmed });
  };
  useEffect(() => {
    // A page that is hidden may never come back: what was written is kept, unconfirmed if need be.
    const keepWhenHidden = () => {
      if (document.visibilityState === "hidden") inBackground(keep(editor.note.value?.isConfirmed ?? false));
    };
    document.addEventListener("visibilitychange", keepWhenHidden);
    return () => document.removeEventListener("visibilitychange", keepWhenHidden);
  });
  return {
    text,
    check,
    write(next) {
      editor.note.value = { text: next, isConfirmed: false };
      setCheck(CLEAN);
    },
    async confirm() {
      editor.note.value = { text, isConfirmed: true };
      setCheck(CLEAN);
      await keep(true);
    },
    async settle() {
      const inHand = editor.note.value;
      if (inHand === null || inHand.isConfirmed) return true;
      const found = await checkNote(inHand.text);
      setCheck(found);
      if (!found.mustConfirm) await keep(false);
      return !found.mustConfirm;
    },
  };
}

export function NoteField({ note }: { note: NoteWork }) {
  const left = NOTE_LENGTH_MAX - [...note.text].length;
  return (
    <div class="stack">
      <TextArea
        label={t("refine.note")}
        hint={t("refine.note_hint")}
        value={note.text}
        maxLength={NOTE_LENGTH_MAX}
        counter={t("refine.note_left", { count: left })}
        onInput={note.write}
        onLeave={() => void note.settle()}
        testid="note"
      />
      {note.check.kinds.length > 0 && (
        <Notice
          tone="warn"
          icon="alert"
          urgent
          title={t(note.check.mustConfirm ? "scan.title" : "scan.hint_title")}
          testid="note-warning"
        >
          <p>
            {t("scan.found", {
              what: note.check.kinds.map((kind) => known("scan.kind", kind, kind)).join(", "),
              where: note.check.passages.map((passage) => `”${passage}”`).join(", "),
            })}
          </p>
          <p>{t("scan.why")}</p>
          {note.check.mustConfirm && (
            <Button onPress={() => void note.confirm()} testid="note-confirm">
              {t("scan.confirm")}
            </Button>
          )}
        </Notice>
      )}
    </div>
  );
}
