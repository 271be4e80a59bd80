/** Tonight and the round: starting, pausing, ending, and what is told of gaps. */

import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { BACKA_14, BACKA_16, CELLAR_B, STAIRWELL_A, tonightDoc, YARD, ZONE } from "../../../test/rows";
import { type Stage, setStage } from "../../../test/stage";
import type { DueDoc } from "../../domain/types";
import { HOLD_MS } from "../../ui/hold";
import { saveCalm } from "../observe/record";

const round = (stage: Stage) => stage.session.picture.value.current_round;

describe("tonight", () => {
  it("starts a round of three with two taps", async () => {
    const stage = await setStage({ isOnRound: false });
    await stage.tap("party-3");
    await stage.tap("round-start");
    await waitFor(() => expect(round(stage)).toMatchObject({ party_size: 3, state: "open" }));
    expect(stage.recording.value.mode).toBe("recording");
    expect(stage.hash()).toBe("#/round");
  });

  it("does not offer to walk alone, but warns who asks to", async () => {
    const stage = await setStage({ isOnRound: false });
    await waitFor(() => screen.getByTestId("party-2"));
    expect(screen.queryByTestId("party-1")).toBeNull();
    await stage.tap("party-other");
    await stage.tap("party-fewer");
    await waitFor(() => expect(screen.getByTestId("alone-warning").textContent).toContain("Gå inte ensam"));
    await stage.tap("round-start");
    await waitFor(() => expect(round(stage)?.party_size).toBe(1));
  });

  it("lists the place that has been unseen for longest first, and what was left", async () => {
    await setStage({ isOnRound: false, tonight: tonightDoc(Date.now()) });
    await waitFor(() => {
      const places = screen.getAllByTestId("overdue-place").map((row) => row.textContent);
      expect(places[0]).toContain("Källare B");
      expect(places[0]).toContain("aldrig sedd");
    });
    expect(screen.getByTestId("handover").textContent).toContain("Trasig belysning inne");
  });

  it("gathers many places that were never seen, and lists the others by the time since they were", async () => {
    const doc = tonightDoc(Date.now());
    const never = [CELLAR_B, STAIRWELL_A, BACKA_14, YARD].map((place) => ({ place, last_seen_at: null }));
    const seen = doc.places.filter(({ place }) => place === BACKA_16);
    await setStage({ isOnRound: false, tonight: { ...doc, places: [...never, ...seen] } });
    const gathered = await waitFor(() => screen.getByTestId("never-seen"));
    expect(gathered.textContent).toBe("4 platser aldrig sedda");
    expect(screen.getAllByTestId("overdue-place").map((row) => row.textContent)).toEqual([
      expect.stringMatching(/^Backa 16sedd i förrgår|^Backa 16sedd för 2/),
    ]);
    fireEvent.click(gathered);
    await waitFor(() => expect(screen.getAllByTestId("overdue-place")).toHaveLength(5));
    expect(gathered.getAttribute("aria-expanded")).toBe("true");
  });

  it("counts in what was logged after the times were fetched", async () => {
    const stage = await setStage({ isOnRound: false, tonight: tonightDoc(Date.now()) });
    await saveCalm(stage.session, YARD);
    await waitFor(() => {
      const places = screen.getAllByTestId("overdue-place").map((row) => row.textContent);
      expect(places.at(-1)).toMatch(/^Norra gården.*nyss/);
    });
  });

  it("ends a round that was forgotten as such", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 20 * 3_600_000 });
    const stage = await setStage({ hash: "#/" });
    vi.useRealTimers();
    (stage.app.now as { value: number }).value = Date.now();
    await stage.tap("round-forgotten");
    await waitFor(() => expect(round(stage)).toBeNull());
    expect(stage.store.source().ops.at(-1)?.op.data).toEqual({ reason: "forgotten" });
  });
});

