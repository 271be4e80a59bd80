/** What a screen may ask the server directly: who is here, passwords, language, derived documents. */

import type { DeviceEntry, Language, Ms, Profile, TonightDoc, Uuid } from "../domain/types";
import { openStore, type Phone } from "../store/phone";
import type { Store } from "../store/store";
import { judge } from "./core/answers";
import { askServer, type FullAnswer, type Question } from "./transport";
import { APP_VERSION } from "./version";

/**
 * Codes besides the server's own (`wrong_credentials`, `code_required`, …):
 * `offline` and `timeout` no answer, `not_rond` something between the phone and the server answered.
 */
export interface ApiError {
  readonly code: string;
  readonly status: number;
  /** Seconds to wait, with 429. */
  readonly retry_after_s: number | null;
}
export type ApiResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiError };

const TIMEOUT_MS = 20_000;
const REPORTED_MAX = 20;
/** `tonight`: TonightDoc. */
type DocKind = "tonight";

/** Sign in, open (or make) that user's store on this phone, keep the profile, make it the one in use. Raises StorageTrouble. */
export function signIn(phone: Phone, login: string, password: string): Promise<ApiResult<Store>> {
  return enter(phone, login, "/phone/sign-in", { login: login.trim(), password });
}

/** Spend a one-time code and choose a password: first sign-in, and how a forgotten one is replaced. Raises StorageTrouble. */
export function firstSignIn(phone: Phone, login: string, code: string, newPassword: string): Promise<ApiResult<Store>> {
  const values = { login: login.trim(), code: code.trim(), new_password: newPassword };
  return enter(phone, login, "/phone/first-sign-in", values);
}

export function changePassword(store: Store, password: string, newPassword: string): Promise<ApiResult<null>> {
  return call(store.device, "POST", "/phone/password", { password, new_password: newPassword }, () => null);
}

/**
 * End the sign-in here. The store stays, and what is unsent is still sent.
 *
 * The phone forgets who is in use also when the server cannot be reached; the answer tells which it was.
 */
export async function signOut(phone: Phone, store: Store): Promise<ApiResult<null>> {
  const result = await call(store.device, "POST", "/phone/sign-out", {}, () => null);
  await phone.markSignedOut(store.device);
  return result;
}

/** Read the profile again and keep it. */
export function me(store: Store): Promise<ApiResult<Profile>> {
  return kept(store, call(store.device, "GET", "/phone/me", undefined, profileOf));
}

export function setLanguage(store: Store, language: Language): Promise<ApiResult<Profile>> {
  return kept(store, call(store.device, "PATCH", "/phone/me", { language }, profileOf));
}

/** A derived document, as it came at `fetched_at`: from the server when it answers, else the one kept here. */
export interface FetchedDoc<T> {
  readonly body: T;
  readonly is_fresh: boolean;
  readonly fetched_at: Ms;
}

/** Fetch a derived document, or take the one kept here. */
export async function fetchDoc<T = TonightDoc>(
  store: Store,
  kind: DocKind,
  zone: Uuid,
): Promise<ApiResult<FetchedDoc<T>>> {
  const path = `${kind}/${zone}`;
  const known = await store.doc<T>(path);
  const answer = await askServer({
    ...questionOf(store.device, "GET", `/sync/docs/${path}`),
    ...(known === null ? {} : { headers: { "If-None-Match": known.etag } }),
  });
  const verdict = judge(answer, false);
  const isSame = known !== null && answer.kind === "http" && answer.status === 304;
  if (isSame) await store.saveDoc(path, known.etag, known.body);
  else if (verdict.is === "ok") await store.saveDoc(path, answer.etag ?? "", verdict.body);
  const kept = (await store.doc<T>(path)) ?? known;
  if (kept === null) return { ok: false, error: errorOf(answer) };
  return { ok: true, value: { body: kept.body, fetched_at: kept.fetched_at, is_fresh: isSame || verdict.is === "ok" } };
}

