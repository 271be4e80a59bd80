/** The map's colours, as the style sheet has them in the theme of the moment. */

/** Return a function that gives the colour of a custom property of the style sheet, resolved. */
export function ink(place: HTMLElement): (name: string) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const known = new Map(NAMES.map((name) => [name, read(name)]));
  probe.remove();
  return (name) => known.get(name) ?? "#888";
}

const NAMES = [
  "map-ground",
  "map-zone",
  "map-building",
  "map-building-line",
  "map-yard",
  "map-path",
  "map-path-line",
  "map-ink",
  "map-halo",
  "map-route",
  "map-gap",
  "map-age-0",
  "map-age-1",
  "map-age-2",
  "map-age-3",
  "severity-1",
  "severity-2",
  "severity-3",
  "severity-4",
  "ok-ink",
];
