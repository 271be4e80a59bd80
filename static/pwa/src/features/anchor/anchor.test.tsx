/** Reading a label and walking together, on a phone without network or position. */

import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { beforeEach, describe, expect, it } from "vitest";
import { CELLAR_B } from "../../../test/rows";
import { type Stage, setStage, stubCamera } from "../../../test/stage";
import type { AnchorBody, Row } from "../../domain/types";

const ROUND = "00000000-0000-7000-8000-000000000aaa";
const OTHER = "00000000-0000-7000-8000-000000000bbb";
const ROUND_BODY = {
  zone: null,
  state: "open",
  party_size: 2,
  started_at: Date.now(),
  ended_at: null,
  viewings: [],
} as const;

function label(body: Partial<AnchorBody> = {}): Row<"anchor"> {
  const whole = { place: CELLAR_B, token: "K7QF3M9X", kind: "qr" as const, ended: false, ...body };
  return { seq: 900, kind: "anchor", id: "00000000-0000-7000-8000-000000000a01", body: whole };
}

async function readLabel(body: Partial<AnchorBody> = {}): Promise<Stage> {
  const stage = await setStage({ hash: "#/round", hasPosition: false });
  await stage.pull([label(body)]);
  await stage.tap("scan-open");
  await type("k7qf 3m9x");
  return stage;
}

async function type(code: string): Promise<void> {
  const field = await waitFor(() => screen.getByTestId("scan-code"));
  fireEvent.input(field, { target: { value: code } });
  fireEvent.submit(field.closest("form") as HTMLFormElement);
}

const records = (stage: Stage) => stage.session.picture.value.records;
const joins = (stage: Stage) =>
  stage.session.source.value.ops.flatMap(({ op }) => (op.type === "round.join" ? [op.data] : []));

beforeEach(stubCamera);

describe("a label", () => {
  it("typed from the round leads to its place, and one tap says it is calm", async () => {
    const stage = await readLabel();
    expect(await waitFor(() => screen.getByRole("heading", { level: 1 }).textContent)).toBe("Backa 14 › Källare B");
    await stage.tap("anchor-calm");
    await waitFor(() => expect(records(stage)).toMatchObject([{ place: CELLAR_B, category: "PO06", position: null }]));
    const check = stage.session.source.value.ops.find(({ op }) => op.type === "visit.check")?.op;
    expect(check?.data).toMatchObject({ how: "qr", place: CELLAR_B, round: ROUND });
    expect(stage.hash()).toBe("#/round");
  });

  it("read again at once makes no second visit unasked", async () => {
    const stage = await readLabel({ kind: "nfc" });
    await stage.tap("anchor-calm");
    await waitFor(() => expect(stage.hash()).toBe("#/round"));
    stage.app.go("#/a/K7QF3M9X");
    await waitFor(() => screen.getByTestId("anchor-just-checked"));
    expect(screen.queryByTestId("anchor-calm")).toBeNull();
    await stage.tap("anchor-calm-again");
    await waitFor(() => expect(records(stage)).toHaveLength(2));
  });

  it("gives its place to the next observation", async () => {
    const stage = await readLabel();
    await stage.tap("anchor-observe");
    expect(stage.session.here.value).toMatchObject({ place: CELLAR_B, place_source: "chosen" });
  });

  it("that has ended says where it was, and the place is chosen by hand", async () => {
    await readLabel({ ended: true });
    expect((await waitFor(() => screen.getByTestId("anchor-no-place"))).textContent).toContain("Källare B");
    expect(screen.getByTestId("log-calm").getAttribute("href")).toBe("#/calm");
  });

  it("that the phone does not know says so", async () => {
    await readLabel({ token: "00000000" });
    expect((await waitFor(() => screen.getByTestId("anchor-no-place"))).textContent).toContain("Den kan vara ny");
  });

  it("typed wrong is asked for once more", async () => {
    const stage = await setStage({ hash: "#/a" });
    await type("K7Q");
    expect(await waitFor(() => screen.getByText(/Koden har åtta tecken/))).toBeTruthy();
    expect(stage.hash()).toBe("#/a");
  });
});

describe("walking together", () => {
  it("shows this round as a picture and as six characters", async () => {
    const stage = await setStage({ hash: "#/round" });
    await stage.tap("join-open");
    await waitFor(() => expect(screen.getByTestId("join-code").textContent).toMatch(/^[0-9A-Z]{3}\u00a0[0-9A-Z]{3}$/));
    expect(screen.getByTestId("join-qr").querySelector("path")?.getAttribute("d")?.length).toBeGreaterThan(500);
  });

  it.each([
    ["#/j/K7QF3M", { with: null, code: "K7QF3M" }],
    [`#/j/${OTHER}`, { with: OTHER, code: null }],
  ])("at %s is one tap, and saved on the phone", async (hash, data) => {
    const stage = await setStage({ hash });
    await waitFor(() => screen.getByTestId("join-confirm"));
    expect(document.querySelector(".join-code")?.textContent ?? null).toBe(data.code && "K7Q\u00a0F3M");
    await stage.tap("join-confirm");
    await waitFor(() => expect(joins(stage)).toEqual([data]));
    await waitFor(() => expect(screen.getByTestId("together").textContent).toContain("båda telefonerna har skickat"));
  });

  it("with oneself is told apart", async () => {
    const stage = await setStage({ hash: "#/join" });
    const own = await waitFor(() => screen.getByTestId("join-code").textContent ?? "");
    stage.app.go(`#/j/${own.replace("\u00a0", "")}`);
    await waitFor(() => screen.getByTestId("join-problem"));
    expect(screen.queryByTestId("join-confirm")).toBeNull();
  });

  it("is left again with one tap, before the server knows of it", async () => {
    const stage = await setStage({ hash: "#/round" });
    await stage.pull([{ seq: 950, kind: "round", id: ROUND, body: { ...ROUND_BODY, phones: 2, joining: false } }]);
    stage.app.go("#/join");
    await waitFor(() => screen.getByTestId("together"));
    await stage.tap("join-leave");
    await waitFor(() => expect(joins(stage)).toEqual([{ with: ROUND, code: null }]));
    await waitFor(() => expect(screen.queryByTestId("together")).toBeNull());
    expect(screen.queryByTestId("join-leave")).toBeNull();
  });

  it("says how many phones walk once the server has told", async () => {
    const stage = await setStage({ hash: "#/round" });
    await stage.pull([{ seq: 950, kind: "round", id: ROUND, body: { ...ROUND_BODY, phones: 2, joining: false } }]);
    await waitFor(() => expect(screen.getByTestId("together").textContent).toBe("2 telefoner går ronden tillsammans"));
  });
});
