/** What the layers of the desk's maps are painted with. */

export type Colour = (name: string) => string;

export const FONT = ["system-ui", "sans-serif"];

export function haloed(colour: Colour, name: string) {
  return { "text-color": colour(name), "text-halo-color": colour("map-halo"), "text-halo-width": 1.6 };
}

export function widths(far: number, near: number): ["interpolate", ["exponential", number], ["zoom"], ...number[]] {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 13, far, 18, near];
}
