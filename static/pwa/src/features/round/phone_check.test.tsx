/** The phone before the round: what is found, in words, and that it keeps nobody from starting. */

import { signal } from "@preact/signals";
import { screen, waitFor } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { setStage } from "../../../test/stage";

const packs = vi.hoisted(() => ({ checked_at: undefined as number | null | undefined }));
vi.mock("../../store/packs", () => ({
  openPacks: async () => ({ checkedAt: async () => packs.checked_at }),
  keepPacksOf: async () => undefined,
}));

let permission: PermissionState;
const asked = vi.fn();

beforeEach(() => {
  permission = "granted";
  packs.checked_at = Date.now() - 3 * 86_400_000;
  asked.mockReset();
  const stub = {
    permissions: { query: async () => ({ state: permission }) },
    wakeLock: { request: async () => new EventTarget() },
    storage: { persisted: async () => true, estimate: async () => ({ usage: 1e6, quota: 2e9 }) },
    getBattery: async () => ({ level: 0.82, charging: false }),
    geolocation: {
      getCurrentPosition: (done: () => void) => {
        asked();
        permission = "granted";
        done();
      },
    },
  };
  for (const [name, value] of Object.entries(stub)) {
    Object.defineProperty(navigator, name, { configurable: true, value });
  }
});

const row = (thing: string) => screen.getByTestId(`check-${thing}`).textContent;

describe("the check before the round", () => {
  it("says that a phone is ready, and how everything stands when it is opened", async () => {
    const stage = await setStage({ isOnRound: false });
    stage.session.zone.value = "00000000-0000-7000-8000-0000000000f1";
    await waitFor(() => expect(screen.getByTestId("phone-check").dataset.found).toBe("0"));
    expect(screen.getByTestId("phone-check").textContent).toBe("Telefonen är klar för ronden");
    await stage.tap("phone-check-open");
    await waitFor(() => expect(row("map")).toMatch(/kollad för\s3\sdagar sedan/));
    expect(row("battery")).toContain("82\u00a0% räcker");
    expect(row("position")).toContain("klart");
  });

  it("names what is not as it should be, and lets the round start", async () => {
    permission = "denied";
    const stage = await setStage({ isOnRound: false, platform: { isInstalled: signal(false) } });
    await waitFor(() => expect(screen.getByTestId("phone-check-open").textContent).toContain("2 saker att se över"));
    expect(screen.getByTestId("phone-check-open").textContent).toContain("Plats, Hemskärmen");
    await stage.tap("round-start");
    await waitFor(() => expect(stage.session.picture.value.current_round).not.toBeNull());
  });

  it("lets the position be allowed from there", async () => {
    permission = "prompt";
    const stage = await setStage({ isOnRound: false });
    await stage.tap("phone-check-open");
    await stage.tap("check-allow");
    await waitFor(() => expect(row("position")).toContain("Rond får se"));
    expect(asked).toHaveBeenCalledOnce();
  });
});
