/** Which screen an address shows. What is needed on a round is in the first script; the rest is loaded when it is opened. */

import type { ComponentChild } from "preact";
import { CalmScreen } from "../features/observe/calm_screen";
import { DamageScreen } from "../features/observe/damage_screen";
import { ObserveScreen } from "../features/observe/observe_screen";
import { PhotoScreen } from "../features/observe/photo_screen";
import { RefineScreen } from "../features/observe/refine_screen";
import { PlaceScreen } from "../features/places/place_screen";
import { EndScreen } from "../features/round/end_screen";
import { PocketScreen } from "../features/round/pocket_screen";
import { RoundScreen } from "../features/round/round_screen";
import { TonightScreen } from "../features/tonight/tonight_screen";
import { lazy } from "./lazy";
import type { Route } from "./router";

const SignIn = lazy(async () => (await import("../features/sign_in/sign_in_screen")).SignInScreen);
const Users = lazy(async () => (await import("../features/sign_in/users_screen")).UsersScreen);
const Install = lazy(async () => (await import("../features/install/install_screen")).InstallScreen);
const Records = lazy(async () => (await import("../features/records/records_screen")).RecordsScreen);
const Record = lazy(async () => (await import("../features/records/record_screen")).RecordScreen);
const RoundDetail = lazy(async () => (await import("../features/records/round_detail_screen")).RoundDetailScreen);
const Outbox = lazy(async () => (await import("../features/outbox/outbox_screen")).OutboxScreen);
const Settings = lazy(async () => (await import("../features/settings/settings_screen")).SettingsScreen);
const Password = lazy(async () => (await import("../features/settings/password_screen")).PasswordScreen);
const SignOut = lazy(async () => (await import("../features/settings/sign_out_screen")).SignOutScreen);
const About = lazy(async () => (await import("../features/settings/about_screen")).AboutScreen);

/** Screens anyone may open; every other one needs somebody to be signed in. */
export function openScreen([name, first = ""]: Route): ComponentChild | null {
  switch (name) {
    case "sign-in":
      return <SignIn login={first} />;
    case "users":
      return <Users />;
    case "install":
      return <Install />;
    default:
      return null;
  }
}

/** The screen of a signed-in host; an address nobody knows shows the first one. */
export function hostScreen([name, first = "", second = ""]: Route): ComponentChild {
  switch (name) {
    case "round":
      return roundScreen(first);
    case "calm":
      return <CalmScreen />;
    case "observe":
      return <ObserveScreen />;
    case "damage":
      return <DamageScreen />;
    case "refine":
      return <RefineScreen key={first} record={first} arePhotosDropped={second === "dropped"} />;
    case "photo":
      return <PhotoScreen key={first} record={first} />;
    case "place":
      return <PlaceScreen target={first} fallback={first === "next" ? `#/${second}` : `#/refine/${first}`} />;
    case "records":
      return first === "" ? <Records /> : <Record key={first} id={first} />;
    case "rounds":
      return <RoundDetail key={first} id={first} />;
    case "outbox":
      return <Outbox />;
    case "settings":
      return settingsScreen(first);
    default:
      return <TonightScreen />;
  }
}

function roundScreen(part: string): ComponentChild {
  if (part === "end") return <EndScreen />;
  return part === "pocket" ? <PocketScreen /> : <RoundScreen />;
}

function settingsScreen(part: string): ComponentChild {
  switch (part) {
    case "password":
      return <Password />;
    case "sign-out":
      return <SignOut />;
    case "about":
      return <About />;
    default:
      return <Settings />;
  }
}
