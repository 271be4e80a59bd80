/** A flat plane in metres, good for a district, and points on it. Pure. */

import { METRES_PER_DEGREE } from "./position";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** From degrees to metres. */
export type Plane = (lon: number, lat: number) => Point;

export function planeAt(lat0: number): Plane {
  const k = Math.cos((lat0 * Math.PI) / 180) * METRES_PER_DEGREE;
  return (lon, lat) => ({ x: lon * k, y: lat * METRES_PER_DEGREE });
}

export function metresBetween(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** From one point on towards another, in equal steps of at most `step_m`, without the other. */
export function stepsBetween(from: Point, to: Point, step_m: number): Point[] {
  const count = Math.max(1, Math.ceil(metresBetween(from, to) / step_m));
  return Array.from({ length: count }, (_, index) => ({
    x: from.x + ((to.x - from.x) * index) / count,
    y: from.y + ((to.y - from.y) * index) / count,
  }));
}

/** A line of `[lon, lat]` as points, at most `step_m` apart. */
export function sampled(line: readonly (readonly [number, number])[], plane: Plane, step_m: number): Point[] {
  const points = line.map(([lon, lat]) => plane(lon, lat));
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    return next === undefined ? [point] : stepsBetween(point, next, step_m);
  });
}
