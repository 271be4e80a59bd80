import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, makeDeps } from "../../test/sync/browser";
import { makePhoto, makeProfile, record, uuid } from "../../test/sync/made";
import { ServerTwin } from "../../test/sync/server_twin";
import { listPhone, openStore, type Phone } from "../store/phone";
import type { Store } from "../store/store";
import { type Sync, startSync } from "./driver";
import { kick, syncStatus } from "./status";
import type { FullAnswer } from "./transport";

let phone: Phone;
let server: ServerTwin;
let isOffline: boolean;
let sync: Sync | null;
let seed = 2_000;

beforeEach(async () => {
  emptyBrowser();
  phone = await listPhone(makeDeps(++seed));
  server = new ServerTwin();
  isOffline = false;
  sync = null;
  vi.stubGlobal("fetch", async (address: string, request: RequestInit) => {
    if (isOffline) throw new TypeError("network");
    const path = address.replace("/api/v1", "");
    const headers = new Headers(request.headers);
    const isJson = headers.get("Content-Type") === "application/json";
    const body = request.body ?? undefined;
    return responseOf(
      server.answer({
        method: (request.method ?? "GET") as "GET",
        path,
        device: headers.get("X-Rond-Device"),
        timeout_ms: 0,
        ...(isJson && body !== undefined
          ? { json: unpacked(body as Uint8Array, headers.get("Content-Encoding")) }
          : {}),
        ...(!isJson && body !== undefined ? { bytes: body as ArrayBuffer } : {}),
        headers: {
          "Upload-Offset": headers.get("Upload-Offset") ?? "",
          "Content-Digest": headers.get("Content-Digest") ?? "",
        },
      }),
    );
  });
});
afterEach(() => {
  sync?.stop();
});

function unpacked(body: Uint8Array, encoding: string | null): unknown {
  return JSON.parse(Buffer.from(encoding === "gzip" ? gunzipSync(body) : body).toString("utf8"));
}
/** The simulated page's own Response reads no streams of Node's: only what is used of one. */
function responseOf(answer: FullAnswer): Pick<Response, "status" | "headers" | "text"> {
  if (answer.kind === "none") throw new TypeError("network");
  const type = answer.status === 200 ? "application/json" : "application/problem+json";
  const headers = new Headers({ "Content-Type": type });
  return { status: answer.status, headers, text: async () => JSON.stringify(answer.body) };
}
async function opened(login: string, user: number): Promise<Store> {
  const profile = makeProfile({ id: uuid(user), login });
  return openStore(await phone.adopt(await phone.entryFor(login), profile));
}
const unsent = (store: Store) => store.source().ops.filter((op) => op.state !== "acked").length;

describe("the page's sync", () => {
  test("sends a record as it is saved, then its photo, and says so", async () => {
    const store = await opened("amina", 1);
    sync = startSync(phone, store);
    const photo = makePhoto(1, 5_000);
    const photos = [{ id: uuid(0xf1), slot: 1 as const, sha256: photo.sha256 }];
    await store.saveRecord(record(7, { photos }), [photo]);
    await vi.waitFor(() => expect(server.state.photos.get(photo.sha256)?.isDone).toBe(true), 5_000);
    await vi.waitFor(() => expect(store.source().rows.observation.size).toBe(1));
    await vi.waitFor(() => expect(syncStatus()).toMatchObject({ state: "idle", unsent: 0, photos_left: 0 }));
    expect(server.asked.filter(({ path }) => path === "/sync/push")).toHaveLength(1);
  });

  test("tries again when the network comes back", async () => {
    const store = await opened("amina", 1);
    isOffline = true;
    sync = startSync(phone, store);
    await store.saveRecord(record(7));
    await vi.waitFor(() => expect(syncStatus()).toMatchObject({ state: "waiting", last_error: "offline", unsent: 1 }));
    expect(syncStatus().next_try_at).not.toBeNull();
    isOffline = false;
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(unsent(store)).toBe(0));
  });

  test("keeps back what is being written until its editor closes", async () => {
    const store = await opened("amina", 1);
    sync = startSync(phone, store);
    await store.saveRecord(record(7), [], { isOpen: true });
    await vi.waitFor(() => expect(server.asked.some(({ path }) => path === "/sync/pull")).toBe(true));
    expect(server.state.ledger.size).toBe(0);
    await store.release(uuid(7));
    await vi.waitFor(() => expect(server.state.ledger.size).toBe(1));
  });

  test("sends what another user of the phone left behind, under that user's device", async () => {
    const amina = await opened("amina", 1);
    await amina.saveRecord(record(7));
    const bo = await opened("bo", 2);
    sync = startSync(phone, bo);
    await vi.waitFor(() => expect(server.state.ledger.size).toBe(1));
    expect([...server.state.ledger.values()][0]).toMatchObject({ device: amina.device });
    await vi.waitFor(() => expect(unsent(amina)).toBe(0));
    expect(server.asked.filter(({ path }) => path === "/sync/pull").every(({ device }) => device === bo.device)).toBe(
      true,
    );
  });

  test("sends what is unsent when nobody is signed in", async () => {
    const amina = await opened("amina", 1);
    await amina.saveRecord(record(7));
    await phone.setCurrent(null);
    sync = startSync(phone, null);
    await vi.waitFor(() => expect(server.state.ledger.size).toBe(1));
  });

  test("pauses when the sign-in has ended, and goes on after the next", async () => {
    const store = await opened("amina", 1);
    server.isSignedOut = true;
    sync = startSync(phone, store);
    await store.saveRecord(record(7));
    await vi.waitFor(() => expect(syncStatus().state).toBe("signed_out"));
    expect(unsent(store)).toBe(1);
    server.isSignedOut = false;
    sync.use(store);
    await vi.waitFor(() => expect(unsent(store)).toBe(0));
  });

  test("wipes a stolen phone's store and tells the screens", async () => {
    const store = await opened("amina", 1);
    server.revoked = "now";
    const onWiped = vi.fn();
    sync = startSync(phone, store, { onWiped });
    await vi.waitFor(() => expect(onWiped).toHaveBeenCalledOnce());
    expect(await phone.devices()).toEqual([]);
  });

  test("stopped, it answers no kick", async () => {
    const store = await opened("amina", 1);
    sync = startSync(phone, store);
    await vi.waitFor(() => expect(syncStatus().state).toBe("idle"));
    sync.stop();
    const before = server.asked.length;
    await store.saveRecord(record(7));
    kick("button");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.asked.length).toBe(before);
  });

  test("another page that holds the lock is left to it", async () => {
    const store = await opened("amina", 1);
    await store.saveRecord(record(7));
    vi.stubGlobal("navigator", {
      onLine: true,
      locks: { request: async (_name: string, _options: object, call: (lock: null) => unknown) => call(null) },
    });
    sync = startSync(phone, store);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.asked).toEqual([]);
  });
});
