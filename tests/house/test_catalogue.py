"""English is complete: every text the desk shows has its translation, and none is kept for a text that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import catalogue
from tools.catalogue import english, texts_in_use, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|{[^}]*}")
MARGIN = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)


def pairs() -> Iterator[tuple[str, str]]:
    """Return each Swedish text of the catalogue with its English, singular with singular."""
    for message in english():
        if message.id:
            yield from zip(_forms(message.id), _forms(message.string), strict=True)


def _forms(text: Message | str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if isinstance(text, tuple | list):
        return tuple(text)
    assert isinstance(text, str)
    return (text,)


def test_every_text_has_its_english() -> None:
    assert list(untranslated(texts_in_use(), english())) == []


def test_a_text_without_english_is_found() -> None:
    used, kept = Catalog(locale="en"), Catalog(locale="en")
    used.add("Lugnt")
    assert list(untranslated(used, kept)) == ["Lugnt"]


def test_no_english_is_kept_for_a_text_that_is_gone() -> None:
    used = texts_in_use()
    assert [message.id for message in english() if message.id and used.get(message.id, message.context) is None] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    assert [
        swedish
        for swedish, translated in pairs()
        if sorted(PLACEHOLDER.findall(swedish)) != sorted(PLACEHOLDER.findall(translated))
    ] == []


def test_a_text_begins_and_ends_with_the_same_space_in_both_languages() -> None:
    def margins(text: str) -> tuple[str, ...]:
        found = MARGIN.match(text)
        return found.groups() if found else ()

    assert [swedish for swedish, translated in pairs() if margins(swedish) != margins(translated)] == []


def test_sentences_end_the_same_way_in_both_languages() -> None:
    ends = (".", "?", ":", "…")
    assert [
        swedish
        for swedish, translated in pairs()
        if [swedish.endswith(end) for end in ends] != [translated.endswith(end) for end in ends]
    ] == []


def test_the_catalogue_is_written_the_same_way_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "messages.po"
    kept = english()
    monkeypatch.setattr(catalogue, "ENGLISH", written)
    catalogue.write(kept)
    first = written.read_bytes()
    catalogue.write(english())
    assert written.read_bytes() == first
