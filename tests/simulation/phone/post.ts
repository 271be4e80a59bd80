/** Carry letters between phones and server, and let harm come to some. */

import type { Chance } from "./chance";
import {
  beginningOf,
  cutShort,
  garbled,
  type Letter,
  type Network,
  responseOf,
  STRANGERS,
  TOO_LARGE_FOR_A_PROXY,
} from "./network";
import { actAs } from "./page";
import type { Phone } from "./phone";
import type { Answered, Plan, Server } from "./server";

/** What may befall a letter, by what it is. */
const ANY = { lost: 2, unheard: 3, late: 2, stranger: 1, cut: 1.5, refused: 0.7, slow: 1.5 } as const;
const HARMS = {
  push: { ...ANY, doubled: 2, garbled: 1, stopped: 10, slow: 6, proxy: 0.5 },
  blobs: { ...ANY, doubled: 3, garbled: 3, stopped: 5, rotten: 3, begun: 4 },
  other: ANY,
} as const;
type Harm = keyof typeof HARMS.push | keyof typeof HARMS.blobs;
const STOPS: Readonly<Record<string, readonly Plan["what"][]>> = {
  push: ["statement", "statement", "statement_done", "statement_done", "commit", "commit_done", "commit_done"],
  blobs: ["file", "file", "torn", "torn", "statement_done", "commit", "commit_done"],
};
const STATEMENTS_MAX = 14;
const PROXY_BYTES = 1_400;

export class Post {
  /** How likely harm comes to a letter. */
  harm = 0;
  /** How often something was sent that may have changed the server. */
  sent = 0;
  #slow: Letter | null = null;

  constructor(
    readonly chance: Chance,
    readonly server: Server,
    readonly network: Network,
    readonly phones: readonly Phone[],
    readonly note: (what: string) => void,
  ) {}

  /** Whether a request is on its way. */
  get isWaiting(): boolean {
    return this.#slow !== null || this.network.letters.length > 0;
  }

  /** Let a request arrive, or meet its fate. False when there is none. */
  deliver(): boolean {
    if (this.#slow !== null && (this.harm === 0 || this.chance.is(0.12))) return this.#goOn();
    const letter = this.network.take();
    if (letter === undefined) return false;
    if (kindOf(letter) !== "other") this.sent++;
    if (!this.chance.is(this.harm)) {
      this.note(letter.name);
      this.#handOver(letter, this.server.ask(letter.sent, null));
      return true;
    }
    const harm = this.chance.weigh<Harm>(HARMS[kindOf(letter)] as Readonly<Record<Harm, number>>);
    this.note(`${letter.name} ${harm}`);
    this.#befall(letter, harm);
    return true;
  }

  /** Let an answer arrive. False when there is none. */
  handBack(): boolean {
    const { replies } = this.network;
    const [reply] = replies.splice(this.chance.below(replies.length), 1);
    if (reply === undefined) return false;
    if (reply.letter.isForgotten) return true;
    this.note(`answer to ${reply.letter.name}`);
    actAs(reply.letter.phone);
    reply.letter.answer(reply.response);
    return true;
  }

  /** A request that its phone has given up arrives all the same. */
  deliverLate(): void {
    const letter = this.network.late.pop();
    if (letter === undefined) return;
    this.note(`${letter.name} late`);
    this.server.ask(letter.sent, null);
  }

  /** What was given up and is still on its way never arrives. */
  forgetLate(): void {
    this.network.late = [];
  }

  #befall(letter: Letter, harm: Harm): void {
    const { server, chance, network } = this;
    switch (harm) {
      case "lost":
        this.#lose(letter);
        break;
      case "late":
        network.late.push(letter);
        this.#lose(letter);
        break;
      case "unheard":
        server.ask(letter.sent, null);
        this.#lose(letter);
        break;
      case "doubled":
        server.ask(letter.sent, null);
        this.#handOver(letter, server.ask(letter.sent, null));
        break;
      case "stranger":
        this.#handResponse(letter, chance.pick(STRANGERS));
        break;
      case "proxy":
        if (letter.sent.body.length > PROXY_BYTES) this.#handResponse(letter, TOO_LARGE_FOR_A_PROXY);
        else this.#handOver(letter, server.ask(letter.sent, null));
        break;
      case "begun": {
        const sent = chance.is(0.3) ? garbled(letter.sent, chance.below(1 << 30)) : letter.sent;
        server.ask(beginningOf(sent, chance.below(1 << 30)), null);
        this.#lose(letter);
        break;
      }
      case "garbled":
        this.#handOver(letter, server.ask(garbled(letter.sent, chance.below(1 << 30)), null));
        break;
      case "cut":
        this.#cut(letter, server.ask(letter.sent, null));
        break;
      case "stopped":
        this.#handOver(letter, server.ask(letter.sent, this.plan(kindOf(letter))));
        break;
      case "rotten": {
        const answered = server.ask(letter.sent, null);
        this.note(`  ${server.rot(chance.below(1_000))}`);
        this.#handOver(letter, answered);
        break;
      }
      case "refused":
        this.#handOver(letter, server.ask(letter.sent, { what: "refuse", at: 1 + chance.below(STATEMENTS_MAX) }));
        break;
      case "slow":
        this.#askSlowly(letter);
        break;
    }
  }

