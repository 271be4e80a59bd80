"""Make `personal_data_fixtures.json`: what both scanners must find, to the character.

Run `python -m tests.contract.make_personal_data_fixtures` after a change of the rules, and read the difference.

Groups: `ordinary` notes hold no personal data; `marked` ones say themselves what they hold, `[[kind text]]`;
`disguised` is written with characters that cannot be seen or look like others; the numbers are generated and known.
For `anything` – characters thrown together – what Python's scanner finds is written down, so that the other one has to
agree.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from fieldapp.kernel.personal_data import MAX_LENGTH, Kind, scan
from fieldapp.kernel.personal_data.rules import DOCUMENT
from tests.make.personal_data import (
    FICTIONAL_LANDLINES,
    FICTIONAL_MOBILES,
    LANDLINE_FORMS,
    NATIONAL_ID_FORMS,
    PHONE_FORMS,
    PLATE_FORMS,
    Forms,
    national_ids,
    plates,
)

HERE: Final = Path(__file__).parent
FIXTURES: Final = HERE / "personal_data_fixtures.json"
ORDINARY: Final = HERE / "personal_data_ordinary.txt"
MARKED: Final = HERE / "personal_data_marked.txt"

# A few of the Tax Agency's test numbers: nobody's, some with the month 00.
OFFICIAL_TEST_NUMBERS: Final = (
    *("189002119817", "189004089810", "189101059815", "189201089811", "191405722396"),
    *("191500882392", "191504652387", "193002902397", "201604912384"),
)

# What cannot be seen in a text file: the whole text is one finding.
DISGUISED: Final = (
    ("national_id", "8\u0336\u03219\u03360101-981\u03363\u0336\u0321"),
    ("national_id", "\uff18\uff19\u0660\u06f10\u2460\u2014981\u0663"),
    ("national_id", "8\ufe0f\u20e39\ufe0f\u20e301019813\ufe0f\u20e3"),
    ("phone", "\u041e7\u041e\u2011123\u202f45\u200b67"),
    ("phone", "\uff0b46\u3000(0)70\u30001234567"),
    ("email", "anna\u00ad.b\uff20firma\u2024se"),
    ("plate", "\u0410\u0412\u0421\u00a0\uff11\uff12\uff13"),
    ("plate", "\U0001d400\U0001d401\U0001d402\U0001d7cf\U0001d7d0\U0001d7d1"),
    ("name", "A\u0327\u030asa Bj\u006f\u0308rkman"),
    ("name", "\u0410nna Anders\u200bson"),
    ("special_category", "mus\u00adlim"),
    ("apartment", "\uff2c\uff27\uff28\u20071203"),
)

ADVERSARIAL_UNITS: Final = (
    "1", "0", "1 ", "0 ", "0701234567 ", "8901011234 ", "19 ", "20.10 ", "+46 (0)", "08-", "031-12 34 ", "a", "a@", "a.",
    "@a.", "a-", "å", "A ", "ABC 12 ", "ABC123 ", "abc ", "O", "Ol", "lgh 1, ", "lgh 12-123-", "Anna Maria ", "Anna ",
    "Anna Andersson ", "Andersson, ", "barn ", "misstänkt för ", "12-åring ", "(", ". ", "\u200b", "e\u0301\u0323",
    "\ufdfa", "\U0001f9ff", "\uff11", "1\u200b", "1\u0301", "2024-05-12 ", "2024-05-12 22.15 ", "890101-T12 ",
)  # fmt: skip

ANYTHING: Final = (
    *"0123456789 .-+/()@:,'", *"aåoOlIzé", "\u00ad", "\u200b", "\u00a0", "\u2013", "\uff10", "\uff21", "\u0660", "\u0410",
    "\u0301", "\u030a", "\ufb01", "\u00bd", "\u33a1", "\u2460", "\ufdfa", "\u0130", "\u00df", "\u017f", "\U0001f600",
    "\U0001d7ce", "\u0000", "\n", "\ud800", "19", "890101", "070", "lgh", "ABC", "Anna", "Berg", "Lindqvists", "barn",
    "22.15", "2024-05-12", "@firma.se", "gata", "år",
)  # fmt: skip

Found = list[tuple[str, int, int]]


def cases() -> Iterator[dict[str, Any]]:
    """Yield every case: group, text, findings as [kind, start, end, severity]."""
    for text in ORDINARY.read_text(encoding="utf-8").splitlines():
        yield _case("ordinary", text, [])
    for line in MARKED.read_text(encoding="utf-8").splitlines():
        yield _case("marked", *read_marked(line))
    for kind, text in DISGUISED:
        yield _case("disguised", f"– {text} –", [(kind, 2, 2 + len(text))])
    yield from _written("national_id", OFFICIAL_TEST_NUMBERS, NATIONAL_ID_FORMS)
    yield from _written("national_id", national_ids(12), NATIONAL_ID_FORMS)
    yield from _written("phone", FICTIONAL_MOBILES, PHONE_FORMS)
    yield from _written("phone", FICTIONAL_LANDLINES, LANDLINE_FORMS)
    yield from _written("plate", plates(16), PLATE_FORMS)
    dice = random.Random(7)
    for _ in range(400):
        text = "".join(dice.choices(ANYTHING, k=dice.randrange(1, 30)))
        yield _case("anything", text, [(f.kind.value, f.start, f.end) for f in scan(text)])


def adversarial() -> Iterator[dict[str, Any]]:
    """Yield texts of full length made of one unit, with how many findings of which kind they hold."""
    for unit in ADVERSARIAL_UNITS:
        text = (unit * MAX_LENGTH)[:MAX_LENGTH]
        found = [finding.kind for finding in scan(text)]
        yield {"unit": unit, "found": {kind.value: found.count(kind) for kind in Kind if kind in found}}


def read_marked(line: str) -> tuple[str, Found]:
    """Return the text of a marked note, and what is marked in it; one stretch can be of two kinds, `[[a+b text]]`."""
    text, found = "", []
    for part in re.split(r"(\[\[[a-z_+]+ .*?\]\])", line):
        marked = re.fullmatch(r"\[\[([a-z_+]+) (.*)\]\]", part)
        kinds, written = (marked[1].split("+"), marked[2]) if marked else ([], part)
        found += [(kind, len(text), len(text) + len(written)) for kind in kinds]
        text += written
    return text, found


def fixtures_text() -> str:
    """Return the whole file: one case a line, so that a change can be read."""
    lines = ",\n".join(json.dumps(case) for case in cases())
    attacks = ",\n".join(json.dumps(case) for case in adversarial())
    about = json.dumps("Made by tests/contract/make_personal_data_fixtures.py.")
    return (
        f'{{"about": {about},\n"max_length": {MAX_LENGTH},\n"cases": [\n{lines}\n],\n"adversarial": [\n{attacks}\n]}}\n'
    )


def _written(kind: str, numbers: Iterable[str], forms: Forms) -> Iterator[dict[str, Any]]:
    """Yield numbers in every form. Findings of another kind on the same digits are what the scanner says."""
    for number in numbers:
        for form in forms.values():
            written = form(number)
            text = f"Lapp i hissen: {written}, foto taget"
            start = text.index(written)
            others = [(f.kind.value, f.start, f.end) for f in scan(text) if f.kind.value != kind]
            yield _case(kind, text, [(kind, start, start + len(written)), *others])


def _case(group: str, text: str, found: Found) -> dict[str, Any]:
    kinds = list(Kind)
    ordered = sorted(found, key=lambda one: (one[1], one[2], kinds.index(Kind(one[0]))))
    return {"group": group, "text": text, "findings": [[*one, DOCUMENT["severities"][one[0]]] for one in ordered]}


if __name__ == "__main__":
    FIXTURES.write_text(fixtures_text(), encoding="utf-8")
