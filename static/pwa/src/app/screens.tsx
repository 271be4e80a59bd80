/** Which screen an address shows. The first script opens the app; what is needed on a round follows at once, the rest when it is opened. */

import type { ComponentChild } from "preact";
import { TonightScreen } from "../features/tonight/tonight_screen";
import { part } from "./lazy";
import type { Route } from "./router";

export const roundPart = part(() => import("./round_part"));
const laterPart = part(() => import("./later_part"));

const labelPart = part(() => import("./label_part"));

const mapPart = part(() => import("../features/round/map_screen"));
const suggestedPart = part(() => import("../features/tonight/suggested_screen"));
const gapPart = part(() => import("../features/round/gap_screen"));

const SignIn = part(() => import("../features/sign_in/sign_in_screen")).screen((module) => module.SignInScreen);
const Install = part(() => import("../features/install/install_screen")).screen((module) => module.InstallScreen);

const Round = roundPart.screen((module) => module.RoundScreen);
const End = roundPart.screen((module) => module.EndScreen);
const Pocket = roundPart.screen((module) => module.PocketScreen);
const Gap = gapPart.screen((module) => module.GapScreen);
const Suggested = suggestedPart.screen((module) => module.SuggestedScreen);
const RoundMap = mapPart.screen((module) => module.MapScreen);
const Calm = roundPart.screen((module) => module.CalmScreen);
const Observe = roundPart.screen((module) => module.ObserveScreen);
const Damage = roundPart.screen((module) => module.DamageScreen);
const Refine = roundPart.screen((module) => module.RefineScreen);
const Photo = roundPart.screen((module) => module.PhotoScreen);
const Place = roundPart.screen((module) => module.PlaceScreen);

const Scan = labelPart.screen((module) => module.ScanScreen);
const Anchor = labelPart.screen((module) => module.AnchorScreen);
const Join = labelPart.screen((module) => module.JoinScreen);
const Joined = labelPart.screen((module) => module.JoinedScreen);

const Users = laterPart.screen((module) => module.UsersScreen);
const Records = laterPart.screen((module) => module.RecordsScreen);
const Record = laterPart.screen((module) => module.RecordScreen);
const RoundDetail = laterPart.screen((module) => module.RoundDetailScreen);
const Outbox = laterPart.screen((module) => module.OutboxScreen);
const Settings = laterPart.screen((module) => module.SettingsScreen);
const Password = laterPart.screen((module) => module.PasswordScreen);
const SignOut = laterPart.screen((module) => module.SignOutScreen);
const About = laterPart.screen((module) => module.AboutScreen);

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
      return first === "gap" ? <Gap key={second} id={second} /> : roundScreen(first);
    case "a":
      return first === "" ? <Scan /> : <Anchor key={first} token={first} />;
    case "join":
      return <Join />;
    case "j":
      return <Joined key={first} other={first} />;
    case "calm":
      return <Calm />;
    case "observe":
      return <Observe />;
    case "damage":
      return <Damage />;
    case "refine":
      return <Refine key={first} record={first} arePhotosDropped={second === "dropped"} />;
    case "photo":
      return <Photo key={first} record={first} />;
    case "place":
      return <Place target={first} fallback={first === "next" ? `#/${second}` : `#/refine/${first}`} />;
    case "records":
      return first === "" ? <Records /> : <Record key={first} id={first} />;
    case "rounds":
      return <RoundDetail key={first} id={first} />;
    case "suggested":
      return <Suggested />;
    case "outbox":
      return <Outbox />;
    case "settings":
      return settingsScreen(first);
    default:
      return <TonightScreen />;
  }
}

function roundScreen(part: string): ComponentChild {
  if (part === "end") return <End />;
  if (part === "map") return <RoundMap />;
  return part === "pocket" ? <Pocket /> : <Round />;
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