  /** Where the server stops. */
  plan(kind: string): Plan {
    const what = this.chance.pick(STOPS[kind] ?? []);
    // The first commit is that of looking who asks.
    if (what.startsWith("commit")) return { what, at: this.chance.pick([1, 2, 2, 2, 3, 3]) };
    return { what, at: 1 + this.chance.below(what === "file" || what === "torn" ? 6 : STATEMENTS_MAX) };
  }

  #askSlowly(letter: Letter): void {
    if (this.#slow !== null) this.#goOn();
    const what = this.chance.pick(["statement", "transaction"] as const);
    // The first transaction is that of looking who asks.
    const at = what === "transaction" ? this.chance.pick([2, 3]) : 1 + this.chance.below(STATEMENTS_MAX);
    const answered = this.server.askSlowly(letter.sent, what, at);
    if (answered === null) this.note(`  stands still before ${what} ${at}`);
    if (answered === null) this.#slow = letter;
    else this.#handOver(letter, answered);
  }

  /** The request that stood still comes to its end, or the server is stopped under it. */
  #goOn(): boolean {
    const letter = this.#slow;
    this.#slow = null;
    if (letter === null) return false;
    const isKilled = this.chance.is(this.harm / 3);
    this.note(`${letter.name} ${isKilled ? "stopped while slow" : "goes on"}`);
    const answered = this.server.goOn(isKilled);
    if (answered === null) this.#lose(letter);
    else this.#handOver(letter, answered);
    return true;
  }

  #cut(letter: Letter, answered: Answered): void {
    if (answered.stopped) this.#lose(letter);
    else this.#handResponse(letter, cutShort(answered, this.chance.below(1 << 30)));
  }

  #handOver(letter: Letter, answered: Answered): void {
    if (answered.stopped) this.#lose(letter);
    else {
      this.note(`  ${answered.status} ${answered.body.slice(0, 300)}`);
      this.#handResponse(letter, responseOf(answered));
    }
  }

  /** An answer comes at once, or waits for its own step. */
  #handResponse(letter: Letter, response: Response): void {
    if (letter.isForgotten) return;
    if (this.chance.is(0.5)) {
      this.network.replies.push({ letter, response });
      return;
    }
    actAs(letter.phone);
    letter.answer(response);
  }

  #lose(letter: Letter): void {
    if (letter.isForgotten) return;
    actAs(letter.phone);
    letter.fail();
  }
}

function kindOf({ sent }: Letter): keyof typeof HARMS {
  if (sent.path.endsWith("/push")) return "push";
  return sent.method === "PATCH" ? "blobs" : "other";
}
