/** Skada: the camera opens at once, the shutter leads to the categories, a category saves it all. */

import { useEffect, useState } from "preact/hooks";
import { PHOTOS_MAX } from "../../domain/observation";
import type { CategoryBody } from "../../domain/types";
import { t } from "../../i18n";
import { inBackground } from "../../store/trouble";
import { Button } from "../../ui/button";
import { Notice, Spinner } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { Camera } from "./camera";
import { CategoryPicker } from "./category_picker";
import { type DamageWork, openDamageWork } from "./damage_work";
import { DraftPhotos } from "./photo_strip";
import { NextPlaceLine } from "./place_line";
import { saveObservation } from "./record";

export function DamageScreen() {
  const work = useDamageWork();
  const title = t("damage.title");
  const back = { href: "#/round", label: t("nav.back_to_round") };
  if (work === null) {
    return (
      <Screen name="damage" title={title} back={back}>
        <Spinner label={t("camera.opening")} />
      </Screen>
    );
  }
  return work.step.value === "camera" ? <CameraStep work={work} /> : <CategoryStep work={work} />;
}

function CameraStep({ work }: { work: DamageWork }) {
  const isFull = useApp().platform.storage.value?.is_photo_allowed === false;
  return (
    <Screen
      name="damage"
      title={t("damage.title")}
      lead={t("damage.camera_lead")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        <Button onPress={work.skipPhoto} testid="skip-photo">
          {t("damage.skip_photo")}
        </Button>
      }
    >
      {isFull ? (
        <Notice tone="warn" icon="camera" title={t("camera.full_title")}>
          <p>{t("camera.full_text")}</p>
        </Notice>
      ) : (
        <Camera onPhoto={work.addPhoto} />
      )}
    </Screen>
  );
}

function CategoryStep({ work }: { work: DamageWork }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const save = (category: CategoryBody) =>
    attempt(async () => {
      const saved = await saveObservation(session, category, await work.settled());
      app.go(`#/refine/${saved.id}${saved.arePhotosDropped ? "/dropped" : ""}`, true);
    });
  const again = () => {
    work.step.value = "camera";
  };
  return (
    <Screen name="damage" title={t("damage.category_title")} back={{ href: "#/round", label: t("nav.back_to_round") }}>
      <div class="photo-line">
        <DraftPhotos photos={work.draft.value.photos} />
        {work.draft.value.photos.length < PHOTOS_MAX && (
          <Button icon="camera" onPress={again} testid="photo-again">
            {t("camera.one_more")}
          </Button>
        )}
      </div>
      <NextPlaceLine returnTo="damage" />
      <CategoryPicker want="damage" onPick={save} />
    </Screen>
  );
}

function useDamageWork(): DamageWork | null {
  const app = useApp();
  const session = useSession();
  const [work, setWork] = useState<DamageWork | null>(null);
  useEffect(() => {
    let isLeft = false;
    let opened: DamageWork | null = null;
    openDamageWork(session).then(
      (ready) => {
        opened = ready;
        if (isLeft) inBackground(ready.leave());
        else setWork(ready);
      },
      () => app.say({ text: t("storage.not_saved"), tone: "bad" }),
    );
    return () => {
      isLeft = true;
      // Choosing the place is part of the work: it is taken up again on the way back.
      if (!location.hash.startsWith("#/place/")) void opened?.leave();
    };
  }, [app, session]);
  return work;
}
