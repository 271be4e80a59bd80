/** The map of tonight: where the host is, what was walked and what is left, places with their clocks, what was logged. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { canDraw } from "../../map/can_draw";
import { Icon, type IconName } from "../../ui/icon";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp, useSession } from "../context";
import { SyncChip } from "../sync_chip";
import { zoneName } from "../words";
import { LogButtons } from "./log_buttons";
import { MapCard } from "./map_card";
import { type Drawing, drawRound, type PackState } from "./map_drawing";
import { NearestPlaces } from "./nearest_places";
import { shownTheme } from "./shown_theme";
import { WalkFacts } from "./walk_facts";
import "./map.css";

export function MapScreen() {
  const session = useSession();
  const round = session.picture.value.current_round;
  const zone = round?.zone ?? session.zone.value;
  return (
    <Screen
      name="map"
      title={t("map.title")}
      lead={zone === null ? undefined : zoneName(session.source.value.rows, zone)}
      back={{ href: round === null ? "#/" : "#/round", label: t("nav.back") }}
      chip={<SyncChip />}
      thumb={round === null ? undefined : <LogButtons />}
    >
      {canDraw() ? <DrawnMap /> : <ListInstead why="map.no_webgl" />}
    </Screen>
  );
}

/** What the map says, in words. */
function ListInstead({ why }: { why: "map.no_webgl" | "map.failed" }) {
  return (
    <>
      <Notice tone="warn" icon="map" testid="map-list">
        <p>{t(why)}</p>
      </Notice>
      <WalkFacts />
      <NearestPlaces />
    </>
  );
}

function DrawnMap() {
  const app = useApp();
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    let opened: Drawing | null = null;
    let isGone = false;
    import("../../map/map_view")
      .then((library) => {
        if (isGone) return;
        opened = drawRound(library, place, { session, now: app.now, theme: shownTheme() });
        setDrawing(opened);
      })
      // Its script did not come, or the phone has no room for drawing after all.
      .catch(() => setFailed(true));
    return () => {
      isGone = true;
      opened?.leave();
    };
  }, [session, app]);
  useTheme(drawing);
  if (hasFailed) return <ListInstead why="map.failed" />;
  return (
    <>
      <div class="map-frame">
        <div ref={host} class="map-host" data-testid="map">
          {drawing === null && <p class="map-wait">{t("map.loading")}</p>}
        </div>
        {drawing && <Controls drawing={drawing} />}
        <Seeking />
        {drawing?.attribution.value && <p class="map-source">{drawing.attribution.value}</p>}
      </div>
      {drawing && <PackNotice state={drawing.pack.value} />}
      {drawing && <MapCard picked={drawing.picked.value} stateOf={drawing.stateOf} />}
      <Legend hasRoute={(session.tonight.value?.body.suggested ?? []).length > 0} />
    </>
  );
}

/** The map follows the app's theme, and the phone's where the app follows that. */
function useTheme(drawing: Drawing | null): void {
  const app = useApp();
  useEffect(() => {
    if (drawing === null) return;
    // The app's own listeners came first: what they have set is read here.
    const apply = () => drawing.setTheme(shownTheme());
    const stop = app.theme.subscribe(apply);
    const phone = matchMedia("(prefers-color-scheme: light)");
    phone.addEventListener("change", apply);
    return () => {
      stop();
      phone.removeEventListener("change", apply);
    };
  }, [drawing, app]);
}

function Controls({ drawing }: { drawing: Drawing }) {
  const isHeadingUp = drawing.isHeadingUp.value;
  return (
    <div class="map-controls">
      <div class="map-stack">
        <MapButton icon="plus" label={t("map.zoom_in")} onPress={() => drawing.zoomBy(1)} />
        <MapButton icon="minus" label={t("map.zoom_out")} onPress={() => drawing.zoomBy(-1)} />
      </div>
      <div class="map-stack">
        <MapButton
          icon={isHeadingUp ? "heading" : "north"}
          label={t("map.heading_up")}
          pressed={isHeadingUp}
          onPress={drawing.turn}
          testid="map-heading"
        />
        <MapButton
          icon="locate"
          label={t("map.locate")}
          pressed={drawing.isFollowing.value}
          onPress={drawing.locate}
          testid="map-locate"
        />
      </div>
    </div>
  );
}

function MapButton(props: { icon: IconName; label: string; pressed?: boolean; onPress: () => void; testid?: string }) {
  return (
    <button
      type="button"
      class="map-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      onClick={props.onPress}
      data-testid={props.testid}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** The dot is where the host is, or it is not there: this says so. */
function Seeking() {
  const session = useSession();
  if (session.position.value !== null || session.recording.value.mode !== "recording") return null;
  return (
    <p class="map-seeking" data-testid="map-seeking">
      {t("map.no_position")}
    </p>
  );
}

function PackNotice({ state }: { state: PackState }) {
  if (state !== "none") return null;
  return (
    <Notice tone="warn" icon="map" testid="map-no-pack">
      <p>{t("map.no_pack")}</p>
    </Notice>
  );
}

function Legend({ hasRoute }: { hasRoute: boolean }) {
  const samples = ["walked", "told", "unknown", "left", ...(hasRoute ? (["route"] as const) : [])] as const;
  return (
    <section class="map-legend" aria-label={t("map.legend")}>
      <ul>
        {samples.map((state) => (
          <li key={state}>
            <span class={`map-sample map-sample-${state}`} aria-hidden="true" />
            {t(`map.${state}`)}
          </li>
        ))}
      </ul>
      <p class="soft">{t("map.facts_preliminary")}</p>
    </section>
  );
}
