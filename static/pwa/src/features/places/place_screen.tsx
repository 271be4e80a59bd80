/** Choosing a place by hand: nearest first, by name, or down from the building. No position is needed. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type PlaceChoice, placePath } from "../../domain/suggest";
import type { PictureSource, Row, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { RowButton, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { type App, type Session, useApp, useSession } from "../context";
import { known, unbroken } from "../words";
import { usePlaceClock } from "./place_clock";

const SHOWN_MAX = 30;

interface PlaceScreenProps {
  /** "next" for the next record, else the record whose place is changed. */
  target: string;
  /** The screen to go back to when the app was opened here. */
  fallback: string;
}

export function PlaceScreen({ target, fallback }: PlaceScreenProps) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const [words, setWords] = useState("");
  const [inside, setInside] = useState<Uuid | null>(null);
  const { rows } = session.source.value;
  const choices = session.places.value;
  const choose = (place: Uuid | null) => attempt(() => chosen(app, session, target, place, fallback));
  const open = (place: Uuid) => (childrenOf(choices, place).length > 0 ? setInside(place) : choose(place));

  return (
    <Screen name="place" title={t("place.choose")} back={{ href: fallback, label: t("nav.back") }}>
      {inside === null ? (
        <>
          <TextField
            label={t("place.search")}
            type="search"
            inputMode="search"
            value={words}
            onInput={setWords}
            testid="place-search"
          />
          <Found choices={matching(choices, words)} isFlat={words.trim() !== ""} onPick={open} onTake={choose} />
          {target !== "next" && (
            <Button onPress={() => choose(null)} testid="place-none">
              {t("place.no_place")}
            </Button>
          )}
        </>
      ) : (
        <Inside
          rows={rows}
          place={inside}
          contents={childrenOf(choices, inside)}
          onPick={open}
          onTake={choose}
          onLeave={() => setInside(rows.place.get(inside)?.body.parent ?? null)}
        />
      )}
    </Screen>
  );
}

interface ListProps {
  onPick: (place: Uuid) => void;
  onTake: (place: Uuid) => void;
}

function Found({ choices, isFlat, onPick, onTake }: ListProps & { choices: readonly PlaceChoice[]; isFlat: boolean }) {
  if (choices.length === 0) return <p role="status">{t("place.none_found")}</p>;
  return (
    <Section title={t(isFlat ? "place.found" : "place.nearest")}>
      <div class="rows">
        {choices.map((choice) => (
          <PlaceRow key={choice.place.id} choice={choice} isFlat={isFlat} onPress={isFlat ? onTake : onPick} />
        ))}
      </div>
    </Section>
  );
}

interface InsideProps extends ListProps {
  rows: PictureSource["rows"];
  place: Uuid;
  contents: readonly PlaceChoice[];
  onLeave: () => void;
}

/** One building (or stairwell) and what is in it. */
function Inside({ rows, place, contents, onPick, onTake, onLeave }: InsideProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is another list, and its heading takes the focus.
  useEffect(() => heading.current?.focus(), [place]);
  const name = rows.place.get(place)?.body.name ?? "";
  return (
    <section class="section">
      <div class="section-head">
        <h2 ref={heading} tabIndex={-1}>
          {placePath(rows.place, place)}
        </h2>
        <Button icon="back" onPress={onLeave}>
          {t("nav.back")}
        </Button>
      </div>
      <div class="rows">
        {contents.map((choice) => (
          <PlaceRow key={choice.place.id} choice={choice} isFlat={false} onPress={onPick} />
        ))}
      </div>
      <Button kind="primary" big onPress={() => onTake(place)} testid="place-whole">
        {t("place.whole", { place: name })}
      </Button>
    </section>
  );
}

function PlaceRow(props: { choice: PlaceChoice; isFlat: boolean; onPress: (place: Uuid) => void }) {
  const { place, path, distance_m } = props.choice;
  const clock = usePlaceClock(place.id);
  return (
    <RowButton
      title={unbroken(props.isFlat ? path : place.body.name)}
      detail={[known("place_kind", place.body.kind, ""), clock].filter(Boolean).join(" · ")}
      aside={distance_m === null ? undefined : distance(distance_m)}
      onPress={() => props.onPress(place.id)}
      testid="place-option"
      id={place.id}
    />
  );
}

/** The outermost places, or everything whose names hold every word that was written. */
function matching(choices: readonly PlaceChoice[], written: string): PlaceChoice[] {
  const words = written.toLocaleLowerCase("sv").split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? choices.filter((choice) => choice.place.body.parent === null)
      : choices.filter((choice) => words.every((word) => choice.names.toLocaleLowerCase("sv").includes(word)));
  return found.slice(0, SHOWN_MAX);
}

function childrenOf(choices: readonly PlaceChoice[], parent: Uuid): PlaceChoice[] {
  const byName = (a: Row<"place">, b: Row<"place">) => a.body.name.localeCompare(b.body.name, "sv", { numeric: true });
  return choices.filter((choice) => choice.place.body.parent === parent).sort((a, b) => byName(a.place, b.place));
}

async function chosen(app: App, session: Session, target: string, place: Uuid | null, fallback: string): Promise<void> {
  if (target === "next") session.chosenPlace.value = place;
  else await session.editorOf(target).change({ place, place_source: place === null ? "none" : "chosen" });
  app.back(fallback);
}
