/**
 * The phones of a measurement: the shipped sync core, engine and transport, run in Node with a store in memory.
 *
 * Reads one job a line on standard input and answers one line each:
 *   {"cmd": "prepare", "url", "file"}      sign every device in, fetch what the server knows, save the workload
 *   {"cmd": "push", "url", "deadline_s"}   the network is there: send until everything is acknowledged
 */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { uuidv7 } from "../../static/pwa/src/domain/ids";
import type { DeviceEntry, PlaceBody, Profile, Uuid } from "../../static/pwa/src/domain/types";
import { systemClock, systemRandom } from "../../static/pwa/src/store/system";
import { createEngine, type Engine } from "../../static/pwa/src/sync/engine";
import { type FullAnswer, type Question, transportOver } from "../../static/pwa/src/sync/transport";
import { APP_VERSION } from "../../static/pwa/src/sync/version";
import { MemoryStore } from "./memory_store";
import { saveWork, type Work } from "./work";

const API = "/api/v1";
const LOOK_MS = 2;

interface Job {
  readonly cmd: "prepare" | "push";
  readonly url: string;
  readonly file: string;
  readonly password: string;
  readonly deadline_s: number;
}

/** What was asked and what came of it, over all phones. */
class Traffic {
  readonly lat: { [kind: string]: number[] } = {};
  requests = 0;
  failed = 0;
  readonly errors: string[] = [];

  note(kind: string, answer: FullAnswer, seconds: number): void {
    this.requests++;
    const isGood = answer.kind === "http" && answer.status < 400;
    if (isGood) {
      const known = this.lat[kind] ?? [];
      known.push(seconds);
      this.lat[kind] = known;
      return;
    }
    this.failed++;
    const why = answer.kind === "none" ? answer.why : `${answer.status} ${JSON.stringify(answer.body)}`;
    if (this.errors.length < 20) this.errors.push(`${kind}: ${why}`);
  }
}

class Handset {
  readonly store: MemoryStore;
  traffic = new Traffic();
  readonly #cookie: string;
  #root = "";
  #engine: Engine | null = null;

  constructor(entry: DeviceEntry, user: Uuid, cookie: string) {
    this.store = new MemoryStore(entry, user);
    this.#cookie = cookie;
  }

  /** Be reached at `url` from now on. */
  connect(url: string): void {
    this.#root = url;
  }

  get engine(): Engine {
    this.#engine ??= createEngine({
      clock: systemClock,
      random: Math.random,
      ask: (question) => this.#ask(question),
      stores: async () => [{ store: this.store, is_current: true }],
      wipe: async () => {
        throw new Error("nobody has revoked this device");
      },
      lock: async () => () => {},
      later: (delay_ms, call) => {
        const timer = setTimeout(call, Math.min(delay_ms, 3_600_000));
        return () => clearTimeout(timer);
      },
      publish: () => {},
    });
    return this.#engine;
  }

  async #ask(question: Question): Promise<FullAnswer> {
    const begun = performance.now();
    const answer = await transportOver(this.#send, `${this.#root}${API}`)(question);
    const kind = question.path.startsWith("/sync/blobs/have") ? "have" : (question.path.split(/[/?]/)[2] ?? "other");
    this.traffic.note(kind === "blobs" ? "part" : kind, answer, (performance.now() - begun) / 1_000);
    return answer;
  }

  /** What a browser does by itself: give the server its cookie. */
  readonly #send: typeof fetch = (address, request) =>
    fetch(address, {
      ...request,
      headers: { ...(request?.headers as { [name: string]: string }), Cookie: this.#cookie },
    });
}

let handsets: readonly Handset[] = [];

async function prepare({ url, file, password }: Job): Promise<void> {
  const works = JSON.parse(readFileSync(file, "utf8")) as Work[];
  const made: Handset[] = [];
  for (const work of works) made.push(await signIn(url, work, password));
  for (const handset of made) {
    handset.connect(url);
    handset.engine.send({ type: "kick", reason: "start" });
    await until(() => isAtRest(handset), 30_000);
  }
  for (const [index, handset] of made.entries()) {
    const work = works[index];
    if (work !== undefined) saveWork(handset.store, work, placesOf(handset.store), newId);
  }
  handsets = made;
}

async function signIn(url: string, { device, login }: Work, password: string): Promise<Handset> {
  const body = { login, password, device, db_id: newId(), app: APP_VERSION };
  const response = await fetch(`${url}${API}/phone/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Rond-Client": `pwa/${APP_VERSION}` },
    body: JSON.stringify(body),
  });
  const profile = (await response.json()) as Profile;
  if (response.status !== 200) throw new Error(`sign-in: ${response.status} ${JSON.stringify(profile)}`);
  const { id, name } = profile.user;
  const entry = { device, db_id: body.db_id, user_id: id, login, name, is_signed_in: true, used_at: Date.now() };
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  return new Handset(entry, id, cookies.join("; "));
}

function isAtRest({ engine, store }: Handset): boolean {
  const { run, wants_load, wants_pull, wants_echo } = engine.state();
  return store.sync.cursor !== null && run === null && !wants_load && !wants_pull && !wants_echo;
}

function placesOf(store: MemoryStore): ReadonlyMap<string, Uuid> {
  const places = [...store.rows.values()].filter((row) => row.kind === "place" && !("gone" in row));
  return new Map(places.map((row) => [((row as { body: unknown }).body as PlaceBody).name, row.id]));
}

async function push({ url, deadline_s }: Job): Promise<object> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const traffic = new Traffic();
  let acked_s: number | null = null;
  for (const handset of handsets) {
    handset.traffic = traffic;
    handset.connect(url);
    handset.engine.send({ type: "kick", reason: "online" });
  }
  const seconds = () => (performance.now() - begun) / 1_000;
  const isSent = () => {
    const isAcked = handsets.every(({ store }) => store.left.ops === 0);
    if (isAcked) acked_s ??= seconds();
    return isAcked && handsets.every(({ store }) => store.left.photos === 0);
  };
  const finished = await until(isSent, deadline_s * 1_000).then(
    () => true,
    () => false,
  );
  const wall_s = seconds();
  for (const { engine } of handsets) engine.stop();
  const { user, system } = process.cpuUsage(cpu);
  const { lat, requests, failed, errors } = traffic;
  return { lat, requests, failed, errors, finished, wall_s, acked_s, client_cpu_s: (user + system) / 1e6 };
}

async function until(isSo: () => boolean, within_ms: number): Promise<void> {
  const end = performance.now() + within_ms;
  while (!isSo()) {
    if (performance.now() > end) throw new Error("this never comes to rest");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function newId(): Uuid {
  return uuidv7(Date.now(), systemRandom.bytes(10));
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const jobs = createInterface({ input: process.stdin });
jobs.on("close", () => process.exit(0));
jobs.on("line", async (line) => {
  const job = JSON.parse(line) as Job;
  try {
    say({ ok: true, ...(job.cmd === "prepare" ? await prepare(job) : await push(job)) });
  } catch (error) {
    say({ ok: false, error: error instanceof Error ? error.stack : String(error) });
  }
});
