/** Chance from a seed: every decision of a schedule is drawn from one of these. */

import { SeededRandom } from "../../../static/pwa/test/seeded_random";

export class Chance extends SeededRandom {
  constructor(seed: number) {
    // Neighbouring seeds begin far from each other.
    super(Math.imul(seed, 0x9e3779b1));
  }
  /** Pick a name by its weight. */
  weigh<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let roll = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      roll -= weight;
      if (roll < 0) return name;
    }
    throw new Error("nothing to weigh");
  }
}
