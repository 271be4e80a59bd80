import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, makeDeps } from "../../test/sync/browser";
import { makeProfile, record, T0, uuid } from "../../test/sync/made";
import type { Profile } from "../domain/types";
import { listPhone, type Phone } from "../store/phone";
import type { Store } from "../store/store";
import { changePassword, fetchDoc, firstSignIn, me, setLanguage, signIn, signOut } from "./api";

let phone: Phone;
let seed = 1_000;
/** What the server says next, by path; a function may look at what was sent. */
let answers: Map<string, Response | ((body: Record<string, unknown>) => Response)>;
let asked: { path: string; method: string; body: Record<string, unknown>; headers: Headers }[];

beforeEach(async () => {
  emptyBrowser();
  phone = await listPhone(makeDeps(++seed));
  answers = new Map();
  asked = [];
  vi.stubGlobal("fetch", async (address: string, request: RequestInit) => {
    const path = address.replace("/api/v1", "");
    const text =
      request.body === null || request.body === undefined ? "{}" : new TextDecoder().decode(request.body as Uint8Array);
    const body = JSON.parse(text) as Record<string, unknown>;
    asked.push({ path, method: request.method ?? "GET", body, headers: new Headers(request.headers) });
    const answer = answers.get(path);
    if (answer === undefined) throw new TypeError("network");
    return typeof answer === "function" ? answer(body) : answer;
  });
});

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ code }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
const welcome =
  (user: Partial<Profile["user"]> = {}) =>
  (body: Record<string, unknown>) =>
    Response.json({ ...makeProfile(user), device: body.device });
