/** Addresses and the way back. */

import { beforeEach, describe, expect, it } from "vitest";
import { createRouter, parseHash } from "./router";

beforeEach(() => history.replaceState(null, "", "#/"));

describe("an address", () => {
  it("is read part by part", () => {
    expect(parseHash("")).toEqual([]);
    expect(parseHash("#/")).toEqual([]);
    expect(parseHash("#/place/next/round")).toEqual(["place", "next", "round"]);
    expect(parseHash("#/sign-in/%C3%A5sa")).toEqual(["sign-in", "åsa"]);
  });

  it("that is broken is an unknown screen, not an error", () => {
    expect(parseHash("#/sign-in/%E0%A4%A")).toEqual(["sign-in", "%E0%A4%A"]);
  });
});

describe("the router", () => {
  it("follows the hash", async () => {
    const router = createRouter();
    router.go("#/outbox");
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(router.route.value).toEqual(["outbox"]);
  });

  it("goes to the fallback where the app was opened at that screen", () => {
    const router = createRouter();
    router.back("#/round");
    expect(location.hash).toBe("#/round");
    expect(router.route.value).toEqual(["round"]);
  });
});
