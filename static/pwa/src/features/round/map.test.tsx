/** The map's screen: what it draws of the round, how it follows the host, and what stands there when it cannot be drawn. */

import { signal } from "@preact/signals";
import { screen, waitFor } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AT_BACKA_14, CELLAR_B, tonightDoc, YARD, ZONE } from "../../../test/rows";
import { type Stage, setStage } from "../../../test/stage";
import { tellWalk } from "../../domain/told";
import type { SuggestedRound } from "../../domain/types";
import type * as Library from "../../map/map_view";
import * as picture from "../../map/picture";
import { saveCalm } from "../observe/record";
import { type Drawing, drawRound, stretchesOf } from "./map_drawing";

const kept = vi.hoisted(() => ({ manifest: null as object | null, files: {} as Record<string, object> }));
vi.mock("../../store/packs", () => ({
  openPacks: async () => ({
    manifest: async () => kept.manifest,
    file: async (_manifest: object, name: string) => kept.files[name] ?? null,
  }),
  keepPacksOf: async () => undefined,
  unpacked: async (file: unknown) => file,
}));

const GAP = "00000000-0000-7000-8000-0000000000ab";
const STREET = [11_985_900, 57_744_100, 400, 0];
const OUTLINE = [11_980_000, 57_740_000, 10_000, 0, 0, 10_000, -10_000, 0];
const MANIFEST = {
  format: 1,
  zone: ZONE,
  version: "v1",
  box: [11.9, 57.7, 12, 57.8],
  attribution: "© Kartan",
  files: [],
};
const FILES = {
  "map.pmtiles": {},
  "paths.json": { paths: [["piece", 1, [STREET]]] },
  "places.json": { zones: [[ZONE, "Backa", OUTLINE]], places: [] },
};

/** A map that remembers what it was told. */
function fakeMap() {
  let events: Library.MapEvents | null = null;
  const shown = new Map<string, GeoJSON.FeatureCollection>();
  const view = {
    setPack: vi.fn(async () => undefined),
    setTheme: vi.fn(),
    show: (overlay: string, content: GeoJSON.FeatureCollection) => void shown.set(overlay, content),
    setStates: vi.fn(),
    look: vi.fn(),
    turnTo: vi.fn(),
    fit: vi.fn(),
    zoomBy: vi.fn(),
    leave: vi.fn(),
  };
  const library = {
    ...picture,
    openMap: (_host: HTMLElement, _theme: string, _words: object, given: Library.MapEvents) => {
      events = given;
      return view;
    },
  } as unknown as typeof Library;
  return {
    library,
    view,
    shown,
    move: () => events?.onMoved(),
    pick: (picked: Library.Picked) => events?.onPicked(picked),
  };
}

type FakeMap = ReturnType<typeof fakeMap>;

const properties = (map: FakeMap, overlay: string) => map.shown.get(overlay)?.features.map((one) => one.properties);

function draw(stage: Stage): { map: FakeMap; drawing: Drawing } {
  const map = fakeMap();
  const around = { session: stage.session, now: signal(Date.now()), theme: "dark" as const };
  return { map, drawing: drawRound(map.library, document.createElement("div"), around) };
}

beforeEach(() => {
  kept.manifest = MANIFEST;
  kept.files = FILES;
});

