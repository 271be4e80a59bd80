/** The map of one gap: where the way was lost and found again, and the pieces between, to be marked with a tap. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Fix, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import type * as Library from "../../map/map_view";
import { useApp } from "../context";
import type { GapAround } from "./gap_screen";
import { shownTheme } from "./shown_theme";
import "./map.css";

interface GapMapProps {
  readonly around: GapAround;
  readonly paths: ReadonlySet<Uuid>;
  readonly onPiece: (id: Uuid) => void;
}

export function GapMap({ around, paths, onPiece }: GapMapProps) {
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const pick = useRef(onPiece);
  pick.current = onPiece;
  const [view, setView] = useState<Library.MapView | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const place = host.current;
    let opened: Library.MapView | null = null;
    let isGone = false;
    import("../../map/map_view")
      .then((library) => {
        if (isGone || place === null) return;
        opened = openGap(library, place, around, (id) => pick.current(id));
        setView(opened);
      })
      // The list beside it says the same.
      .catch(() => setFailed(true));
    return () => {
      isGone = true;
      opened?.leave();
    };
  }, [around]);
  useEffect(() => {
    const state = (id: Uuid) => (paths.has(id) ? "told" : "unknown");
    view?.setStates(new Map(around.choices.pieces.map(({ piece }) => [piece.id, state(piece.id)])));
  }, [view, paths, around]);
  useEffect(() => (view === null ? undefined : app.theme.subscribe(() => view.setTheme(shownTheme()))), [view, app]);
  if (hasFailed) return null;
  return (
    <figure class="gap-map">
      <div ref={host} class="map-host" data-testid="gap-map" />
      <figcaption class="soft">{t("told.map_help")}</figcaption>
    </figure>
  );
}

function openGap(
  library: typeof Library,
  host: HTMLElement,
  { ends, choices, pack }: GapAround,
  onPiece: (id: Uuid) => void,
): Library.MapView {
  const view = library.openMap(
    host,
    shownTheme(),
    { "Map.Title": t("told.map") },
    {
      onMoved: () => undefined,
      onPicked: (picked) => picked?.layer === "network" && onPiece(picked.id),
    },
  );
  const between = choices.pieces.map(({ piece }) => piece);
  view.show("zone", library.outlineOf(null));
  view.show("network", library.networkOf(between, null));
  view.show("track", library.trackOf([]));
  view.show("route", library.routeOf([], []));
  view.show("places", library.placesOf([]));
  view.show("me", library.meOf(null));
  const end = (id: string, at: Fix | null, letter: string) =>
    at === null ? [] : [{ id, at, kind: "observation" as const, letter }];
  view.show("records", library.recordsOf([...end("lost", ends.before, "A"), ...end("found", ends.after, "B")]));
  const tiles = pack?.tiles ?? null;
  if (pack !== null) {
    void view.setPack(tiles === null ? null : { version: pack.manifest.version, tiles, box: pack.manifest.box });
  }
  view.fit(boxOf([...between.flatMap(({ lines }) => lines.flat()), ...corners([ends.before, ends.after])]));
  return view;
}

const corners = (fixes: readonly (Fix | null)[]) =>
  fixes.flatMap((fix) => (fix === null ? [] : [[fix.lon, fix.lat] as const]));

function boxOf(points: readonly (readonly [number, number])[]): [number, number, number, number] {
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
