/** Keep the map in step with the round: what changes on the phone is drawn, and nothing else is drawn anew. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { GAP_MS_MIN } from "../../domain/gap";
import type { PathPiece } from "../../domain/pack";
import type { Fix, Ms, Uuid } from "../../domain/types";
import { courseOf, type PieceState, startWalk, type Walk } from "../../domain/walked";
import { t } from "../../i18n";
import type * as Library from "../../map/map_view";
import type { MapTheme } from "../../map/palette";
import type { Session } from "../context";
import { type GapMarks, gapMarks } from "./gap_marks";
import { drawnPlaces, drawnRecords, drawnRoute } from "./map_content";
import { type ReadPack, readPack } from "./pack_reading";

/** `none`: there is no pack of this zone on the phone. */
export type PackState = "loading" | "none" | "ready";

export interface Drawing {
  readonly pack: ReadonlySignal<PackState>;
  /** Whose map it is, to be named on it; empty when it is nobody else's. */
  readonly attribution: ReadonlySignal<string>;
  readonly picked: ReadonlySignal<Library.Picked | null>;
  readonly isFollowing: ReadonlySignal<boolean>;
  readonly isHeadingUp: ReadonlySignal<boolean>;
  /** What is known now of a piece of the network. */
  stateOf(piece: Uuid): PieceState;
  setTheme(theme: MapTheme): void;
  zoomBy(steps: number): void;
  /** Follow the host again. */
  locate(): void;
  /** North-up or heading-up. */
  turn(): void;
  leave(): void;
}

interface Around {
  readonly session: Session;
  readonly now: ReadonlySignal<Ms>;
  readonly theme: MapTheme;
}

/** How many fixes tell where somebody is heading. */
const COURSE_FIXES = 30;
/** The whole way is drawn anew for so many fixes: after hours it is long. */
const REDRAWN_EACH = 5;
/** How old a pack may look before it is looked for again while there is none. */
const LOOK_AGAIN_MS = 15_000;
const MINUTE_MS = 60_000;

export function drawRound(library: typeof Library, host: HTMLElement, { session, now, theme }: Around): Drawing {
  const pack = signal<PackState>("loading");
  const attribution = signal("");
  const picked = signal<Library.Picked | null>(null);
  const isFollowing = signal(true);
  const isHeadingUp = signal(false);
  const words = { "Map.Title": t("map.label") };
  const view = library.openMap(host, theme, words, {
    onMoved: () => {
      isFollowing.value = false;
    },
    onPicked: (found) => {
      picked.value = found;
    },
  });
  const way = followWay(library, view, session);
  const course = () => (isHeadingUp.value ? (courseOf(way.fixes.slice(-COURSE_FIXES)) ?? 0) : 0);
  const pieces = signal<readonly PathPiece[]>([]);
  // Once, and whenever it is asked for: in between the host looks from as far away as they like.
  let comesClose = true;
  const stops = [
    ...drawContent(library, view, { session, now, way, pieces }),
    effect(() => {
      const at = session.position.value;
      view.show("me", library.meOf(at));
      way.take(session.recording.value.last_fix);
      if (at === null || !isFollowing.value) return;
      view.look(at, course(), comesClose);
      comesClose = false;
    }),
  ];
  const stopPack = followPack(library, view, session, {
    pack,
    attribution,
    way,
    pieces,
    now,
    isPlaced: () => session.position.peek() !== null,
  });
  return {
    pack,
    attribution,
    picked,
    isFollowing,
    isHeadingUp,
    stateOf: way.state,
    setTheme: view.setTheme.bind(view),
    zoomBy: view.zoomBy.bind(view),
    locate: () => {
      comesClose = true;
      isFollowing.value = false;
      isFollowing.value = true;
    },
    turn: () => {
      isHeadingUp.value = !isHeadingUp.value;
      isFollowing.value = true;
      if (session.position.peek() === null) view.turnTo(course());
    },
    leave: () => {
      for (const stop of stops) stop();
      stopPack();
      way.leave();
      view.leave();
    },
  };
}

interface ContentAround extends Omit<Around, "theme"> {
  readonly way: Way;
  readonly pieces: ReadonlySignal<readonly PathPiece[]>;
}

/** Draw places, the suggested round, records and what gaps may have covered, each anew when it changes. Returns how to stop. */
function drawContent(
  library: typeof Library,
  view: Library.MapView,
  { session, now, way, pieces }: ContentAround,
): (() => void)[] {
  const zone = computed(() => session.picture.value.current_round?.zone ?? session.zone.value);
  // The places' clocks tell evenings and days: they need no drawing anew with every step of the time.
  const minute = computed(() => Math.floor(now.value / MINUTE_MS) * MINUTE_MS);
  const open_gap = computed(() => session.recording.value.gap);
  return [
    effect(() => view.show("places", library.placesOf(drawnPlaces(session, zone.value, minute.value)))),
    effect(() => {
      const byId = new Map(pieces.value.map((piece) => [piece.id, piece]));
      const { lines, stops } = drawnRoute(session, zone.value, byId);
      view.show("route", library.routeOf(lines, stops));
    }),
    effect(() => {
      if (way.isRead.value) way.mark(gapMarks(session, pieces.value, way.fixes, open_gap.value, minute.value));
    }),
    effect(() => view.show("records", library.recordsOf(drawnRecords(session)))),
  ];
}

