"""The installation's settings: read once from the environment, checked at start, frozen.

This is the only module that reads the environment. Every setting is described in docs/operations.md.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
SECRET_KEY_CHARS_MIN = 32


class SettingsError(Exception):
    """The environment does not describe an installation that may start; each line of the message is one fault."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides. Made by `from_env`; tests make it directly."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    server_processes: int = 2
    trusted_proxies: int = 0
    timezone: str = "Europe/Stockholm"
    sign_in_limit: str = "10 per minute; 60 per hour"
    retain_days: int = 14
    backup_dir: Path | None = None
    outward_hosts: frozenset[str] = frozenset()
    is_testing: bool = False

    @property
    def backups(self) -> Path:
        """Return the folder of the backups: in the data folder, unless the operator names a better place."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def is_https(self) -> bool:
        """Tell whether browsers reach this installation over https: decides the cookies' names and flags."""
        return urlsplit(self.public_url).scheme == "https"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the environment.

        Raises:
            SettingsError: with one line per fault.
        """
        env = os.environ if environ is None else environ
        faults: list[str] = []
        data_dir = Path(env.get("ROND_DATA_DIR", "instance")).resolve()
        public_url = env.get("ROND_PUBLIC_URL", "").rstrip("/")
        host = env.get("ROND_HOST", "127.0.0.1")
        port = _whole(env, "ROND_PORT", 8000, 1, 65_535, faults)
        if not public_url:
            public_url = f"http://{'127.0.0.1' if host in LOOPBACK_HOSTS else host}:{port}"
        _check_public_url(public_url, faults)
        secret_key = env.get("ROND_SECRET_KEY", "") or _kept_secret(data_dir)
        if len(secret_key) < SECRET_KEY_CHARS_MIN:
            faults.append(f"ROND_SECRET_KEY: at least {SECRET_KEY_CHARS_MIN} characters")
        timezone = env.get("ROND_TIMEZONE", "Europe/Stockholm")
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            faults.append(f"ROND_TIMEZONE: no such time zone: {timezone}")
        settings = cls(
            data_dir=data_dir,
            database_url=env.get("ROND_DATABASE_URL", "") or f"sqlite:///{data_dir / 'rond.sqlite3'}",
            secret_key=secret_key,
            public_url=public_url,
            host=host,
            port=port,
            server_processes=_whole(env, "ROND_SERVER_PROCESSES", 2, 1, 64, faults),
            trusted_proxies=_whole(env, "ROND_TRUSTED_PROXIES", 0, 0, 5, faults),
            timezone=timezone,
            sign_in_limit=env.get("ROND_SIGN_IN_LIMIT", "10 per minute; 60 per hour"),
            retain_days=_whole(env, "ROND_RETAIN_DAYS", 14, 1, 365, faults),
            outward_hosts=frozenset(env.get("ROND_OUTWARD_HOSTS", "").replace(",", " ").split()),
            backup_dir=Path(env["ROND_BACKUP_DIR"]).resolve() if env.get("ROND_BACKUP_DIR") else None,
        )
        if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            faults.append("ROND_DATABASE_URL: sqlite:///… or postgresql+psycopg://…")
        if faults:
            raise SettingsError("\n".join(faults))
        return settings


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int, faults: list[str]) -> int:
    """Return a whole number between `low` and `high`, or note a fault."""
    text = env.get(name, "")
    if not text:
        return default
    if text.isdecimal() and low <= int(text) <= high:
        return int(text)
    faults.append(f"{name}: a whole number from {low} to {high}, not {text!r}")
    return default


def _check_public_url(public_url: str, faults: list[str]) -> None:
    """Refuse plain http anywhere but on this machine: a sign-in would travel in clear."""
    parts = urlsplit(public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        faults.append(f"ROND_PUBLIC_URL: an http(s) address, not {public_url!r}")
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        faults.append("ROND_PUBLIC_URL: https is required anywhere but on this machine itself")


def _kept_secret(data_dir: Path) -> str:
    """Return the secret key kept in the data folder, made there on the first start."""
    path = data_dir / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    data_dir.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    try:
        # Exclusive and private from the first byte: two processes may start at once.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    return secret
