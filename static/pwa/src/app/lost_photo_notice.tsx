/** Telling the host that a photo could not be kept. It stays over every screen: nobody looks at the phone all the time. */

import { useApp } from "../features/context";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Notice } from "../ui/parts";

export function LostPhotoNotice() {
  const lostOf = useApp().session.value?.lostPhotoOf;
  if (!lostOf?.value) return null;
  const acknowledge = () => {
    lostOf.value = null;
  };
  return (
    <div class="lost-photo">
      <Notice tone="bad" icon="camera" urgent testid="photo-lost">
        <p>{t("camera.photo_failed")}</p>
        <Button onPress={acknowledge} testid="photo-lost-ok">
          {t("action.close")}
        </Button>
      </Notice>
    </div>
  );
}
