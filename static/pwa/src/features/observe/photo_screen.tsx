/** One more photo for a record that is saved already. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { preparePhoto } from "../../photo/prepare";
import { Notice, Spinner } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { Camera } from "./camera";
import { notePhoto } from "./record";

export function PhotoScreen({ record }: { record: string }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const editor = session.editorOf(record);
  const [isReady, setReady] = useState(false);
  const isFull = app.platform.storage.value?.is_photo_allowed === false;
  useEffect(() => {
    editor.beforeCamera().then(
      () => setReady(true),
      () => app.say({ text: t("storage.not_saved"), tone: "bad" }),
    );
    return () => void editor.afterCamera().catch(() => undefined);
  }, [app, editor]);

  const add = (photo: Blob) =>
    attempt(async () => {
      try {
        await editor.addPhoto(await preparePhoto(photo));
      } catch {
        notePhoto(session, record, false);
        return;
      }
      notePhoto(session, record, true);
      app.back(`#/refine/${record}`);
    });
  return (
    <Screen name="photo" title={t("photo.title")} back={{ href: `#/refine/${record}`, label: t("nav.back") }}>
      {isFull && (
        <Notice tone="warn" icon="camera" title={t("camera.full_title")}>
          <p>{t("camera.full_text")}</p>
        </Notice>
      )}
      {!isFull && (isReady ? <Camera onPhoto={add} /> : <Spinner label={t("camera.opening")} />)}
    </Screen>
  );
}
