/** What a screen may ask the server directly: who is here, passwords, language, derived documents. */

import type { Language, Profile, Uuid } from "../domain/types";
import type { Store } from "../store/store";

/**
 * Codes besides the server's own (`wrong_credentials`, `code_required`, …):
 * `offline` no answer, `not_rond` something between the phone and the server answered.
 */
export interface ApiError {
  readonly code: string;
  readonly status: number;
  /** Seconds to wait, with 429. */
  readonly retry_after_s: number | null;
}
export type ApiResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiError };

/** Sign in, open (or make) that user's store on this phone, keep the profile, make it the one in use. */
export function signIn(_login: string, _password: string): Promise<ApiResult<Store>> {
  throw new Error("being written");
}

/** Spend a one-time code and choose a password: first sign-in, and how a forgotten one is replaced. */
export function firstSignIn(_login: string, _code: string, _newPassword: string): Promise<ApiResult<Store>> {
  throw new Error("being written");
}

export function changePassword(_store: Store, _password: string, _newPassword: string): Promise<ApiResult<null>> {
  throw new Error("being written");
}

/** End the sign-in here. The store stays, and what is unsent is still sent. Works offline: the phone forgets who is in use either way. */
export function signOut(_store: Store): Promise<ApiResult<null>> {
  throw new Error("being written");
}

/** Read the profile again and keep it. */
export function me(_store: Store): Promise<ApiResult<Profile>> {
  throw new Error("being written");
}

export function setLanguage(_store: Store, _language: Language): Promise<ApiResult<Profile>> {
  throw new Error("being written");
}

/** A derived document: from the server when it answers, else the one kept here. `is_fresh` tells which. */
export function fetchDoc<T>(
  _store: Store,
  _kind: "tonight",
  _zone: Uuid,
): Promise<ApiResult<{ readonly body: T; readonly is_fresh: boolean }>> {
  throw new Error("being written");
}
