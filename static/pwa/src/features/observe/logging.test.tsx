/** How many taps it takes, what is saved, and what a photo may not be of. */

import { screen, waitFor } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { BACKA_14, CELLAR_B } from "../../../test/rows";
import { type Stage, setStage, stubCamera } from "../../../test/stage";

vi.mock("../../photo/prepare", () => ({
  preparePhoto: async (file: Blob) => {
    const bytes = await file.arrayBuffer();
    return { sha256: "ab".repeat(32), size: bytes.byteLength, mime: "image/jpeg", bytes };
  },
}));

const saved = () =>
  waitFor(() => expect(screen.getByTestId("saved-status").textContent).toContain("Sparad på telefonen"));
const records = (stage: Stage) => stage.session.picture.value.records;

describe("a calm check", () => {
  it("takes two taps where the position suggests the place", async () => {
    const stage = await setStage();
    await stage.tap("log-calm");
    await stage.tap("calm-here");
    await saved();
    expect(stage.taps).toBe(2);
    expect(records(stage)[0]).toMatchObject({ category: "PO06", place: BACKA_14, state: "on_phone" });
  });

  it("can be made without a position, by choosing the place", async () => {
    const stage = await setStage({ hasPosition: false });
    await stage.tap("log-calm");
    expect(screen.queryByTestId("calm-here")).toBeNull();
    await waitFor(() => expect(screen.getAllByTestId("place-option").length).toBeGreaterThan(0));
  });

  it("can be undone from the message that says it is saved", async () => {
    const stage = await setStage();
    await stage.tap("log-calm");
    await stage.tap("calm-here");
    await stage.tap("undo");
    await waitFor(() => expect(records(stage)[0]?.is_withdrawn).toBe(true));
  });
});

