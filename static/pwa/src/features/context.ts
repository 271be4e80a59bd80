/** What every screen has at hand: the app around it and, once somebody is signed in, that host's work on this phone. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PlaceChoice } from "../domain/suggest";
import type {
  DeviceEntry,
  HostPicture,
  Language,
  Ms,
  PictureSource,
  PlaceSource,
  Position,
  Profile,
  TonightDoc,
  Uuid,
} from "../domain/types";
import type { Recorder, RecorderView } from "../position/recorder_driver";
import type { StorageState } from "../store/storage";
import type { Store } from "../store/store";
import type { SyncStatus } from "../sync/status";
import type { Editor } from "./observe/editor";

export type Theme = "auto" | "dark" | "light" | "sun";

/** Tonight's document of the chosen zone, and when the phone got it. */
export interface Tonight {
  readonly body: TonightDoc;
  readonly fetched_at: Ms;
}

export interface Here {
  readonly place: Uuid | null;
  readonly place_source: PlaceSource;
  readonly position: Position | null;
}

/** One host's work on this phone, as the screens read it. */
export interface Session {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly profile: ReadonlySignal<Profile | null>;
  readonly source: ReadonlySignal<PictureSource>;
  readonly picture: ReadonlySignal<HostPicture>;
  readonly recording: ReadonlySignal<RecorderView>;
  /** Where the host is, or null when the last fix is too old to stand for it. */
  readonly position: ReadonlySignal<Position | null>;
  /** The zone tonight's places are shown for. */
  readonly zone: Signal<Uuid | null>;
  readonly tonight: ReadonlySignal<Tonight | null>;
  /** Fetch tonight's document of a zone again; the one kept on the phone stands until it comes. */
  loadTonight(zone: Uuid): Promise<void>;
  /** The place chosen by hand for the next record. */
  readonly chosenPlace: Signal<Uuid | null>;
  /** The record whose photo could not be kept, until the host has read so or that record has got one after all. */
  readonly lostPhotoOf: Signal<Uuid | null>;
  /** Where the next record is made: the place chosen by hand, else the one the position suggests. */
  readonly here: ReadonlySignal<Here>;
  /** Places to choose from, the likeliest first. */
  readonly places: ReadonlySignal<readonly PlaceChoice[]>;
  /** The editor of a record that is being refined or corrected: the same one until the page goes away. */
  editorOf(record: Uuid): Editor;
}

/** Stable codes of what can go wrong when signing in; `null` is success. */
export type AccountFault = string | null;

export interface KnownUser extends DeviceEntry {
  /** Operations on this phone that the server does not have; null when they could not be read. */
  readonly unsent: number | null;
}

export interface Account {
  /** Whether anybody has used this phone before. */
  hasUsers(): Promise<boolean>;
  signIn(login: string, password: string): Promise<AccountFault>;
  firstSignIn(login: string, code: string, newPassword: string): Promise<AccountFault>;
  changePassword(password: string, newPassword: string): Promise<AccountFault>;
  /** End the sign-in here; what is unsent stays and is sent. */
  signOut(): Promise<void>;
  /** Take up the work of somebody who is signed in on this phone. */
  switchTo(user: DeviceEntry): Promise<void>;
  users(): Promise<readonly KnownUser[]>;
  vanished(): Promise<readonly DeviceEntry[]>;
  forgetVanished(device: Uuid): Promise<void>;
}

/** The phone around the app. */
export interface Platform {
  readonly isInstalled: ReadonlySignal<boolean>;
  readonly isIos: boolean;
  /** The browser offers to install; null when it does not. */
  readonly install: ReadonlySignal<(() => Promise<void>) | null>;
  /** The app opens without a network from now on. */
  readonly isOfflineReady: ReadonlySignal<boolean>;
  readonly isUpdateWaiting: ReadonlySignal<boolean>;
  /** Change to the new version and reload. False: not now, something is going on. */
  applyUpdate(): boolean;
  readonly storage: ReadonlySignal<StorageState | null>;
  readonly isStorageBroken: ReadonlySignal<boolean>;
  readonly version: string;
}

export interface Toast {
  readonly text: string;
  readonly tone?: "ok" | "bad";
  readonly action?: { readonly label: string; readonly run: () => Promise<void>; readonly testid?: string };
}

export interface App {
  readonly session: ReadonlySignal<Session | null>;
  readonly account: Account;
  readonly platform: Platform;
  /** The wall clock in steps of ten seconds, while the page is seen. */
  readonly now: ReadonlySignal<Ms>;
  /** The same by the second, for countdowns only. */
  readonly second: ReadonlySignal<Ms>;
  readonly sync: ReadonlySignal<SyncStatus>;
  readonly theme: ReadonlySignal<Theme>;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): Promise<void>;
  /** Open a screen (`#/…`). `replace`: the back button does not lead to the one left. */
  go(hash: string, replace?: boolean): void;
  /** Leave the screen the way one came; to `fallback` when the app was opened here. */
  back(fallback: string): void;
  say(toast: Toast): void;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("a screen outside the app");
  return app;
}

/** The signed-in host's work. The shell shows screens that use it only when there is one. */
export function useSession(): Session {
  const session = useApp().session.value;
  if (session === null) throw new Error("nobody is signed in");
  return session;
}
