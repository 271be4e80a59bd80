/** The map's colours in each theme: dark for the night (little light, no blue glare), light, and black on white for direct sun. */

export type MapTheme = "dark" | "light" | "sun";

export interface Palette {
  readonly ground: string;
  readonly water: string;
  readonly green: string;
  readonly yard: string;
  readonly playground: string;
  readonly parking: string;
  readonly street: string;
  readonly street_edge: string;
  readonly footway: string;
  readonly rail: string;
  readonly building: string;
  readonly building_line: string;
  readonly ink: string;
  readonly halo: string;
  readonly zone: string;
  /** Walked tonight, still left, not known. */
  readonly walked: string;
  readonly left: string;
  readonly unknown: string;
  readonly me: string;
  readonly me_ring: string;
  /** Places: seen tonight, lately, not lately. */
  readonly seen: string;
  readonly lately: string;
  readonly overdue: string;
  readonly calm: string;
  readonly watch: string;
  readonly damage: string;
}

export const PALETTES: Readonly<Record<MapTheme, Palette>> = {
  dark: {
    ground: "#14181d",
    water: "#16303f",
    green: "#18261f",
    yard: "#1b2a22",
    playground: "#2e2a1c",
    parking: "#23272d",
    street: "#343d47",
    street_edge: "#0d1013",
    footway: "#55606b",
    rail: "#4a4f56",
    building: "#2a323b",
    building_line: "#46525e",
    ink: "#dfe5ea",
    halo: "#0d1013",
    zone: "#bcc6d0",
    walked: "#3fd0b6",
    left: "#ffd479",
    unknown: "#b9a3e8",
    me: "#5aa2ff",
    me_ring: "#ffffff",
    seen: "#3fd0b6",
    lately: "#8fc6ff",
    overdue: "#ffb26b",
    calm: "#1b7a4c",
    watch: "#2a66d4",
    damage: "#b04a0c",
  },
  light: {
    ground: "#f1f0eb",
    water: "#b6d3e4",
    green: "#dbe8d3",
    yard: "#d5e5cd",
    playground: "#f2e3b8",
    parking: "#e2e2e0",
    street: "#ffffff",
    street_edge: "#c3c4c2",
    footway: "#cfc8ba",
    rail: "#9a9a9a",
    building: "#d3cdc3",
    building_line: "#9d958a",
    ink: "#14181d",
    halo: "#ffffff",
    zone: "#48525c",
    walked: "#00796b",
    left: "#a65b00",
    unknown: "#6a4fb0",
    me: "#0a62d0",
    me_ring: "#ffffff",
    seen: "#00796b",
    lately: "#0a62d0",
    overdue: "#b34700",
    calm: "#14653b",
    watch: "#0b4fb3",
    damage: "#8f3f00",
  },
  sun: {
    ground: "#ffffff",
    water: "#bcd9ec",
    green: "#ffffff",
    yard: "#eef4ea",
    playground: "#f6ecc9",
    parking: "#f1f1f1",
    street: "#ffffff",
    street_edge: "#5c5c5c",
    footway: "#6f6f6f",
    rail: "#5c5c5c",
    building: "#d9d9d9",
    building_line: "#000000",
    ink: "#000000",
    halo: "#ffffff",
    zone: "#000000",
    walked: "#004d40",
    left: "#8a3d00",
    unknown: "#4a2f9c",
    me: "#00308a",
    me_ring: "#ffffff",
    seen: "#004d40",
    lately: "#00308a",
    overdue: "#8a3d00",
    calm: "#004d26",
    watch: "#00308a",
    damage: "#6b2800",
  },
};