describe("an observation", () => {
  it("is saved at the second tap with its place and severity filled in", async () => {
    const stage = await setStage();
    await stage.tap("log-observation");
    await stage.tap("category-OR01");
    await saved();
    expect(stage.taps).toBeLessThanOrEqual(3);
    expect(records(stage)[0]).toMatchObject({
      category: "OR01",
      place: BACKA_14,
      place_source: "suggested",
      severity: 2,
      is_open: true,
    });
  });

  it("of a category that is not among the likely ones takes three taps", async () => {
    const stage = await setStage();
    await stage.tap("log-observation");
    await stage.tap("group-SK");
    await stage.tap("category-SK02");
    await saved();
    expect(stage.taps).toBe(3);
  });

  it("of severity 4 shows 112 and the on-call number before anything else", async () => {
    const stage = await setStage();
    await stage.tap("log-observation");
    await stage.tap("group-OR");
    await stage.tap("category-OR02");
    await saved();
    expect(screen.getByTestId("emergency-112").getAttribute("href")).toBe("tel:112");
    expect(screen.getByTestId("emergency-on-call").getAttribute("href")).toBe("tel:031123456");
    const panel = screen.getByTestId("emergency");
    expect(panel.compareDocumentPosition(screen.getByTestId("refine-place"))).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  it("of public order offers no photo", async () => {
    const stage = await setStage();
    await stage.tap("log-observation");
    await stage.tap("category-OR01");
    await saved();
    expect(screen.queryByTestId("add-photo")).toBeNull();
    expect(screen.getByTestId("photos-refused")).toBeTruthy();
  });

  it("gets the place that was chosen on the round screen", async () => {
    const stage = await setStage();
    stage.session.chosenPlace.value = CELLAR_B;
    await stage.tap("log-observation");
    await stage.tap("category-OR05");
    await saved();
    expect(records(stage)[0]).toMatchObject({ place: CELLAR_B, place_source: "chosen" });
    expect(stage.session.chosenPlace.value).toBeNull();
  });

  it("is saved without any position or place", async () => {
    const stage = await setStage({ hasPosition: false });
    await stage.tap("log-observation");
    await stage.tap("category-BE04");
    await saved();
    expect(records(stage)[0]).toMatchObject({ place: null, place_source: "none", position: null });
  });
});

const shoot = async (stage: Stage, before: () => void = () => undefined) => {
  await stage.tap("log-damage");
  await waitFor(() => expect((screen.getByTestId("shutter") as HTMLButtonElement).disabled).toBe(false));
  before();
  await stage.tap("shutter");
};

describe("a damage", () => {
  beforeEach(stubCamera);

  it("with a photo takes three taps, shutter included", async () => {
    const stage = await setStage();
    await shoot(stage);
    await stage.tap("category-SK01");
    await saved();
    expect(stage.taps).toBeLessThanOrEqual(4);
    expect(records(stage)[0]).toMatchObject({ category: "SK01", kind: "D" });
    expect(records(stage)[0]?.photos).toHaveLength(1);
    expect(await stage.store.drafts()).toHaveLength(0);
  });

  it("has its draft on the phone before the camera opens", async () => {
    const stage = await setStage();
    await stage.tap("log-damage");
    await waitFor(() => screen.getByTestId("shutter"));
    expect(await stage.store.drafts()).toMatchObject([{ kind: "damage", step: "camera" }]);
  });

  it("goes on where it was after the page was killed", async () => {
    const stage = await setStage();
    await shoot(stage);
    await waitFor(async () => expect((await stage.store.drafts())[0]?.photos).toHaveLength(1));
    stage.app.go("#/round");
    await waitFor(() => screen.getByTestId("log-damage"));
    await stage.tap("log-damage");
    await stage.tap("category-SK01");
    await saved();
    expect(records(stage)[0]?.photos).toHaveLength(1);
  });

  it("drops the photo, and says so, when the category may not have any", async () => {
    const stage = await setStage();
    await shoot(stage);
    await stage.tap("group-OR");
    await stage.tap("category-OR02");
    await saved();
    expect(screen.getByTestId("photos-dropped").textContent).toContain("Fotot är borttaget");
    expect(records(stage)[0]?.photos).toHaveLength(0);
  });

  describe("whose photo could not be kept", () => {
    const lose = async () => {
      const stage = await setStage();
      await shoot(stage, () => vi.spyOn(stage.store, "saveDraft").mockRejectedValueOnce(new Error("full")));
      await waitFor(() => screen.getByTestId("photo-lost"));
      return stage;
    };

    it("is saved without it, and this is told until the host has read it", async () => {
      const stage = await lose();
      await stage.tap("category-SK01");
      await saved();
      expect(records(stage)[0]?.photos).toHaveLength(0);
      stage.app.say({ text: "Något annat" });
      stage.app.go("#/round");
      await waitFor(() => screen.getByTestId("log-damage"));
      expect(screen.getByTestId("photo-lost").textContent).toContain("Fotot gick inte att spara");
      await stage.tap("photo-lost-ok");
      expect(screen.queryByTestId("photo-lost")).toBeNull();
    });

    it("says no more of it when another is", async () => {
      const stage = await lose();
      await stage.tap("photo-again");
      await waitFor(() => expect((screen.getByTestId("shutter") as HTMLButtonElement).disabled).toBe(false));
      await stage.tap("shutter");
      await waitFor(() => expect(screen.queryByTestId("photo-lost")).toBeNull());
      await stage.tap("category-SK01");
      await saved();
      expect(records(stage)[0]?.photos).toHaveLength(1);
    });

    it("is told still when another record's is", async () => {
      const stage = await lose();
      await stage.tap("category-SK01");
      await saved();
      stage.app.go("#/round");
      await waitFor(() => screen.getByTestId("log-damage"));
      await shoot(stage);
      await stage.tap("category-SK01");
      await waitFor(() => expect(records(stage)[0]?.photos).toHaveLength(1));
      expect(screen.getByTestId("photo-lost")).toBeTruthy();
    });

    it("tells so where the photo was for a record that is saved already", async () => {
      const stage = await setStage();
      await stage.tap("log-damage");
      await stage.tap("skip-photo");
      await stage.tap("category-SK01");
      await saved();
      const amend = vi.spyOn(stage.store, "amendRecord").mockRejectedValueOnce(new Error("full"));
      await stage.tap("add-photo");
      await waitFor(() => expect((screen.getByTestId("shutter") as HTMLButtonElement).disabled).toBe(false));
      await stage.tap("shutter");
      await waitFor(() => screen.getByTestId("photo-lost"));
      expect(amend).toHaveBeenCalledOnce();
      await stage.tap("shutter");
      await waitFor(() => expect(records(stage)[0]?.photos).toHaveLength(1));
      expect(screen.queryByTestId("photo-lost")).toBeNull();
    });
  });

  it("can be logged without a photo", async () => {
    const stage = await setStage();
    await stage.tap("log-damage");
    await stage.tap("skip-photo");
    await stage.tap("category-SK01");
    await saved();
    expect(records(stage)[0]?.photos).toHaveLength(0);
  });

  it("offers the file picker where the camera is refused", async () => {
    vi.stubGlobal(
      "navigator",
      Object.create(navigator, {
        mediaDevices: { value: { getUserMedia: () => Promise.reject(new DOMException("no", "NotAllowedError")) } },
      }),
    );
    const stage = await setStage();
    await stage.tap("log-damage");
    await waitFor(() => expect(screen.getByTestId("photo-file").getAttribute("capture")).toBe("environment"));
    expect(screen.getByTestId("photo-gallery").hasAttribute("capture")).toBe(false);
  });
});
