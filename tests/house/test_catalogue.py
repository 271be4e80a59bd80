"""English is complete: every text the desk shows has its translation, and none is kept for a text that is gone."""

import re

from babel.messages.catalog import Catalog

from tools.catalogue import english, texts_in_use, untranslated

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


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
    wrong = []
    for message in english():
        texts = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and {name for text in strings for name in PLACEHOLDER.findall(text)} - set(
            PLACEHOLDER.findall(texts[-1])
        ):
            wrong.append(message.id)
    assert wrong == []