async function signedIn(user: Partial<Profile["user"]> = {}): Promise<Store> {
  answers.set("/phone/sign-in", welcome(user));
  const result = await signIn(phone, user.login ?? "amina", "secret");
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe("signIn", () => {
  test("opens the user's store on this phone and makes it the one in use", async () => {
    const store = await signedIn();
    expect(store.profile()?.user.name).toBe("Amina Berg");
    expect(store.entry).toMatchObject({ user_id: makeProfile().user.id, login: "amina", is_signed_in: true });
    expect((await phone.current())?.device).toBe(store.device);
    expect(asked[0]?.body).toEqual({
      login: "amina",
      password: "secret",
      device: store.device,
      db_id: store.entry.db_id,
      app: expect.any(String),
    });
    expect((await store.saveRecord(record(1))).by).toBe(makeProfile().user.id);
  });

  test("again comes back to the same store", async () => {
    const store = await signedIn();
    await store.saveRecord(record(1));
    await signOut(phone, store);
    expect((await signedIn()).source().ops).toHaveLength(1);
  });

  test("of another user under a login that was somebody else's gets a store of its own", async () => {
    const store = await signedIn();
    const other = await signedIn({ id: uuid(0xbb), login: "amina" });
    expect(other.device).not.toBe(store.device);
    expect(asked.at(-1)?.body.device).toBe(other.device);
  });

  test("under a new login comes back to the store the user had", async () => {
    const store = await signedIn();
    const again = await signedIn({ login: "amina.berg" });
    expect(again.device).toBe(store.device);
    expect(asked.at(-1)?.body.device).toBe(store.device);
  });

  test.each([
    [401, "wrong_credentials"],
    [403, "code_required"],
  ])("%i %s is told and changes nothing on the phone", async (status, code) => {
    answers.set("/phone/sign-in", problem(status, code));
    const result = await signIn(phone, "amina", "wrong");
    expect(result).toEqual({ ok: false, error: { code, status, retry_after_s: null } });
    expect(await phone.devices()).toEqual([]);
  });

  test("too many tries tell how long to wait", async () => {
    answers.set("/phone/sign-in", problem(429, "too_many_tries", { "Retry-After": "60" }));
    expect(await signIn(phone, "amina", "x")).toMatchObject({ error: { code: "too_many_tries", retry_after_s: 60 } });
  });

  test("without a network, or through a portal, says which it was", async () => {
    expect(await signIn(phone, "amina", "x")).toMatchObject({ error: { code: "offline" } });
    answers.set("/phone/sign-in", new Response("<html>", { headers: { "Content-Type": "text/html" } }));
    expect(await signIn(phone, "amina", "x")).toMatchObject({ error: { code: "not_rond" } });
    answers.set("/phone/sign-in", Response.json({ hello: "world" }));
    expect(await signIn(phone, "amina", "x")).toMatchObject({ ok: false });
  });
});

describe("a store that has vanished", () => {
  const reported = () => asked.filter(({ path }) => path === "/phone/sign-in").map(({ body }) => body.vanished);

  test("is told of at the next sign-in that succeeds, once, whether the host has seen it or not", async () => {
    const lost = (await signedIn()).entry;
    await phone.markVanished(lost);
    await phone.forgetVanished(lost.device);
    asked = [];
    answers.set("/phone/sign-in", problem(401, "wrong_credentials"));
    await signIn(phone, "amina", "wrong");
    await signedIn();
    await signedIn();
    const told = [{ device: lost.device, db_id: lost.db_id }];
    expect(reported()).toEqual([told, told, undefined]);
    expect(await phone.vanished()).toEqual([]);
  });

  test("is shown to the host also after it was reported", async () => {
    const lost = (await signedIn()).entry;
    await phone.markVanished(lost);
    await signedIn();
    expect(await phone.vanished()).toMatchObject([{ device: lost.device }]);
  });
});

describe("firstSignIn", () => {
  test("spends the code and chooses the password", async () => {
    answers.set("/phone/first-sign-in", welcome());
    const result = await firstSignIn(phone, " amina ", " 123-456 ", "new secret");
    expect(result.ok).toBe(true);
    expect(asked[0]?.body).toMatchObject({ login: "amina", code: "123-456", new_password: "new secret" });
  });

  test("that turns out to be another user goes on with the password just chosen: the code is spent", async () => {
    await signedIn();
    answers.set("/phone/first-sign-in", welcome({ id: uuid(0xcc) }));
    answers.set("/phone/sign-in", welcome({ id: uuid(0xcc) }));
    const result = await firstSignIn(phone, "amina", "123", "new secret");
    expect(result.ok).toBe(true);
    expect(asked.at(-1)).toMatchObject({ path: "/phone/sign-in", body: { login: "amina", password: "new secret" } });
  });
});

test("signing out works without a network: the phone forgets who is in use, and nothing else", async () => {
  const store = await signedIn();
  await store.saveRecord(record(1));
  expect(await signOut(phone, store)).toMatchObject({ ok: false, error: { code: "offline" } });
  expect(await phone.current()).toBeNull();
  expect((await phone.devices())[0]).toMatchObject({ is_signed_in: false });
  expect(store.source().ops).toHaveLength(1);
});

test("a password is changed for the device's user", async () => {
  const store = await signedIn();
  answers.set("/phone/password", new Response(null, { status: 204 }));
  expect(await changePassword(store, "old", "new")).toEqual({ ok: true, value: null });
  expect(asked.at(-1)?.headers.get("X-Rond-Device")).toBe(store.device);
  answers.set("/phone/password", problem(422, "weak_password"));
  expect(await changePassword(store, "old", "new")).toMatchObject({ error: { code: "weak_password" } });
});

test("profile and language are kept on the phone when the server answers, and left when it does not", async () => {
  const store = await signedIn();
  answers.set("/phone/me", Response.json(makeProfile({ language: "en" })));
  expect(await setLanguage(store, "en")).toMatchObject({ ok: true });
  expect(asked.at(-1)).toMatchObject({ method: "PATCH", body: { language: "en" } });
  await vi.waitFor(() => expect(store.profile()?.user.language).toBe("en"));
  answers.delete("/phone/me");
  expect(await me(store)).toMatchObject({ ok: false });
  expect(store.profile()?.user.language).toBe("en");
});

describe("fetchDoc", () => {
  const zone = uuid(9);
  const path = `/sync/docs/tonight/${zone}`;
  const doc = { zone, places: [], handover: [] };

  test("keeps the document for when there is no network", async () => {
    const store = await signedIn();
    expect(await fetchDoc(store, "tonight", zone)).toMatchObject({ error: { code: "offline" } });
    answers.set(path, Response.json(doc, { headers: { ETag: '"1"' } }));
    expect(await fetchDoc(store, "tonight", zone)).toMatchObject({ value: { body: doc, is_fresh: true } });
    answers.delete(path);
    const kept = await fetchDoc(store, "tonight", zone);
    expect(kept).toMatchObject({ ok: true, value: { body: doc, is_fresh: false } });
    if (kept.ok) expect(kept.value.fetched_at).toBeGreaterThan(T0 - 1e12);
  });

  test("asks only for what is new", async () => {
    const store = await signedIn();
    answers.set(path, Response.json(doc, { headers: { ETag: '"1"' } }));
    await fetchDoc(store, "tonight", zone);
    answers.set(path, new Response(null, { status: 304 }));
    expect(await fetchDoc(store, "tonight", zone)).toMatchObject({ value: { body: doc, is_fresh: true } });
    expect(asked.at(-1)?.headers.get("If-None-Match")).toBe('"1"');
  });
});
