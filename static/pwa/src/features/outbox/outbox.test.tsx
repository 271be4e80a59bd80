/** What the host is told of what waits, and of what the phone promises. */

import { signal } from "@preact/signals";
import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { YARD } from "../../../test/rows";
import { setStage } from "../../../test/stage";
import { connectSync, IDLE_STATUS } from "../../sync/status";
import { saveCalm } from "../observe/record";

describe("the outbox", () => {
  it("says when the next try comes, and tries at once when asked to", async () => {
    const asked: string[] = [];
    connectSync((reason) => asked.push(reason));
    const stage = await setStage({ hash: "#/outbox" });
    stage.sync.value = {
      ...IDLE_STATUS,
      state: "offline",
      next_try_at: stage.app.second.value + 40_000,
      photos_left: 2,
    };
    await waitFor(() => expect(screen.getByTestId("next-try").textContent).toBe("Nästa försök om 40 s"));
    expect(screen.getByTestId("outbox-photos").textContent).toBe("2");
    await stage.tap("sync-now");
    expect(asked).toEqual(["button"]);
  });

  it("lists the newest of what waits, and says how many more there are", async () => {
    const stage = await setStage({ hash: "#/outbox" });
    for (let count = 0; count < 22; count++) await saveCalm(stage.session, YARD);
    await waitFor(() => expect(screen.getByTestId("outbox-more").textContent).toBe("2 till bland Mina poster"));
    expect(screen.getAllByTestId("record")).toHaveLength(20);
    expect(screen.getByTestId("outbox-more").getAttribute("href")).toBe("#/records");
  });

  it("shows whether the browser has promised to keep the store", async () => {
    const stage = await setStage({ hash: "#/outbox" });
    await waitFor(() => expect(screen.getByTestId("storage-persistent").dataset.persistent).toBe("true"));
    stage.storage.value = { is_persistent: false, usage: 1, quota: 2, is_photo_allowed: true };
    await waitFor(() => expect(screen.getByTestId("storage-persistent").textContent).toContain("kan rensa"));
  });
});

describe("the chip in the header", () => {
  it("is short, and is said in full to whoever does not see it", async () => {
    const stage = await setStage({ isOnRound: false, hash: "#/" });
    const chip = await waitFor(() => screen.getByTestId("outbox-link"));
    expect([chip.textContent, chip.getAttribute("aria-label")]).toEqual(["Skickat", "Allt skickat"]);
    stage.sync.value = { ...IDLE_STATUS, photos_left: 3 };
    await waitFor(() => expect(chip.getAttribute("aria-label")).toBe("3 osända"));
    expect(chip.textContent).toBe("3 osända");
  });
});

describe("the bars over every screen", () => {
  it("ask for a new sign-in without stopping anything else", async () => {
    const stage = await setStage();
    stage.sync.value = { ...IDLE_STATUS, state: "signed_out", unsent: 3 };
    await waitFor(() => expect(screen.getByTestId("sync-bar").dataset.state).toBe("signed_out"));
    await waitFor(() => expect(screen.getByTestId("log-damage")).toBeTruthy());
  });

  it("are red on an iPhone where the app is not on the home screen", async () => {
    await setStage({ isIos: true, platform: { isInstalled: signal(false) } });
    await waitFor(() => expect(screen.getByTestId("ios-not-installed").textContent).toContain("sju dagar"));
  });

  it("say that nothing can be relied on when the storage is broken", async () => {
    await setStage({ platform: { isStorageBroken: signal(true) } });
    await waitFor(() => expect(screen.getByTestId("storage-broken").getAttribute("role")).toBe("alert"));
  });
});
