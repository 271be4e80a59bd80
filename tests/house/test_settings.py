"""Every setting is described where operators look for it, and a bad one is told by name."""

import re
from pathlib import Path

import pytest

from fieldapp.settings import Settings, SettingsError
from tests.house.sources import ROOT


def test_operations_describe_every_setting() -> None:
    used = set(re.findall(r"ROND_[A-Z_]+", (ROOT / "fieldapp" / "settings.py").read_text()))
    described = set(re.findall(r"`(ROND_[A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert used <= described


def test_the_defaults_are_an_installation_on_this_machine(tmp_path: Path) -> None:
    settings = Settings.from_env({"ROND_DATA_DIR": str(tmp_path)})
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.is_https
    assert settings.database_url == f"sqlite:///{tmp_path}/rond.sqlite3"
    again = Settings.from_env({"ROND_DATA_DIR": str(tmp_path)})
    assert again.secret_key == settings.secret_key
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROND_PUBLIC_URL", "http://rond.example"),
        ("ROND_PUBLIC_URL", "ftp://rond.example"),
        ("ROND_PORT", "0"),
        ("ROND_PORT", "eight"),
        ("ROND_SECRET_KEY", "short"),
        ("ROND_TIMEZONE", "Europe/Nowhere"),
        ("ROND_DATABASE_URL", "mysql://x"),
        ("ROND_RETAIN_DAYS", "-1"),
    ],
)
def test_a_bad_setting_is_told_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({"ROND_DATA_DIR": str(tmp_path), name: value})


def test_the_secret_is_not_shown(tmp_path: Path) -> None:
    settings = Settings.from_env({"ROND_DATA_DIR": str(tmp_path), "ROND_SECRET_KEY": "s3cret" * 10})
    assert "s3cret" not in repr(settings)
