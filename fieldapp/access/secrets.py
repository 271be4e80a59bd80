"""Passwords, one-time codes and tokens: made, hashed, checked."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_CHARS_MIN = 10
PASSWORD_CHARS_MAX = 128
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else on a note
CODE_CHARS = 8  # 31^8 = 8.5e11 codes; tries are limited and a code lives seven days

_hasher = PasswordHasher()


def use_cheap_hashes() -> None:
    """Make hashing fast: for tests only, where thousands of users sign in."""
    global _hasher  # noqa: PLW0603 - the cost is one setting of the process
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _of_nobody.cache_clear()


def hash_secret(secret: str) -> str:
    """Return the Argon2id hash of a password or code."""
    return _hasher.hash(secret)


@lru_cache(maxsize=1)
def _of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def is_secret_right(hashed: str | None, secret: str) -> bool:
    """Check a password or code. Takes as long when there is no hash, so that nobody learns which logins exist."""
    try:
        _hasher.verify(hashed or _of_nobody(), secret)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def make_code() -> str:
    """Make a one-time code, `XXXX-XXXX`."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_CHARS))
    return f"{code[:4]}-{code[4:]}"


def plain_code(text: str) -> str:
    """Return a typed code as it is hashed: capitals, without dashes and spaces."""
    return "".join(character for character in text.upper() if character.isalnum())


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, in hex. Tokens are random: no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
