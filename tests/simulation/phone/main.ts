/**
 * The phones' process: plays one schedule after another and prints what came of each, one line of JSON per schedule.
 *
 * Arguments: descriptor to read from, descriptor to write to, first seed, step between seeds, number of schedules, and `trace` to print
 * everything that happened, or `first` to stop at the first violation.
 */

import { createHash } from "node:crypto";
import { takeOver } from "./page";
import { Play } from "./play";
import { Server } from "./server";

const [input, output, first, stride, count, mode] = process.argv.slice(2);

async function main(): Promise<void> {
  takeOver();
  const server = new Server(Number(input), Number(output));
  for (let i = 0; i < Number(count); i++) {
    const seed = Number(first) + i * Number(stride);
    const { violations, trace } = await playOne(server, seed);
    const digest = createHash("sha256").update(trace.join("\n")).digest("hex");
    say({ seed, violations, steps: trace.length, digest, ...(mode === "trace" ? { trace } : {}) });
    if (mode === "first" && violations.length > 0) return;
  }
}

async function playOne(server: Server, seed: number) {
  const play = new Play(server, seed);
  try {
    return await play.play();
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [`broken: ${told}`], trace: [...play.trace, told] };
  } finally {
    play.close();
  }
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

await main();
