import { deleteDB } from "idb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, makeDeps } from "../../test/sync/browser";
import { makeProfile, record, uuid } from "../../test/sync/made";
import type { DeviceEntry } from "../domain/types";
import { databaseName, deviceDb } from "./device";
import { listPhone, openStore, type Phone } from "./phone";

let deps: ReturnType<typeof makeDeps>;
let phone: Phone;
let seed = 0;

beforeEach(async () => {
  emptyBrowser();
  // Another seed, other identifiers: a page keeps the stores it has opened.
  deps = makeDeps(++seed);
  phone = await listPhone(deps);
});

/** Somebody signs in to this phone and records something. */
async function signedIn(login: string, user: number): Promise<DeviceEntry> {
  deps.clock.advance(1_000);
  const profile = makeProfile({ id: uuid(user), login, name: login });
  const entry = await phone.adopt(await phone.entryFor(login), profile);
  const store = await openStore(entry, deps);
  await store.saveProfile(profile);
  await store.saveRecord(record(user));
  return entry;
}
const killed = async (...entries: DeviceEntry[]) => {
  for (const entry of entries) deviceDb(entry, deps).close();
  phone = await listPhone(deps);
};

describe("several hosts on one phone", () => {
  test("each has a store of their own, and the last is the one in use", async () => {
    const amina = await signedIn("amina", 1);
    const bo = await signedIn("bo", 2);
    expect(amina.device).not.toBe(bo.device);
    expect((await phone.devices()).map((entry) => entry.login)).toEqual(["bo", "amina"]);
    expect((await phone.current())?.device).toBe(bo.device);
  });

  test("one who comes back gets the same store, however the login is written", async () => {
    const amina = await signedIn("amina", 1);
    await signedIn("bo", 2);
    expect((await phone.entryFor("  Amina ")).device).toBe(amina.device);
  });

  test("signing out leaves the store and what is unsent", async () => {
    const amina = await signedIn("amina", 1);
    await phone.markSignedOut(amina.device);
    expect(await phone.current()).toBeNull();
    expect(await phone.devices()).toMatchObject([{ login: "amina", is_signed_in: false }]);
    expect((await openStore(amina, deps)).source().ops).toHaveLength(1);
  });

  test("wiping one leaves the other", async () => {
    const amina = await signedIn("amina", 1);
    const bo = await signedIn("bo", 2);
    await phone.wipe(bo);
    expect((await phone.devices()).map((entry) => entry.login)).toEqual(["amina"]);
    expect(await phone.current()).toBeNull();
    expect((await openStore(amina, deps)).source().ops).toHaveLength(1);
    await killed(amina);
    expect(await phone.vanished()).toEqual([]);
  });
});

describe("a store that vanishes", () => {
  test("is not taken for a new one", async () => {
    const amina = await signedIn("amina", 1);
    await killed(amina);
    await deleteDB(databaseName(amina.device));
    await expect(openStore(amina, deps)).rejects.toMatchObject({ code: "lost" });
  });

  test("under an open page is noticed at the next save", async () => {
    const amina = await signedIn("amina", 1);
    const store = await openStore(amina, deps);
    await deleteDB(databaseName(amina.device));
    await expect(store.saveRecord(record(9))).rejects.toMatchObject({ code: "lost" });
  });

  test("under an open page is noticed when the page is opened again", async () => {
    const amina = await signedIn("amina", 1);
    const store = await openStore(amina, deps);
    await deleteDB(databaseName(amina.device));
    await expect(store.saveRecord(record(9))).rejects.toMatchObject({ code: "lost" });
    await vi.waitFor(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      expect(names).not.toContain(databaseName(amina.device));
    });
    await killed(amina);
    expect(await phone.vanished()).toMatchObject([{ login: "amina" }]);
    expect(await phone.current()).toBeNull();
  });

  test("is told of until the host has seen it, and its login gets a new device", async () => {
    const amina = await signedIn("amina", 1);
    await phone.markVanished(amina);
    await killed(amina);
    expect(await phone.vanished()).toMatchObject([{ device: amina.device, login: "amina" }]);
    expect((await phone.entryFor("amina")).device).not.toBe(amina.device);
    await phone.forgetVanished(amina.device);
    expect(await phone.vanished()).toEqual([]);
  });

  test("with everything else but the note beside it is noticed when the phone is opened", async () => {
    const amina = await signedIn("amina", 1);
    await killed(amina);
    const note = localStorage.getItem("rond.stores");
    emptyBrowser();
    localStorage.setItem("rond.stores", note ?? "");
    phone = await listPhone(deps);
    expect(await phone.vanished()).toMatchObject([{ device: amina.device, name: "amina" }]);
  });

  test("between two visits is noticed when the phone is opened: nobody is in use then", async () => {
    const amina = await signedIn("amina", 1);
    await signedIn("bo", 2);
    await phone.setCurrent(amina.device);
    deviceDb(amina, deps).close();
    await deleteDB(databaseName(amina.device));
    await killed();
    expect(await phone.vanished()).toMatchObject([{ login: "amina" }]);
    expect(await phone.current()).toBeNull();
    expect((await phone.devices()).map((entry) => entry.login)).toEqual(["bo"]);
  });

  test("is noticed also where the browser does not list its databases", async () => {
    const amina = await signedIn("amina", 1);
    vi.spyOn(indexedDB, "databases").mockRejectedValue(new TypeError("not here"));
    await killed(amina);
    expect(await phone.vanished()).toEqual([]);
    await deleteDB(databaseName(amina.device));
    await killed(amina);
    expect(await phone.vanished()).toMatchObject([{ login: "amina" }]);
  });

  test("for a moment only is not given up", async () => {
    const amina = await signedIn("amina", 1);
    await killed(amina);
    await deleteDB("rond-phone");
    const open = indexedDB.open.bind(indexedDB);
    vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
      if (name === databaseName(amina.device)) throw Object.assign(new Error("dead"), { name: "UnknownError" });
      return open(name, version);
    });
    phone = await listPhone(deps);
    expect(await phone.vanished()).toEqual([]);
    vi.restoreAllMocks();
    phone = await listPhone(deps);
    expect(await phone.devices()).toMatchObject([{ device: amina.device }]);
  });

  test("only from the list is listed again", async () => {
    const amina = await signedIn("amina", 1);
    await killed(amina);
    await deleteDB("rond-phone");
    phone = await listPhone(deps);
    expect(await phone.devices()).toMatchObject([{ device: amina.device, user_id: uuid(1) }]);
    expect(await phone.vanished()).toEqual([]);
  });
});

test("a private window without localStorage works, and only cannot notice a loss", async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new DOMException("denied", "SecurityError");
    },
  });
  try {
    const amina = await signedIn("amina", 1);
    expect((await openStore(amina, deps)).source().ops).toHaveLength(1);
  } finally {
    if (real !== undefined) Object.defineProperty(globalThis, "localStorage", real);
  }
});
