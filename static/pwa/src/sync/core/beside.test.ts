// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, NONE, ok, ops, outbox } from "../../../test/sync/core_player";
import { uuid } from "../../../test/sync/made";
import type { Ack } from "../../domain/types";
import type { Push, QueuedOp } from "./model";

const bound = (count: number, from: number) => ops(count, 300, from);
const free = (count: number, from: number) => ops(count, 300, from, true);

let core: Core;
beforeEach(() => {
  core = new Core();
});

function flying(): Push[] {
  return [...core.state.in_flight.values()].flatMap(({ effect }) => (effect.do === "push" ? [effect] : []));
}

const sizes = () => flying().map(({ ids }) => ids.length);

/** Begin with a batch of what nothing may overtake, after which the core knows that answers come briskly. */
function begun(queue: readonly QueuedOp[]): Core {
  const all = [...bound(64, 1), ...queue];
  return core
    .start(outbox({ ops: all }))
    .after(10)
    .accept();
}

function answer(push: Push): void {
  const acks = push.ids.map((id, i): Ack => ({ id, st: "ok", seq: i + 1, rev: 1 }));
  core.do({ type: "answered", to: push, answer: ok({ acks, want: [] }) }).stored("store_acks");
}

describe("two batches on their way", () => {
  test("are of operations that may overtake each other, once answers come briskly", () => {
    core.start(outbox({ ops: free(600, 1) }));
    expect(sizes()).toEqual([64]);
    core.after(10).accept();
    expect(sizes()).toEqual([200, 200]);
  });

  test("carry nothing twice and leave nothing out, whichever is answered first", () => {
    begun(free(900, 65));
    core.holds(outbox());
    const sent = [...flying().flatMap(({ ids }) => ids)];
    for (let turn = 0; flying().length > 0; turn++) {
      const before = new Set(flying());
      answer(flying()[turn % 2] ?? (flying()[0] as Push));
      sent.push(
        ...flying()
          .filter((push) => !before.has(push))
          .flatMap(({ ids }) => ids),
      );
    }
    expect(sent).toEqual(free(900, 65).map(({ id }) => id));
  });

  test("never hold what has an order: it goes when nothing else is on its way, and nothing goes beside it", () => {
    begun([...free(250, 65), ...bound(1, 315), ...free(250, 316)]);
    expect(sizes()).toEqual([200, 50]);
    answer(flying()[0] as Push);
    expect(sizes()).toEqual([50]);
    answer(flying()[0] as Push);
    expect(flying().map(({ ids, is_free }) => [ids.length, ids[0], is_free])).toEqual([[200, uuid(315), false]]);
  });

  test("leave the last operation to go alone, so that what is told to be unsent is right at the end", () => {
    begun(free(300, 65));
    expect(sizes()).toEqual([200, 99]);
    for (const push of flying()) answer(push);
    expect(flying().map(({ ids, unsent }) => [ids, unsent.count])).toEqual([[[uuid(364)], 1]]);
  });

  test("are not begun while what was lost is sent again", () => {
    begun(free(600, 65));
    const [first, second] = flying() as [Push, Push];
    core.do({ type: "answered", to: first, answer: NONE });
    answer(second);
    core.wake();
    expect(flying().map(({ ids }) => ids)).toEqual([first.ids]);
    answer(flying()[0] as Push);
    expect(sizes()).toEqual([200]);
  });

  test("are read from the outbox anew only when both have been answered", () => {
    begun(free(401, 65));
    expect(sizes()).toEqual([200, 200]);
    core.holds(outbox({ ops: free(50, 900) }));
    answer(flying()[0] as Push);
    expect(flying().flatMap(({ ids }) => ids)).not.toContain(uuid(900));
  });
});

test("a slow answer is waited for before more is sent", () => {
  core.start(outbox({ ops: free(600, 1) }));
  core.after(3_000).accept();
  expect(sizes()).toEqual([64]);
});

/** A few hundred operations, some with an order, over a link that loses one answer in four: what the server took, in its order. */
function played(seed: number): { all: readonly QueuedOp[]; taken: readonly string[] } {
  let chance = seed;
  const draw = (below: number) => {
    chance = (chance * 48_271) % 2_147_483_647;
    return chance % below;
  };
  const all = ops(700, 300).map((op): QueuedOp => ({ ...op, is_free: draw(150) > 0 }));
  const taken = new Set<string>();
  core = new Core().start(outbox({ ops: all }));
  for (let turn = 0; turn < 200 && taken.size < all.length; turn++) {
    const pushes = flying();
    const push = pushes[draw(Math.max(1, pushes.length))];
    if (push === undefined) {
      core.wake();
      continue;
    }
    if (pushes.length > 1) expect(pushes.every(({ is_free }) => is_free)).toBe(true);
    // An answer that is lost may have been of a batch that was taken.
    const isLost = draw(4) === 0;
    if (!isLost || draw(2) === 0) for (const id of push.ids) taken.add(id);
    const left = all.filter(({ id }) => !taken.has(id) || (isLost && push.ids.includes(id)));
    core.holds(outbox({ ops: left })).after(5);
    if (isLost) core.do({ type: "answered", to: push, answer: NONE });
    else answer(push);
  }
  return { all, taken: [...taken] };
}

test.each([1, 2, 3, 5, 8, 13, 21, 34])(
  "over a link that loses answers all arrive, in order where there is one (%i)",
  (seed) => {
    const { all, taken } = played(seed);
    expect(taken).toHaveLength(all.length);
    const place = new Map(taken.map((id, index) => [id, index]));
    all.forEach(({ id, is_free }, index) => {
      if (!is_free) expect(place.get(id)).toBe(index);
    });
  },
);
