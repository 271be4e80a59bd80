/** The server, asked over two pipes: one line there, one line back, and nothing else happens meanwhile. */

import { readSync, writeSync } from "node:fs";

/** One thing that goes wrong inside the server while it serves a request; see faults.py. */
export interface Plan {
  readonly what: "statement" | "statement_done" | "commit" | "commit_done" | "file" | "torn" | "refuse";
  readonly at: number;
}

/** A request as it arrives. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How long the body was said to be, where the connection broke before all of it had come. */
  readonly length?: number;
}

/** What the server answered, or that it stopped. */
export type Answered =
  | { readonly stopped: true }
  | {
      readonly stopped?: undefined;
      readonly status: number;
      readonly type: string;
      readonly retry_after: string | null;
      readonly cookie: string | null;
      readonly body: string;
      readonly is_harmed: boolean;
    };

export interface World {
  readonly tenant: string;
  readonly zone: string;
  readonly places: readonly string[];
  readonly password: string;
  readonly tokens: readonly string[];
  readonly stores: readonly {
    readonly phone: number;
    readonly login: string;
    readonly user: string;
    readonly device: string;
    readonly db_id: string;
  }[];
}

/** What the newest verified backup holds. */
export interface Safe {
  readonly is_verified: boolean;
  readonly operations: readonly string[];
  readonly photos: readonly string[];
}

const NEWLINE = 10;

export class Server {
  /** The scheduler's time. */
  now = 0;
  readonly violations: string[] = [];
  readonly #in: number;
  readonly #out: number;
  readonly #buffer = Buffer.alloc(1 << 16);
  #left: Buffer = Buffer.alloc(0);

  constructor(input: number, output: number) {
    this.#in = input;
    this.#out = output;
  }

  begin(seed: number): World {
    this.violations.length = 0;
    return this.#do("begin", { seed }).world as World;
  }

  ask(sent: Sent, plan: Plan | null): Answered {
    return this.#answer(this.#do("ask", { ...onWire(sent), plan }));
  }

  /** Begin a request that stands still before its `at`th statement or transaction; its answer when it came to its end before that. */
  askSlowly(sent: Sent, what: "statement" | "transaction", at: number): Answered | null {
    const reply = this.#do("ask_slowly", { ...onWire(sent), what, at });
    return reply.answer === null ? null : this.#answer(reply);
  }

  /** Let the request that stands still go on. */
  goOn(is_killed: boolean): Answered | null {
    const reply = this.#do("go_on", { is_killed });
    return reply.answer === null ? null : this.#answer(reply);
  }

  office(what: string, about: string): string {
    return String(this.#do("office", { what, about }).done);
  }

  work(plan: Plan | null): string {
    return JSON.stringify(this.#do("work", { plan }).done);
  }

  backup(step: "rows" | "files" | "verify" | "restore"): boolean {
    return this.#do("backup", { step }).done === true;
  }

  limit(bytes: number | null, ops: number | null): void {
    this.#do("limit", { bytes, ops });
  }

  rot(at: number): boolean {
    return this.#do("rot", { at }).done === true;
  }

  learnPhoto(bytes: ArrayBuffer): void {
    this.#do("photo", { body: Buffer.from(bytes).toString("base64") });
  }

  safe(): Safe {
    return this.#do("safe", {}) as unknown as Safe;
  }

  check(stores: readonly object[]): readonly string[] {
    return this.#do("check", { stores }).violations as string[];
  }

  #answer(reply: Record<string, unknown>): Answered {
    this.violations.push(...(reply.violations as string[]));
    const answered = reply.answer as Answered;
    if (!answered.stopped && answered.status >= 500 && !answered.is_harmed) {
      this.violations.push(`the server answered ${answered.status} although nothing had gone wrong: ${answered.body}`);
    }
    return answered;
  }

  #do(what: string, command: Record<string, unknown>): Record<string, unknown> {
    writeAll(this.#out, Buffer.from(`${JSON.stringify({ ...command, do: what, now: this.now })}\n`));
    const reply = JSON.parse(this.#line()) as Record<string, unknown>;
    if (reply.broken !== undefined) throw new Error(`the server's side broke over ${what}:\n${String(reply.broken)}`);
    return reply;
  }

  #line(): string {
    for (;;) {
      const end = this.#left.indexOf(NEWLINE);
      if (end >= 0) {
        const line = this.#left.toString("utf8", 0, end);
        this.#left = this.#left.subarray(end + 1);
        return line;
      }
      const count = readSync(this.#in, this.#buffer);
      if (count === 0) throw new Error("the server's process has ended");
      this.#left = Buffer.concat([this.#left, this.#buffer.subarray(0, count)]);
    }
  }
}

function onWire({ method, path, headers, body, length }: Sent): Record<string, unknown> {
  return { method, path, headers, body: Buffer.from(body).toString("base64"), length: length ?? body.length };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
