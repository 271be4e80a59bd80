/** Carry letters between phones and server, and let harm come to some. */

import type { Chance } from "./chance";
import { cutShort, garbled, type Letter, type Network, responseOf, STRANGERS, TOO_LARGE_FOR_A_PROXY } from "./network";
import { actAs } from "./page";
import type { Phone } from "./phone";
import type { Answered, Plan, Server } from "./server";

const HARMS = {
  lost: 2,
  unheard: 3,
  doubled: 2,
  late: 1.5,
  stranger: 1,
  garbled: 1.5,
  cut: 1,
  stopped: 5,
  refused: 0.7,
  slow: 2,
  proxy: 0.5,
} as const;
const STOPS: readonly Plan["what"][] = [
  "statement",
  "statement",
  "statement_done",
  "commit",
  "commit_done",
  "commit_done",
  "file",
  "torn",
];
const STATEMENTS_MAX = 24;
const PROXY_BYTES = 1_400;

export class Post {
  /** How likely harm comes to a letter. */
  harm = 0;
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
    if (this.#slow !== null && (this.harm === 0 || this.chance.is(0.3))) return this.#goOn();
    const letter = this.network.take();
    if (letter === undefined) return false;
    if (!this.chance.is(this.harm)) {
      this.note(letter.name);
      this.#handOver(letter, this.server.ask(letter.sent, null));
      return true;
    }
    const harm = this.chance.weigh(HARMS);
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

  #befall(letter: Letter, harm: keyof typeof HARMS): void {
    const { server, chance, network } = this;
    switch (harm) {
      case "lost":
        return this.#lose(letter);
      case "late":
        network.late.push(letter);
        return this.#lose(letter);
      case "unheard":
        server.ask(letter.sent, null);
        return this.#lose(letter);
      case "doubled":
        server.ask(letter.sent, null);
        return this.#handOver(letter, server.ask(letter.sent, null));
      case "stranger":
        return this.#handResponse(letter, chance.pick(STRANGERS));
      case "proxy":
        return letter.sent.body.length > PROXY_BYTES
          ? this.#handResponse(letter, TOO_LARGE_FOR_A_PROXY)
          : this.#handOver(letter, server.ask(letter.sent, null));
      case "garbled":
        return this.#handOver(letter, server.ask(garbled(letter.sent, chance.below(1 << 30)), null));
      case "cut":
        return this.#cut(letter, server.ask(letter.sent, null));
      case "stopped":
        return this.#handOver(letter, server.ask(letter.sent, this.plan()));
      case "refused":
        return this.#handOver(letter, server.ask(letter.sent, { what: "refuse", at: 1 + chance.below(STATEMENTS_MAX) }));
      case "slow":
        return this.#askSlowly(letter);
    }
  }

  /** Where the server stops. */
  plan(): Plan {
    const what = this.chance.pick(STOPS);
    const few = what.startsWith("commit") ? 3 : what === "file" || what === "torn" ? 6 : STATEMENTS_MAX;
    return { what, at: 1 + this.chance.below(few) };
  }

  #askSlowly(letter: Letter): void {
    if (this.#slow !== null) this.#goOn();
    const answered = this.server.askSlowly(letter.sent, 1 + this.chance.below(STATEMENTS_MAX));
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
