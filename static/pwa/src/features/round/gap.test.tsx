/** "Vi gick här ändå": from the gap on the round's screen to what is saved, undone and taken back. */

import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AT_BACKA_14, YARD, ZONE } from "../../../test/rows";
import { type Stage, setStage } from "../../../test/stage";

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
const MINUTE_MS = 60_000;
const PACK = { format: 1, zone: ZONE, version: "v1", box: [11.9, 57.7, 12, 57.8], attribution: "", files: [] };

beforeEach(() => {
  kept.manifest = PACK;
  kept.files = {
    "paths.json": { paths: [["piece", 1, [[11_986_100, 57_744_300, 400, 0]]]] },
    "places.json": { zones: [], places: [] },
  };
});

/** A round with one gap of six minutes, from Backa 14 to a little north of it. */
async function withGap(options: { hasWay?: boolean } = {}): Promise<Stage> {
  const stage = await setStage();
  const round = stage.session.picture.value.current_round?.id ?? "";
  const to = Date.now() - MINUTE_MS;
  const from = to - 6 * MINUTE_MS;
  if (options.hasWay !== false) {
    await stage.store.startRecording(round);
    await stage.store.putFix(round, { ...AT_BACKA_14, accuracy_m: 8, at: from });
    await stage.store.putFix(round, { ...AT_BACKA_14, lat: AT_BACKA_14.lat + 0.0006, accuracy_m: 8, at: to });
  }
  const data = { round, from, to, reason: "hidden" as const };
  await stage.store.saveRecord({ type: "gap.record", entity: GAP, base: null, data });
  return stage;
}

const last = (stage: Stage) => stage.store.source().ops.at(-1)?.op;
const mark = async (testid: string) =>
  fireEvent.click((await waitFor(() => screen.getAllByTestId(testid)))[0] as Element);

describe("a gap of the round", () => {
  it("asks on the round's screen whether it was walked, and is told of with three taps", async () => {
    const stage = await withGap();
    expect((await waitFor(() => screen.getByTestId("gap"))).textContent).toContain("Gick ni här ändå?");
    await stage.tap("gap");
    await mark("told-path");
    await stage.tap("told-save");
    await waitFor(() => expect(last(stage)).toMatchObject({ type: "walk.tell", data: { gap: GAP, paths: ["piece"] } }));
    expect(stage.hash()).toBe("#/round");
    await waitFor(() => expect(screen.getByTestId("gap").textContent).toContain("1 markerad, enligt värden"));
  });

  it("names pieces by what is near, and marks places too", async () => {
    const stage = await withGap();
    await stage.tap("gap");
    const path = await waitFor(() => screen.getByTestId("told-path"));
    expect(path.textContent).toMatch(/Väg (norr|öster) om Backa 14/);
    await mark("told-place");
    await waitFor(() => expect(screen.getByTestId("told-save").textContent).toBe("Spara 1 markerad"));
    expect(screen.getAllByTestId("told-place")[0]?.textContent).toContain("enligt värden");
  });

  it("is a gap again when what was told is undone", async () => {
    const stage = await withGap();
    await stage.tap("gap");
    await mark("told-path");
    await stage.tap("told-save");
    await stage.tap("told-undo");
    await waitFor(() => expect(last(stage)?.type).toBe("walk.untell"));
    await waitFor(() => expect(screen.getByTestId("gap").textContent).toContain("Gick ni här ändå?"));
  });

  it("can be changed under the same id, and taken back later", async () => {
    const stage = await withGap();
    await stage.tap("gap");
    await mark("told-path");
    await stage.tap("told-save");
    await waitFor(() => expect(last(stage)?.type).toBe("walk.tell"));
    const told = last(stage)?.entity;
    await stage.tap("gap");
    await mark("told-place");
    await stage.tap("told-save");
    await waitFor(() =>
      expect(last(stage)).toMatchObject({ type: "walk.tell", entity: told, data: { paths: ["piece"] } }),
    );
    await stage.tap("gap");
    await stage.tap("told-take-back");
    await waitFor(() => expect(last(stage)).toMatchObject({ type: "walk.untell", entity: told }));
  });

  it("whose ends nobody knows offers every place, and says why", async () => {
    const stage = await withGap({ hasWay: false });
    await stage.tap("gap");
    await waitFor(() => screen.getByTestId("told-no-ends"));
    expect(screen.getAllByTestId("told-place").map((row) => row.dataset.id)).toContain(YARD);
    expect(screen.queryByTestId("told-path")).toBeNull();
    expect(screen.getByTestId("told-save").hasAttribute("disabled")).toBe(true);
  });

  it("without a map still has its places", async () => {
    kept.manifest = null;
    const stage = await withGap();
    await stage.tap("gap");
    await waitFor(() => screen.getByTestId("told-no-pack"));
    expect(screen.getAllByTestId("told-place").length).toBeGreaterThan(0);
  });

  it("that is not on the phone says so", async () => {
    await setStage({ hash: "#/round/gap/nothing" });
    await waitFor(() => screen.getByTestId("no-gap"));
  });
});
