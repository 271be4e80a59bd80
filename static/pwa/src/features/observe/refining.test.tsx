/** Refining and correcting: what is changed when, and what a note may hold. */

import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { BACKA_16, STAIRWELL_A } from "../../../test/rows";
import { type Stage, setStage, stubCamera } from "../../../test/stage";
import type { ObservationBody } from "../../domain/types";

const records = (stage: Stage) => stage.session.picture.value.records;
const RECEIVED = "00000000-0000-7000-8000-000000000b01";

async function refineFresh(): Promise<Stage> {
  const stage = await setStage();
  await stage.tap("log-observation");
  await stage.tap("category-BE04");
  await waitFor(() => screen.getByTestId("refine-done"));
  return stage;
}

function writeNote(text: string): void {
  const note = screen.getByTestId("note");
  fireEvent.input(note, { target: { value: text } });
}

async function stageWithReceived(body: Partial<ObservationBody> = {}): Promise<Stage> {
  const stage = await setStage();
  await stage.pull([
    {
      seq: 0,
      kind: "observation",
      id: RECEIVED,
      body: {
        round: null,
        category: "SK01",
        kind: "D",
        place: STAIRWELL_A,
        place_source: "chosen",
        floor: null,
        position: null,
        severity: 3,
        note: "Hela väggen",
        occurred_at: Date.now() - 86_400_000,
        rev: 4,
        state: "recorded",
        conflict: false,
        category_corrected: false,
        comments: [],
        case: null,
        photos: [],
        ...body,
      },
    },
  ]);
  return stage;
}

describe("a fresh record", () => {
  it("takes each answer at once and may be sent when the host is done", async () => {
    const stage = await refineFresh();
    await stage.tap("severity-3");
    await waitFor(() => expect(records(stage)[0]).toMatchObject({ severity: 3, is_open: true }));
    await stage.tap("refine-done");
    await waitFor(() => expect(records(stage)[0]?.is_open).toBe(false));
    expect(stage.store.source().ops.filter(({ op }) => op.type.startsWith("observation"))).toHaveLength(1);
  });

  it("gets a floor with one tap, written nowhere else, and loses it with another", async () => {
    const stage = await refineFresh();
    await stage.tap("floor-källare");
    await waitFor(() => expect(screen.getByTestId("floor-källare").getAttribute("aria-pressed")).toBe("true"));
    expect(records(stage)[0]?.floor).toBe("källare");
    expect((screen.getByTestId("floor-text") as HTMLInputElement).value).toBe("");
    await stage.tap("floor-källare");
    await waitFor(() => expect(records(stage)[0]?.floor).toBeNull());
  });

  it("gets a place that is chosen by hand", async () => {
    const stage = await refineFresh();
    await stage.tap("refine-place");
    await waitFor(() => screen.getByTestId("place-search"));
    fireEvent.input(screen.getByTestId("place-search"), { target: { value: "backa 16" } });
    await stage.tap("place-option");
    await waitFor(() => expect(records(stage)[0]).toMatchObject({ place: BACKA_16, place_source: "chosen" }));
  });

  it("keeps its note when the host is done", async () => {
    const stage = await refineFresh();
    writeNote("Mörkt vid cykelstället");
    await stage.tap("refine-done");
    await waitFor(() => expect(records(stage)[0]).toMatchObject({ note: "Mörkt vid cykelstället", is_open: false }));
  });

  it("warns of a phone number in the note and stays until it is edited or confirmed", async () => {
    const stage = await refineFresh();
    writeNote("Ring 070-123 45 67 om dörren");
    await stage.tap("refine-done");
    await waitFor(() => expect(screen.getByTestId("note-warning").textContent).toContain("070-123 45 67"));
    expect(records(stage)[0]).toMatchObject({ note: null, is_open: true });
    await stage.tap("note-confirm");
    await stage.tap("refine-done");
    await waitFor(() => expect(records(stage)[0]).toMatchObject({ note_confirmed: true, is_open: false }));
  });

  it("is taken back by undo", async () => {
    const stage = await refineFresh();
    await stage.tap("undo");
    await waitFor(() => expect(records(stage)[0]).toMatchObject({ is_withdrawn: true, is_open: false }));
  });
});

describe("a received record", () => {
  it("is corrected by one operation made from the revision that was seen", async () => {
    const stage = await stageWithReceived();
    stage.app.go(`#/records/${RECEIVED}`);
    await stage.tap("correct");
    await stage.tap("severity-2");
    await waitFor(() => expect((screen.getByTestId("severity-2") as HTMLInputElement).checked).toBe(true));
    expect(stage.store.source().ops.some(({ op }) => op.type === "observation.correct")).toBe(false);
    await stage.tap("refine-done");
    await waitFor(() => {
      const ops = stage.store.source().ops.filter(({ op }) => op.type === "observation.correct");
      expect(ops).toMatchObject([{ state: "ready", op: { base: 4, data: { set: { severity: 2 } } } }]);
    });
    expect(await stage.store.drafts()).toHaveLength(0);
  });

  it("is withdrawn with a reason", async () => {
    const stage = await stageWithReceived();
    stage.app.go(`#/records/${RECEIVED}`);
    await stage.tap("withdraw");
    await stage.tap("withdraw-duplicate");
    await waitFor(() => expect(records(stage).find((view) => view.id === RECEIVED)?.is_withdrawn).toBe(true));
    expect(stage.store.source().ops.at(-1)?.op).toMatchObject({ base: 4, data: { reason: "duplicate" } });
  });

  it("with photos is not moved to a category that takes none", async () => {
    const photos = [{ id: STAIRWELL_A, slot: 1 as const, sha256: "1".repeat(64), state: "clean" as const }];
    const stage = await stageWithReceived({ photos });
    stage.app.go(`#/refine/${RECEIVED}`);
    await stage.tap("change-category");
    await stage.tap("group-OR");
    await stage.tap("category-OR01");
    await waitFor(() => expect(screen.getByTestId("saved-status").textContent).toContain("får inte ha foto"));
    expect(records(stage).find((view) => view.id === RECEIVED)?.category).toBe("SK01");
  });

  it("tells how many of its photos have arrived, and what the desk has said", async () => {
    const photos = [1, 2].map((slot) => ({
      id: `00000000-0000-7000-8000-000000000c0${slot}`,
      slot: slot as 1 | 2,
      sha256: String(slot).repeat(64),
      state: slot === 1 ? ("clean" as const) : ("named" as const),
    }));
    const stage = await stageWithReceived({
      photos,
      comments: [{ at: Date.now(), text: "Tack!" }],
      case: { case_no: "2026-1", status: "pagar" },
    });
    stage.app.go(`#/records/${RECEIVED}`);
    await waitFor(() => expect(screen.getByTestId("record-state").textContent).toBe("1 av 2 foton mottagna"));
    expect(screen.getByTestId("comments").textContent).toContain("Tack!");
    expect(document.body.textContent).toContain("2026-1 · pågår");
  });
});

describe("the camera of a saved record", () => {
  it("has a draft on the phone while it is open and leaves none when nothing was taken", async () => {
    stubCamera();
    const stage = await refineFresh();
    await stage.tap("add-photo");
    await waitFor(() => screen.getByTestId("shutter"));
    expect(await stage.store.drafts()).toMatchObject([{ kind: "correction", step: "camera" }]);
    stage.app.go("#/round");
    await waitFor(async () => expect(await stage.store.drafts()).toHaveLength(0));
  });
});
