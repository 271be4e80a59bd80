"""Faults that were put in on purpose: each must be found, or the simulation would find nothing of its kind.

Each is a change of a few words to the shipped code, made in the simulation's own processes while they run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.simulation import server_mutants as server
from tests.simulation.server_mutants import swap

PUSH = "fieldapp.sync.push"
PULLED = "store/pulled.ts"


@dataclass(frozen=True, slots=True)
class PhonePatch:
    """Text in a file below `static/pwa/src` that is replaced when the phones' side is bundled. It must be there once."""

    file: str
    find: str
    put: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, as one or a few small changes on either side."""

    name: str
    story: str
    server: Sequence[Callable[[], None]] = ()
    phone: Sequence[PhonePatch] = ()

    def apply(self) -> None:
        """Put the fault into this process's server code."""
        for change in self.server:
            change()


_ON_THE_WAY_UP = (
    Mutant(
        "delete_on_send",
        "the phone forgets an operation when it sends it",
        phone=(
            PhonePatch(
                "store/sync_store.ts",
                "operations: (ids) => outbox.readOperations(db, ids),",
                """operations: async (ids) => {
                     const ops = await outbox.readOperations(db, ids);
                     await db.write(["ops"], "strict", async (tx) => {
                       for (const op of ops) await tx.objectStore("ops").delete(op.id);
                     });
                     return ops;
                   },""",
            ),
        ),
    ),
    Mutant(
        "ack_by_position",
        "the phone takes the first acknowledgement for the first operation in its outbox, whatever its id",
        phone=(
            PhonePatch(
                "store/outbox.ts",
                "each(answer.acks, (ack) => storeAck(tx, ack, answer.server_time));",
                """each(await byPosition(tx, answer.acks), (ack) => storeAck(tx, ack, answer.server_time));
                   async function byPosition(tx: WriteTransaction, acks: readonly Ack[]): Promise<Ack[]> {
                     const ready = await tx.objectStore("ops").index("by_state").getAll(statesOf("ready"));
                     return acks.map((ack, i) => ({ ...ack, id: ready[i]?.id ?? ack.id }));
                   }""",
            ),
        ),
    ),
    Mutant(
        "acked_forgotten",
        "the phone forgets an operation as soon as it is acknowledged, before a backup holds it",
        phone=(PhonePatch("store/outbox.ts", "await ops.put(acked);", "await ops.delete(acked.id);"),),
    ),
    Mutant(
        "amended_under_way",
        "the phone replaces an operation that may have been sent",
        phone=(
            PhonePatch(
                "store/operations.ts",
                '({ state, op }) => state === "open" &&',
                '({ state, op }) => state !== "acked" &&',
            ),
        ),
    ),
    Mutant(
        "saved_too_early",
        "the phone says that something is saved before its transaction is complete",
        phone=(PhonePatch("store/device.ts", "      await tx.done;\n", ""),),
    ),
    Mutant(
        "no_dedupe",
        "the server carries out what it has carried out already",
        server=(swap(f"{PUSH}:_known", server.knows_nothing), swap(f"{PUSH}:_write", server.write_over_ledger)),
    ),
    Mutant(
        "effect_apart",
        "the effect of a batch is committed before its ledger",
        server=(swap(f"{PUSH}:_write", server.commit_first),),
    ),
    Mutant(
        "poison_refuses_all",
        "an operation whose handler fails is answered with 500",
        server=(swap("fieldapp.sync.judging:_apply_alone", server.fail_loudly),),
    ),
    Mutant(
        "never_woken",
        "what waited for something is not carried out when that comes",
        server=(swap(f"{PUSH}:wake", server.wake_nobody),),
    ),
)

_PHOTOS = (
    Mutant(
        "part_anywhere",
        "the server puts a part behind what it has, wherever the part begins",
        server=(swap("fieldapp.infra.blobs:BlobStore.append_part", server.append_behind),),
    ),
    Mutant(
        "hash_unchecked",
        "the server takes a photo for whole by its length alone",
        server=(swap("fieldapp.infra.blobs:BlobStore._keep", server.believe_bytes),),
    ),
    Mutant(
        "digest_unchecked",
        "the server takes a part whatever happened to it on its way",
        server=(swap("fieldapp.infra.blobs:BlobStore._check_part", server.believe_part),),
    ),
    Mutant(
        "photo_by_record",
        "the phone frees a photo by the seq of the operation that named it",
        phone=(
            PhonePatch(
                "domain/retention.ts",
                'if (body.state !== "named" && since !== null && isSafe(seq, since, rule))',
                """const named = source.ops.find((op) => op.op.blobs.some((blob) => blob.sha256 === body.sha256));
                   if (body.state !== "named" && since !== null && isSafe(named?.seq ?? seq, since, rule))""",
            ),
        ),
    ),
)

_RESTORE = (
    Mutant(
        "no_epoch",
        "a restored server says that it is the one it was",
        server=(swap("fieldapp.sync.epoch:begin_epoch", server.same_epoch),),
    ),
    Mutant(
        "safe_is_head",
        "the server calls everything safe that it has, backup or not",
        server=(swap("fieldapp.sync.epoch:SafeSeqs.of", server.head_is_safe),),
    ),
    Mutant(
        "freed_a_day_early",
        "the phone frees what is safe as soon as it is, and what waits for no backup a day too early",
        phone=(
            PhonePatch(
                "store/cleaning.ts",
                "const rule = { now: sync.server_time,",
                "const rule = { now: sync.server_time + 86_400_000,",
            ),
        ),
    ),
    Mutant(
        "wipe_at_once",
        "a phone that was lost is wiped before it has sent what it holds",
        phone=(PhonePatch("sync/core/step.ts", 'if (wipe === "now") store', "if (wipe !== null) store"),),
    ),
)

_ON_THE_WAY_DOWN = (
    Mutant(
        "seq_early",
        "seqs are taken before the transaction that uses them, so that a later one may be seen first",
        server=(
            swap("fieldapp.sync.views:receive", server.take_seqs_ahead),
            swap("fieldapp.infra.changes:take_seqs", server.use_seqs_taken),
        ),
    ),
    Mutant(
        "cursor_apart",
        "the phone stores the cursor before the rows it stands for",
        phone=(
            PhonePatch(
                PULLED,
                "  const now = answer.server_time;\n",
                """  const now = answer.server_time;
                   await db.write(["meta"], "strict", async (tx) => {
                     const sync = await readSync(tx);
                     if (sync.cursor !== askedWith || isOtherServer(sync, answer) || !isGreater(answer.cursor, sync.cursor)) return;
                     await putSync(tx, { ...sync, ...agreed(answer), cursor: answer.cursor });
                   });
                """,
            ),
            PhonePatch(
                PULLED,
                "if (sync.cursor !== askedWith || isOtherServer(sync, answer)) return null;",
                "if (isOtherServer(sync, answer)) return null;",
            ),
            PhonePatch(
                PULLED,
                "if (!isGreater(answer.cursor, sync.cursor)) {",
                "if (sync.cursor !== answer.cursor || sync.cursor === askedWith) {",
            ),
        ),
    ),
    Mutant(
        "cursor_is_head",
        "the server's cursor stands for all there is, though the page was full",
        server=(swap("fieldapp.sync.views:pull", server.cursor_at_head),),
    ),
    Mutant(
        "news_untold",
        "a record that changes keeps its place in the feed",
        server=(swap("fieldapp.observations.service:changes", server.note_nothing),),
    ),
)

MUTANTS = {mutant.name: mutant for group in (_ON_THE_WAY_UP, _PHOTOS, _RESTORE, _ON_THE_WAY_DOWN) for mutant in group}
