"""The blob store against any order of sendings, stops and losses of power."""

from __future__ import annotations

import random
import shutil

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fieldapp.infra.blobs import BlobStore, WrongOffset
from fieldapp.kernel.errors import Invalid
from tests.infra.stopping_disk import Disk, Stopped, quick_folder
from tests.infra.uploads import OWNER, PHOTO, digest, send, send_rest

pytestmark = pytest.mark.slow  # a stateful machine and killed processes


class StoreUnderStress(RuleBasedStateMachine):
    """Honest and dishonest parts, in any order, with stops of process and machine between and inside them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = quick_folder()
        self.disk = Disk(self.folder / "blobs")
        self.store = BlobStore(self.disk.root)
        self.offset = 0  # as last told by the store
        self.is_honest = True  # nobody ever sent other bytes than the photo's
        self.complete = False
        self.clean: set[str] = set()

    @initialize(is_honest=st.booleans())
    def begin(self, is_honest: bool) -> None:
        self.is_honest = is_honest

    def teardown(self) -> None:
        with self.disk.mounted():
            begun = send_rest(self.store)
        if self.is_honest:
            assert begun == sorted(begun)
        assert self.store.received_path(OWNER, digest(PHOTO)).read_bytes() == PHOTO
        shutil.rmtree(self.folder)

    def _send(self, offset: int, part: bytes, steps: int) -> None:
        try:
            with self.disk.mounted(steps):
                outcome = send(self.store, offset, part=part)
        except WrongOffset as refused:
            told = refused.offset
            assert told == self.offset != offset
        except Invalid:
            assert offset + len(part) > 300 or not part
        except Stopped:
            self.store = BlobStore(self.disk.root)
            self._ask_again()
        else:
            assert outcome.is_complete or offset == self.offset
            assert not (outcome.is_restarted and self.is_honest)
            self.offset, self.complete = outcome.offset, outcome.is_complete

    def _ask_again(self) -> None:
        self.offset = self.store.received_bytes(OWNER, digest(PHOTO))
        is_complete = self.store.is_received(OWNER, digest(PHOTO))
        assert is_complete or not self.complete, "an acknowledged file is gone"
        self.complete = is_complete

    @rule(size=st.integers(1, 300), steps=st.one_of(st.just(10**9), st.integers(0, 400)))
    def send_next(self, size: int, steps: int) -> None:
        self._send(self.offset, PHOTO[self.offset : self.offset + size], steps)

    @rule(offset=st.integers(0, 300), size=st.integers(0, 300))
    def send_anywhere(self, offset: int, size: int) -> None:
        self._send(offset, PHOTO[offset : offset + size], 10**9)

    def _cut(self, offset: int, arrived: bytes, steps: int) -> None:
        try:
            with self.disk.mounted(steps):
                self.store.keep_beginning(OWNER, digest(PHOTO), offset=offset, total_length=len(PHOTO), arrived=arrived)
        except Stopped:
            self.store = BlobStore(self.disk.root)
        stored = self.store.received_bytes(OWNER, digest(PHOTO))
        assert stored in {self.offset, offset + len(arrived)}
        assert stored >= self.offset
        self._ask_again()

    @rule(size=st.integers(0, 300), steps=st.one_of(st.just(10**9), st.integers(0, 400)))
    def cut_next(self, size: int, steps: int) -> None:
        self._cut(self.offset, PHOTO[self.offset : self.offset + size], steps)

    @rule(offset=st.integers(0, 300), size=st.integers(0, 300))
    def cut_anywhere(self, offset: int, size: int) -> None:
        self._cut(offset, PHOTO[offset : offset + size], 10**9)

    @precondition(lambda self: not self.is_honest)
    @rule(size=st.integers(0, 300), steps=st.one_of(st.just(10**9), st.integers(0, 400)))
    def cut_other_bytes(self, size: int, steps: int) -> None:
        self._cut(self.offset, bytes(size), steps)

    @precondition(lambda self: not self.is_honest)
    @rule(size=st.integers(1, 300), steps=st.one_of(st.just(10**9), st.integers(0, 400)))
    def send_other_bytes(self, size: int, steps: int) -> None:
        self._send(self.offset, bytes(size), steps)

    @rule(content=st.binary(max_size=50), steps=st.one_of(st.just(10**9), st.integers(0, 60)))
    def put_clean(self, content: bytes, steps: int) -> None:
        try:
            with self.disk.mounted(steps):
                self.clean.add(self.store.put_clean(OWNER, content))
        except Stopped:
            self.store = BlobStore(self.disk.root)

    @rule(random_=st.randoms(use_true_random=False))
    def lose_power(self, random_: random.Random) -> None:
        self.disk.lose_power(random_.choice)
        self.store = BlobStore(self.disk.root)
        self._ask_again()

    @precondition(lambda self: self.complete)
    @rule()
    def discard(self) -> None:
        with self.disk.mounted():
            self.store.discard_received(OWNER, digest(PHOTO))
        self.offset, self.complete = 0, False

    @invariant()
    def every_file_is_what_its_name_says(self) -> None:
        assert self.store.verify(OWNER).mismatches == ()

    @invariant()
    def nothing_acknowledged_is_gone(self) -> None:
        assert self.store.received_bytes(OWNER, digest(PHOTO)) == self.offset
        for sha256 in self.clean:
            assert self.store.read_clean(OWNER, sha256).is_file()


TestStoreUnderStress = StoreUnderStress.TestCase
TestStoreUnderStress.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
