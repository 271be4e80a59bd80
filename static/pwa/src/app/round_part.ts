/** What is needed on a round, in one script. */

export { CalmScreen } from "../features/observe/calm_screen";
export { DamageScreen } from "../features/observe/damage_screen";
export { ObserveScreen } from "../features/observe/observe_screen";
export { PhotoScreen } from "../features/observe/photo_screen";
export { RefineScreen } from "../features/observe/refine_screen";
export { PlaceScreen } from "../features/places/place_screen";
export { EndScreen } from "../features/round/end_screen";
export { PocketScreen } from "../features/round/pocket_screen";
export { RoundScreen } from "../features/round/round_screen";
