"""Keep the desk's English catalogue: `python tools/catalogue.py update` after texts changed, `compile` before running.

The texts in the code and in the templates are Swedish; the catalogue gives the English for each. Compiled catalogues are not
in git.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "fieldapp"
ENGLISH = SOURCES / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "pgettext": ((1, "c"), 2)}
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
HEADER = rb"""# English for the Swedish texts of the desk. Kept by tools/catalogue.py.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
"""Says nothing of when or by what the file was written, so that it changes only when a text does."""


def texts_in_use() -> Catalog:
    """Return every text that the code and the templates show, with where it stands."""
    found = Catalog(charset="utf-8")
    extracted = extract_from_dir(str(SOURCES), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for file, line, text, comments, context in sorted(extracted, key=lambda row: (str(row[0]), row[1])):
        found.add(text, None, [(str(file), line)], auto_comments=comments, context=context)
    return found


def english() -> Catalog:
    """Return the English catalogue as it is kept."""
    if not ENGLISH.exists():
        return Catalog(locale="en", charset="utf-8")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def untranslated(used: Catalog, kept: Catalog) -> Iterator[str]:
    """Return the texts in use that have no English, or a doubtful one."""
    for message in used:
        if message.id:
            known = kept.get(message.id, message.context)
            if known is None or not _is_whole(known) or "fuzzy" in known.flags:
                yield str(message.id)


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


def update() -> None:
    """Take up new texts, drop those no longer in use, keep the English there is."""
    used, kept = texts_in_use(), english()
    fresh = Catalog(locale="en", charset="utf-8")
    for message in used:
        if message.id:
            known = kept.get(message.id, message.context)
            fresh.add(message.id, known.string if known else None, context=message.context)
    write(fresh)
    missing = list(untranslated(used, english()))
    print(f"{len(list(used)) - 1} texts, {len(missing)} without English")
    for text in missing:
        print(f"  {text}")


def write(catalogue: Catalog) -> None:
    """Write the English catalogue as it is kept."""
    out = BytesIO()
    write_po(out, catalogue, width=120, omit_header=True, sort_output=True, no_location=True)
    _replace(ENGLISH, HEADER + out.getvalue())


def compile_catalogue() -> None:
    """Write the catalogue as the program reads it."""
    out = BytesIO()
    write_mo(out, english())
    _replace(ENGLISH.with_suffix(".mo"), out.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole: a program that reads it meanwhile finds the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


if __name__ == "__main__":
    {"update": update, "compile": compile_catalogue}[sys.argv[1]]()
