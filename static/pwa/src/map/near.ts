/** How far a finger is from what is drawn. Pure; in whatever unit the points are. */

interface Dot {
  readonly x: number;
  readonly y: number;
}

/** The distance from a point to the nearest of some lines. */
export function distanceToLines(at: Dot, lines: readonly (readonly Dot[])[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    for (const [index, from] of line.entries()) {
      const to = line[index + 1] ?? from;
      nearest = Math.min(nearest, distanceToStretch(at, from, to));
    }
  }
  return nearest;
}

function distanceToStretch(at: Dot, from: Dot, to: Dot): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((at.x - from.x) * dx + (at.y - from.y) * dy) / length2;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(from.x + dx * share - at.x, from.y + dy * share - at.y);
}
