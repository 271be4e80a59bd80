/** The fields of the refine screen. Each answer is kept as it is given. */

import { useState } from "preact/hooks";
import { FLOOR_LENGTH_MAX, isPhotoAllowed, PHOTOS_MAX } from "../../domain/observation";
import type { RecordView, Severity } from "../../domain/types";
import { t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Choice, TextField } from "../../ui/field";
import { RowLink, Section } from "../../ui/parts";
import { useAttempt } from "../attempt";
import { useSession } from "../context";
import { floorWords, placeLine } from "../words";
import type { Editor } from "./editor";
import { RecordPhotos } from "./photo_strip";

interface FieldProps {
  editor: Editor;
  view: RecordView;
}

export function PlaceField({ view }: FieldProps) {
  const { rows } = useSession().source.value;
  return (
    <div class="rows">
      <RowLink
        icon="place"
        title={placeLine(rows, view.place, view.floor)}
        detail={t(`place.source.${view.place_source}`)}
        href={`#/place/${view.id}`}
        testid="refine-place"
      />
    </div>
  );
}

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4];

export function SeverityField({ editor, view }: FieldProps) {
  const attempt = useAttempt();
  return (
    <Choice
      legend={t("refine.severity")}
      name="severity"
      layout="pairs"
      value={view.severity}
      options={SEVERITIES.map((severity) => ({
        value: severity,
        label: t(`severity.${severity}`),
        testid: `severity-${severity}`,
      }))}
      onChange={(severity) => attempt(() => editor.change({ severity }))}
    />
  );
}

export function PhotoField({ view }: { view: RecordView }) {
  if (!isPhotoAllowed(view.category)) {
    return (
      <p class="soft" data-testid="photos-refused">
        {t("refine.no_photos")}
      </p>
    );
  }
  return (
    <Section title={t("refine.photos")}>
      <div class="photo-line">
        <RecordPhotos photos={view.photos} />
        {view.photos.length < PHOTOS_MAX && (
          <LinkButton icon="camera" href={`#/photo/${view.id}`} testid="add-photo">
            {view.photos.length === 0 ? t("refine.add_photo") : t("camera.one_more")}
          </LinkButton>
        )}
      </div>
    </Section>
  );
}

/** The usual floors, as they are kept: in Swedish, since they go out to others as they are. Anything else is written. */
const FLOORS = ["källare", "entré", "vind", "1", "2", "3", "4"] as const;

/** On a button: "Källare", and a number alone. */
function floorLabel(floor: (typeof FLOORS)[number]): string {
  if (/^\d/.test(floor)) return floor;
  const words = floorWords(floor);
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

export function FloorField({ editor, view }: FieldProps) {
  const attempt = useAttempt();
  const [text, setText] = useState<string | null>(null);
  const choose = (floor: string) => {
    setText(null);
    attempt(() => editor.change({ floor: floor === chosen ? null : floor }));
  };
  const chosen = FLOORS.find((floor) => view.floor !== null && floorWords(floor) === floorWords(view.floor));
  // What is chosen above is not written below once more.
  const written = chosen === undefined ? (view.floor ?? "") : "";
  const write = () => {
    if (text !== null && text.trim() !== written) attempt(() => editor.change({ floor: text.trim() || null }));
  };
  return (
    <Section title={t("refine.floor")}>
      <div class="floors">
        {FLOORS.map((floor) => (
          <Button
            key={floor}
            pressed={floor === chosen}
            wide={!/^\d/.test(floor)}
            onPress={() => choose(floor)}
            testid={`floor-${floor}`}
          >
            {floorLabel(floor)}
          </Button>
        ))}
      </div>
      <div onFocusOut={write}>
        <TextField
          label={t("refine.floor_other")}
          value={text ?? written}
          onInput={setText}
          maxLength={FLOOR_LENGTH_MAX}
          testid="floor-text"
        />
      </div>
    </Section>
  );
}
