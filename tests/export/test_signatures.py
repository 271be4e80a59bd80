"""A signed body is known again within its time, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.export.signatures import WINDOW, is_signed, sign

AT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


@given(st.binary(max_size=200), st.text(min_size=1, max_size=40))
def test_a_signed_body_is_known_again(body: bytes, secret: str) -> None:
    assert is_signed(sign(body, [secret], AT), body, ["another", secret], AT)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_is_not(body: bytes, other: bytes) -> None:
    assert is_signed(sign(body, ["s"], AT), other, ["s"], AT) is (body == other)


@pytest.mark.parametrize(("seconds", "is_known"), [(0, True), (299, True), (301, False), (-299, True), (-301, False)])
def test_a_signature_holds_for_its_time(seconds: int, is_known: bool) -> None:
    assert timedelta(seconds=300) == WINDOW
    assert is_signed(sign(b"x", ["s"], AT), b"x", ["s"], AT + timedelta(seconds=seconds)) is is_known


def test_either_secret_holds_while_one_is_changed() -> None:
    assert is_signed(sign(b"x", ["new", "old"], AT), b"x", ["old"], AT)
    assert is_signed(sign(b"x", ["old"], AT), b"x", ["new", "old"], AT)
    assert not is_signed(sign(b"x", [""], AT), b"x", [""], AT)


@given(st.text(max_size=100))
def test_any_other_header_is_refused(header: str) -> None:
    assert not is_signed(header, b"x", ["s"], AT)


def test_a_time_that_is_said_twice_is_none() -> None:
    header = sign(b"x", ["s"], AT)
    assert not is_signed(f"t=1,{header}", b"x", ["s"], AT)
