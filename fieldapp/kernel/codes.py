"""Short codes that people read off a label or a screen and type: Crockford's base 32, which has no I, L, O and U. Pure."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS_A_CHAR = 5
JOIN_CHARS = 6
LABEL_CHARS = 8
_MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u00a0": None})


def written(value: int, chars: int) -> str:
    """Write the lowest `5 · chars` bits of a number as a code."""
    return "".join(ALPHABET[value >> BITS_A_CHAR * place & 31] for place in reversed(range(chars)))


def new_code(chars: int, random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """Make a code that nobody can guess sooner than by trying."""
    return written(random_bits(BITS_A_CHAR * chars), chars)


def join_code(round_id: UUID) -> str:
    """Return the code by which a round is joined: the first 30 bits of the SHA-256 of its id as text."""
    bits = int.from_bytes(hashlib.sha256(str(round_id).encode("ascii")).digest()[:4], "big")
    return written(bits >> 32 - BITS_A_CHAR * JOIN_CHARS, JOIN_CHARS)


def read_code(text: str, chars: int) -> str | None:
    """Read a code as a person types it: in any case, with spaces or hyphens, O for 0, I or L for 1. None when it is none."""
    code = text.strip().upper().translate(_MISTAKEN)
    return code if len(code) == chars and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """Write a code in two halves, as it is printed: `K7QF 3M9X`."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"