describe("the map of the round", () => {
  it("has tonight's places with their clocks, and a place that was checked as seen", async () => {
    const stage = await setStage({ tonight: tonightDoc(Date.now()) });
    stage.session.zone.value = ZONE;
    await waitFor(() => expect(stage.session.tonight.value).not.toBeNull());
    await saveCalm(stage.session, YARD);
    const { map } = draw(stage);
    const places = properties(map, "places");
    expect(places?.find((place) => place?.id === CELLAR_B)).toMatchObject({ age: "overdue", word: "aldrig" });
    expect(places?.find((place) => place?.id === YARD)).toMatchObject({ age: "tonight", word: "ikväll" });
    expect(properties(map, "records")).toEqual([expect.objectContaining({ kind: "calm", letter: "L" })]);
  });

  it("follows the host until the map is moved by hand, and again when it is asked to", async () => {
    const { map, drawing } = draw(await setStage());
    expect(map.view.look).toHaveBeenLastCalledWith(expect.objectContaining(AT_BACKA_14), 0, true);
    map.move();
    expect(drawing.isFollowing.value).toBe(false);
    map.view.look.mockClear();
    drawing.locate();
    expect(map.view.look).toHaveBeenCalledOnce();
    expect(drawing.isFollowing.value).toBe(true);
  });

  it("turns with the way walked and back to north, also while there is no position", async () => {
    const { map, drawing } = draw(await setStage({ hasPosition: false }));
    drawing.turn();
    expect(drawing.isHeadingUp.value).toBe(true);
    drawing.turn();
    expect(drawing.isHeadingUp.value).toBe(false);
    expect(map.view.turnTo).toHaveBeenLastCalledWith(0);
  });

  it("leaves out another zone's places", async () => {
    const stage = await setStage({ tonight: { ...tonightDoc(Date.now()), zone: "another" } });
    stage.session.zone.value = ZONE;
    await waitFor(() => expect(stage.session.tonight.value).not.toBeNull());
    expect(properties(draw(stage).map, "places")).toHaveLength(5);
  });

  it("shows the pack of the zone, and its pieces as the phone knows them", async () => {
    const stage = await setStage();
    const { map, drawing } = draw(stage);
    expect(drawing.pack.value).toBe("loading");
    await waitFor(() => expect(drawing.pack.value).toBe("ready"));
    expect(map.view.setPack).toHaveBeenCalledWith(expect.objectContaining({ version: "v1" }));
    expect(drawing.attribution.value).toBe("© Kartan");
    expect(properties(map, "network")).toEqual([{ id: "piece", own: true }]);
    const from = stage.recording.value.last_fix ?? { ...AT_BACKA_14, accuracy_m: 8, at: Date.now() };
    const on = { ...from, lon: from.lon + 0.0003, at: from.at + 12_000 };
    stage.recording.value = { ...stage.recording.value, last_fix: on };
    await waitFor(() => expect(map.view.setStates).toHaveBeenCalledWith(new Map([["piece", "walked"]])));
  });

  it("draws what a gap may have covered as unknown, and what the hosts tell of it as told", async () => {
    const stage = await setStage();
    const { map, drawing } = draw(stage);
    const round = stage.session.picture.value.current_round?.id ?? "";
    const lost = stage.recording.value.last_fix ?? { ...AT_BACKA_14, accuracy_m: 8, at: Date.now() };
    const gap = { id: GAP, from: lost.at, to: lost.at + 300_000 };
    const data = { round, from: gap.from, to: gap.to, reason: "hidden" as const };
    await stage.store.saveRecord({ type: "gap.record", entity: GAP, base: null, data });
    await waitFor(() => expect(map.view.setStates).toHaveBeenCalledWith(new Map([["piece", "unknown"]])));
    expect(drawing.stateOf("piece")).toBe("unknown");
    await stage.store.saveRecord(tellWalk(stage.store.newId(), round, gap, { paths: ["piece"], places: [] }));
    await waitFor(() => expect(map.view.setStates).toHaveBeenCalledWith(new Map([["piece", "told"]])));
  });

  it("draws the suggested round as its lines and its stops by number", async () => {
    const round = {
      minutes: 60, seconds: 100, value: 3, places: [2, 4], pieces: [1, 1], pieces_m: [24, 24],
      legs: [["piece", 0, 1, 40, 1, [[CELLAR_B, 60, 2], [YARD, 60, 1]]]],
    } as unknown as SuggestedRound; // biome-ignore format: a document
    const stage = await setStage({ tonight: { ...tonightDoc(Date.now()), suggested: [round] } });
    stage.session.zone.value = ZONE;
    await waitFor(() => expect(stage.session.tonight.value).not.toBeNull());
    const { map, drawing } = draw(stage);
    await waitFor(() => expect(drawing.pack.value).toBe("ready"));
    expect(map.shown.get("route")?.features.map(({ geometry }) => geometry.type)).toEqual([
      "LineString",
      "Point",
      "Point",
    ]);
    expect(properties(map, "route")?.slice(1)).toEqual([{ number: "1" }, { number: "2" }]);
  });

  it("draws the path network where that is all the pack has", async () => {
    kept.files = { ...FILES, "map.pmtiles": undefined as unknown as object };
    const { map, drawing } = draw(await setStage());
    await waitFor(() => expect(drawing.pack.value).toBe("ready"));
    expect(map.view.setPack).toHaveBeenCalledWith(null);
    expect(properties(map, "network")).toHaveLength(1);
  });

  it("says when there is no pack, and keeps to the position then", async () => {
    kept.manifest = null;
    const { map, drawing } = draw(await setStage());
    await waitFor(() => expect(drawing.pack.value).toBe("none"));
    expect([properties(map, "zone"), properties(map, "network")]).toEqual([[], []]);
    expect(map.view.fit).not.toHaveBeenCalled();
  });

  it("looks at the whole district while there is no position", async () => {
    const { map, drawing } = draw(await setStage({ hasPosition: false }));
    await waitFor(() => expect(drawing.pack.value).toBe("ready"));
    expect(map.view.look).not.toHaveBeenCalled();
    expect(map.view.fit).toHaveBeenCalledWith(MANIFEST.box);
  });

  it("draws nothing more once it is left", async () => {
    const stage = await setStage();
    const { map, drawing } = draw(stage);
    drawing.leave();
    map.shown.clear();
    await saveCalm(stage.session, YARD);
    expect(map.shown.size).toBe(0);
    expect(map.view.leave).toHaveBeenCalledOnce();
  });
});

it("joins no fixes over a gap", () => {
  const fix = (at: number) => ({ lat: 57.7, lon: 11.9, accuracy_m: 5, at });
  expect(stretchesOf([fix(0), fix(4_000), fix(60_000)]).map((stretch) => stretch.length)).toEqual([2, 1]);
});

it("lists the places where the browser cannot draw", async () => {
  await setStage({ hash: "#/round/map" });
  await waitFor(() => screen.getByTestId("map-list"));
  expect(screen.getAllByTestId("near-place").length).toBeGreaterThan(0);
  await waitFor(() => expect(screen.getByTestId("walk-facts").textContent).toContain("kvar1 väg"));
  expect(screen.getByTestId("left-path").textContent).toContain("Väg");
  expect(screen.getByTestId("log-damage")).toBeTruthy();
});