/** Sign in with the store of that login; with another one when the answer says that somebody else goes by that login now. */
async function enter(phone: Phone, login: string, path: string, values: object): Promise<ApiResult<Store>> {
  const entry = await phone.entryFor(login);
  const lost = await phone.unreported();
  const first = await signInTo(entry, path, { ...values, ...reportOf(lost) });
  if (!first.ok) return first;
  await phone.markReported(lost.slice(0, REPORTED_MAX).map(({ device }) => device));
  const right = await entryOf(phone, entry, login, first.value);
  if (right.device === entry.device) return adopted(phone, entry, first.value);
  // A one-time code is spent by now: then only the password chosen with it opens the other store.
  const { new_password } = values as { new_password?: string };
  const again = new_password === undefined ? values : { login: login.trim(), password: new_password };
  const second = await signInTo(right, "/phone/sign-in", again);
  return second.ok ? adopted(phone, right, second.value) : second;
}

/** What a sign-in tells of stores that have vanished from this phone: both ids of each, which only the phone that had it knows. */
function reportOf(lost: readonly DeviceEntry[]): { readonly vanished?: readonly object[] } {
  if (lost.length === 0) return {};
  return { vanished: lost.slice(0, REPORTED_MAX).map(({ device, db_id }) => ({ device, db_id })) };
}

async function entryOf(phone: Phone, asked: DeviceEntry, login: string, profile: Profile): Promise<DeviceEntry> {
  if (asked.user_id === profile.user.id) return asked;
  const own = (await phone.devices()).find((entry) => entry.user_id === profile.user.id);
  return own ?? (asked.user_id === null ? asked : phone.newEntry(login));
}

function signInTo(entry: DeviceEntry, path: string, values: object): Promise<ApiResult<Profile>> {
  const { device, db_id } = entry;
  return call(null, "POST", path, { ...values, device, db_id, app: APP_VERSION }, profileOf);
}

async function adopted(phone: Phone, entry: DeviceEntry, profile: Profile): Promise<ApiResult<Store>> {
  const store = await openStore(await phone.adopt(entry, profile));
  await store.saveProfile(profile);
  return { ok: true, value: store };
}

async function kept(store: Store, asked: Promise<ApiResult<Profile>>): Promise<ApiResult<Profile>> {
  const result = await asked;
  if (result.ok) await store.saveProfile(result.value);
  return result;
}

async function call<T>(
  device: Uuid | null,
  method: Question["method"],
  path: string,
  json: unknown,
  read: (body: unknown) => T | undefined,
): Promise<ApiResult<T>> {
  const answer = await askServer(questionOf(device, method, path, json));
  if (answer.kind !== "http") return { ok: false, error: errorOf(answer) };
  const isDone = answer.status === 204 || (answer.status === 200 && typeof answer.body === "object");
  const value = isDone ? read(answer.body) : undefined;
  return value === undefined ? { ok: false, error: errorOf(answer) } : { ok: true, value };
}

function questionOf(device: Uuid | null, method: Question["method"], path: string, json?: unknown): Question {
  return { method, path, device, timeout_ms: TIMEOUT_MS, ...(json === undefined ? {} : { json }) };
}

function profileOf(body: unknown): Profile | undefined {
  const profile = body as Partial<Profile> | null | undefined;
  const isProfile = typeof profile?.user?.id === "string" && typeof profile.organisation?.id === "string";
  return isProfile ? (profile as Profile) : undefined;
}

function errorOf(answer: FullAnswer): ApiError {
  if (answer.kind === "none") {
    return { code: answer.why === "timeout" ? "timeout" : "offline", status: 0, retry_after_s: null };
  }
  const code = (answer.body as { code?: unknown } | null | undefined)?.code;
  const fallback = answer.status >= 500 ? `http_${answer.status}` : "not_rond";
  return {
    code: typeof code === "string" ? code : fallback,
    status: answer.status,
    retry_after_s: answer.retry_after_s,
  };
}