interface Way {
  /** What the phone had of the way when the map was opened is in `fixes`. */
  readonly isRead: ReadonlySignal<boolean>;
  readonly fixes: readonly Fix[];
  take(fix: Fix | null): void;
  /** The network has come: say what of it was walked. */
  onto(pieces: readonly PathPiece[]): void;
  /** Say what of it the hosts tell of, and what a gap may have covered. */
  mark(marks: GapMarks): void;
  state(piece: Uuid): PieceState;
  leave(): void;
}

/** The way of this round: what is on the phone of it, and each fix as it comes. */
function followWay(library: typeof Library, view: Library.MapView, session: Session): Way {
  const fixes: Fix[] = [];
  let walk: Walk | null = null;
  const isRead = signal(false);
  let isGone = false;
  let drawn_count = 0;
  const draw = () => {
    drawn_count = fixes.length;
    view.show("track", library.trackOf(stretchesOf(fixes)));
  };
  const add = (more: readonly Fix[]) => {
    fixes.push(...more);
    if (fixes.length - drawn_count >= REDRAWN_EACH) draw();
    if (walk !== null) view.setStates(walk.add(more));
  };
  const round = session.picture.peek().current_round;
  draw();
  if (round !== null) {
    session.store.trackOf(round.id).then(
      (known) => {
        if (isGone) return;
        const since = known.at(-1)?.at ?? 0;
        const later = fixes.splice(0).filter((fix) => fix.at > since);
        add([...known, ...later]);
        draw();
        isRead.value = true;
      },
      () => undefined,
    );
  }
  return {
    isRead,
    fixes,
    take(fix) {
      if (fix !== null && fix.at > (fixes.at(-1)?.at ?? 0)) add([fix]);
    },
    onto(pieces) {
      walk = startWalk(pieces);
      view.setStates(walk.add(fixes));
    },
    mark({ told, unknown }) {
      if (walk !== null) view.setStates(walk.mark(told, unknown));
    },
    state: (piece) => walk?.state(piece) ?? "left",
    leave() {
      isGone = true;
    },
  };
}

/** Divide a way where nothing was recorded for longer than a gap. */
export function stretchesOf(fixes: readonly Fix[]): Fix[][] {
  const stretches: Fix[][] = [];
  let before: Fix | null = null;
  for (const fix of fixes) {
    if (before === null || fix.at - before.at > GAP_MS_MIN) stretches.push([]);
    stretches.at(-1)?.push(fix);
    before = fix;
  }
  return stretches;
}

interface PackAround {
  readonly pack: { value: PackState };
  readonly attribution: { value: string };
  readonly way: Way;
  readonly pieces: { value: readonly PathPiece[] };
  readonly now: ReadonlySignal<Ms>;
  isPlaced(): boolean;
}

/** Draw the pack of the zone as soon as it is on the phone, and the newer one when that has come. */
function followPack(
  library: typeof Library,
  view: Library.MapView,
  session: Session,
  { pack, attribution, way, pieces: shown_pieces, now, isPlaced }: PackAround,
): () => void {
  let shown: string | null = null;
  let looked_at = 0;
  let isGone = false;
  // The map is the page's only one: what lies on it may be of another zone, or of another host.
  view.show("zone", library.outlineOf(null));
  view.show("network", library.networkOf([], null));
  const show = async ({ manifest, tiles, pieces, outline }: ReadPack) => {
    const isFirst = shown === null;
    shown = manifest.version;
    await view.setPack(tiles === null ? null : { version: manifest.version, tiles, box: manifest.box });
    view.show("zone", library.outlineOf(outline));
    view.show("network", library.networkOf(pieces, outline));
    way.onto(pieces);
    shown_pieces.value = pieces;
    if (isFirst && !isPlaced()) view.fit(manifest.box);
    attribution.value = manifest.attribution;
    pack.value = "ready";
  };
  const showNone = async () => {
    if (shown !== null) return;
    pack.value = "none";
    await view.setPack(null);
  };
  const draw = async (zone: Uuid) => {
    const found = await readPack(session.store.device, zone, shown).catch(() => null);
    if (isGone || found === "same") return;
    await (found === null ? showNone() : show(found));
  };
  const stop = effect(() => {
    const zone = session.picture.value.current_round?.zone ?? session.zone.value;
    if (now.value - looked_at < LOOK_AGAIN_MS) return;
    looked_at = now.value;
    void (zone === null ? showNone() : draw(zone)).catch(() => undefined);
  });
  return () => {
    isGone = true;
    stop();
  };
}