describe("the round", () => {
  it("has 112 and the on-call number one tap away", async () => {
    await setStage();
    await waitFor(() => expect(screen.getByTestId("call-112").getAttribute("href")).toBe("tel:112"));
    expect(screen.getByTestId("call-on-call").getAttribute("href")).toBe("tel:031123456");
  });

  it("tells in words of the gap that is open and of the last one", async () => {
    const stage = await setStage();
    const now = Date.now();
    const gap = { round: round(stage)?.id ?? "", from: now - 900_000, to: now - 720_000, reason: "no_fix" as const };
    await stage.store.saveRecord({ type: "gap.record", entity: stage.store.newId(), base: null, data: gap });
    stage.recording.value = { ...stage.recording.value, gap: { from: now - 180_000, reason: "hidden" } };
    await waitFor(() => expect(screen.getByTestId("recording-state").textContent).toContain("skärmen var släckt"));
    expect(screen.getByTestId("last-gap").textContent).toBe("Senaste lucka 3 min: ingen position");
  });

  it("tells of no gap while the app has only just been loaded anew", async () => {
    const stage = await setStage({ hasPosition: false });
    const gap = { from: stage.app.now.value - 2_000, reason: "locked_or_killed" as const };
    stage.recording.value = { ...stage.recording.value, gap };
    await waitFor(() => expect(screen.getByTestId("recording-state").textContent).toContain("Söker position"));
  });

  it("pauses and goes on", async () => {
    const stage = await setStage();
    await stage.tap("round-pause");
    await waitFor(() => expect(round(stage)?.state).toBe("paused"));
    expect(stage.recording.value.mode).toBe("paused");
    await stage.tap("round-resume");
    await waitFor(() => expect(round(stage)?.state).toBe("open"));
  });

  it("chooses the place of the next record with a tap on it", async () => {
    const stage = await setStage();
    await waitFor(() => screen.getAllByTestId("near-place"));
    const cellar = screen.getAllByTestId("near-place").find((row) => row.dataset.id === CELLAR_B);
    fireEvent.click(cellar as HTMLElement);
    expect(stage.session.chosenPlace.value).toBe(CELLAR_B);
  });

  it("ends when the button is held", async () => {
    const stage = await setStage();
    const button = await waitFor(() => screen.getByTestId("round-end"));
    fireEvent.pointerDown(button);
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS + 100));
    fireEvent.pointerUp(button);
    await waitFor(() => expect(round(stage)).toBeNull());
    expect(stage.store.source().ops.at(-1)?.op).toMatchObject({ type: "round.end", data: { reason: "done" } });
  });

  it("asks first when the button is only pressed, takes the reason for an early end, and ends when that is held", async () => {
    const stage = await setStage();
    const button = await waitFor(() => screen.getByTestId("round-end"));
    fireEvent.pointerDown(button);
    fireEvent.pointerUp(button);
    await stage.tap("round-end");
    expect(round(stage)?.state).toBe("open");
    expect(screen.queryByTestId("end-hold")).toBeNull();
    await stage.tap("end-weather");
    await hold("end-hold");
    await waitFor(() => expect(round(stage)).toBeNull());
    expect(stage.store.source().ops.at(-1)?.op.data).toEqual({ reason: "weather" });
  });

  it("ends for a reason without a hold when it is asked to twice", async () => {
    const stage = await setStage({ hash: "#/round/end" });
    await stage.tap("end-unsafe");
    await stage.tap("end-hold");
    expect(round(stage)?.state).toBe("open");
    await stage.tap("end-now");
    await waitFor(() => expect(round(stage)).toBeNull());
    expect(stage.store.source().ops.at(-1)?.op.data).toEqual({ reason: "unsafe" });
  });

  it("says what is left of what was planned, and is done when all of that has been seen", async () => {
    const doc = tonightDoc(Date.now());
    const stage = await setStage({ tonight: { ...doc, due: dueDoc([CELLAR_B, YARD]) } });
    stage.session.zone.value = ZONE;
    await waitFor(() => expect(stage.session.tonight.value).not.toBeNull());
    await saveCalm(stage.session, YARD);
    stage.app.go("#/round/end");
    await waitFor(() =>
      expect(screen.getByTestId("end-planned").textContent).toBe("1 av 2 planerade platser är kvar."),
    );
    stage.app.go("#/round");
    await saveCalm(stage.session, CELLAR_B);
    stage.app.go("#/round/end");
    await waitFor(() => expect(screen.getByTestId("end-planned").textContent).toContain("Allt som var planerat"));
    expect(screen.getByTestId("end-hold").textContent).toContain("Klart för ikväll");
  });
});

describe("the pocket screen", () => {
  it("says what is recorded, what is unsent and that the phone stays awake, in words", async () => {
    const stage = await setStage();
    await stage.tap("pocket");
    await waitFor(() => expect(screen.getByTestId("pocket-state").textContent).toContain("Vägen spelas in"));
    expect(screen.getByTestId("pocket-unsent").textContent).toBe("1 osänd, sparad på telefonen");
    const gap = { from: Date.now() - 120_000, reason: "no_fix" as const };
    stage.recording.value = { ...stage.recording.value, gap, has_wake_lock: false };
    await waitFor(() => expect(screen.getByTestId("pocket-state").textContent).toMatch(/Lucka 2\smin/));
    expect(document.body.textContent).toContain("Sätt autolås på Aldrig");
  });

  it("is left by holding alone; a touch only says so", async () => {
    const stage = await setStage({ hash: "#/round/pocket" });
    await stage.tap("pocket-leave");
    expect(stage.hash()).toBe("#/round/pocket");
    expect(document.querySelectorAll("main a, main button")).toHaveLength(1);
    await hold("pocket-leave");
    await waitFor(() => expect(stage.hash()).toBe("#/round"));
  });
});

async function hold(testid: string): Promise<void> {
  const button = await waitFor(() => screen.getByTestId(testid));
  fireEvent.pointerDown(button);
  await new Promise((resolve) => setTimeout(resolve, HOLD_MS + 100));
  fireEvent.pointerUp(button);
}

function dueDoc(places: readonly string[]): DueDoc {
  const day = new Date(Date.now() - 6 * 3_600_000);
  const pieces = { waiting: 0, seen: 0, waiting_m: 0 };
  const plan = { plan: "plan", times_a_week: null, weekdays: [1, 2, 3, 4, 5, 6, 7], from_min: 0, to_min: 1440, pieces };
  return {
    day: `${day.getFullYear()}-${`${day.getMonth() + 1}`.padStart(2, "0")}-${`${day.getDate()}`.padStart(2, "0")}`,
    plans: [plan],
    places: places.map((place) => ({ place, plan: 0, occasions: 1, is_seen: false })),
  };
}
