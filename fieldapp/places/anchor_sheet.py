"""A sheet of labels as PDF: A4, eight a page, each with its QR code, place, address and the code in large type.

Nothing on it names a person. Text is embedded as text (Bitstream Vera, which comes with the library), codes are drawn.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4
PAGE_MM = (210.0, 297.0)
LABEL_MM = (92.0, 66.0)
COLUMNS, ROWS = 2, 4
MARGIN_MM = ((PAGE_MM[0] - COLUMNS * LABEL_MM[0]) / 2, (PAGE_MM[1] - ROWS * LABEL_MM[1]) / 2)
CODE_MM = 40.0
"""Side of the QR code with its quiet zone: read from an arm's length away in poor light."""
QUIET_MODULES = 4
PAD_MM = 4.0
NORMAL, BOLD = "RondText", "RondBold"
LINES_MAX = 3


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says. `code` is what a person types, in groups; `address` what the QR code holds."""

    place: str
    where: str
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class SheetWords:
    """The words that every label of a sheet has; `on_call` is empty where there is no number."""

    title: str
    what_to_do: str
    on_call: str
    language: str


def write_sheet(labels: Sequence[Label], words: SheetWords) -> bytes:
    """Write labels as PDF. The same labels give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # only whoever prints waits for it

    _embed_fonts()
    out = io.BytesIO()
    page = Canvas(out, pagesize=(PAGE_MM[0] * MM, PAGE_MM[1] * MM), invariant=1, lang=words.language)
    page.setTitle(words.title)
    page.setAuthor("Rond")
    page.setCreator("Rond")
    for number, label in enumerate(labels):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            page.showPage()
        left = MARGIN_MM[0] + place % COLUMNS * LABEL_MM[0]
        top = PAGE_MM[1] - MARGIN_MM[1] - place // COLUMNS * LABEL_MM[1]
        _draw(page, label, words, left * MM, top * MM)
    page.save()
    return out.getvalue()


def _embed_fonts() -> None:
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    known = pdfmetrics.getRegisteredFontNames()
    for name, file in ((NORMAL, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))


def _draw(page: Canvas, label: Label, words: SheetWords, left: float, top: float) -> None:
    """Draw one label; `left` and `top` of its corner in points."""
    width, height = LABEL_MM[0] * MM, LABEL_MM[1] * MM
    pad, code = PAD_MM * MM, CODE_MM * MM
    page.setLineWidth(0.4)
    page.setDash(2, 2)
    page.setStrokeGray(0.6)
    page.rect(left, top - height, width, height)
    page.setDash()
    page.setFillGray(0)
    _draw_code(page, label.address, left + pad / 2, top - pad / 2 - code, code)
    text_left = left + pad / 2 + code + pad / 2
    room = left + width - pad - text_left
    line = top - pad - 13
    page.setFont(BOLD, 15)
    page.drawString(text_left, line, "Rond")
    line = _draw_lines(page, label.place, (BOLD, 12.5), (text_left, line - 22), room)
    _draw_lines(page, label.where, (NORMAL, 9.5), (text_left, line - 3), room)
    page.setFont(BOLD, 23)
    page.drawString(left + pad, top - height + pad + 22, label.code)
    page.setFont(NORMAL, 7.5)
    page.drawString(left + pad, top - height + pad + 10, _known(NORMAL, words.what_to_do))
    page.drawString(left + pad, top - height + pad, _known(NORMAL, words.on_call))


def _draw_code(page: Canvas, address: str, left: float, bottom: float, side: float) -> None:
    """Draw a QR code with its quiet zone: dark runs of a row as one rectangle, so that no printer leaves seams."""
    import segno

    matrix = segno.make(address, error="m", micro=False).matrix
    module = side / (len(matrix) + 2 * QUIET_MODULES)
    path = page.beginPath()
    for row, modules in enumerate(matrix):
        y = bottom + side - (row + 1 + QUIET_MODULES) * module
        for start, length in _runs(modules):
            path.rect(left + (start + QUIET_MODULES) * module, y, length * module, module)
    page.drawPath(path, stroke=0, fill=1)


def _runs(modules: Sequence[int]) -> list[tuple[int, int]]:
    """Return (start, length) of the dark runs of a row."""
    found: list[tuple[int, int]] = []
    for column, dark in enumerate(modules):
        if dark and found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((column, 1))
    return found


def _draw_lines(page: Canvas, text: str, font: tuple[str, float], start: tuple[float, float], room: float) -> float:
    """Draw text in at most three lines of a width, the rest cut off with an ellipsis. Return the height below them."""
    from reportlab.lib.utils import simpleSplit

    name, size = font
    left, line = start
    lines: list[str] = simpleSplit(_known(name, text), name, size, room)
    if len(lines) > LINES_MAX:
        lines = [*lines[: LINES_MAX - 1], lines[LINES_MAX - 1].rstrip() + "…"]
    page.setFont(name, size)
    for words in lines:
        page.drawString(left, line, _cut(words, font, room))
        line -= size * 1.25
    return line


def _cut(text: str, font: tuple[str, float], room: float) -> str:
    """Cut one word that is longer than its line."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    while len(text) > 1 and stringWidth(text, *font) > room:
        text = text.rstrip("…")[:-1] + "…"
    return text


def _known(font: str, text: str) -> str:
    """Return text in characters that the font has: an accent it lacks is left away, a letter becomes a question mark."""
    from reportlab.pdfbase import pdfmetrics

    known: Any = pdfmetrics.getFont(font)
    face = known.face
    return "".join(char if ord(char) in face.charToGlyph else _plain(char, face) for char in text)


def _plain(char: str, face: Any) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return base if base and all(ord(part) in face.charToGlyph for part in base) else "?"
