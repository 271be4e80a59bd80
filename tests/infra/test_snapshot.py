"""Copies of databases are taken without telling everybody on the machine the password."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from fieldapp.infra.snapshot import run_program

ADDRESS = "postgresql+psycopg://rond:hem%3Alig%5Ct@db.example/rond?sslmode=require"


def test_a_password_goes_by_a_private_file(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run(command: list[str], **_: Any) -> None:
        address = make_url(command[-1].removeprefix("--dbname="))
        passfile = Path(str(address.query["passfile"]))
        seen.update(command=" ".join(command), address=address, content=passfile.read_text())
        seen["mode"] = passfile.stat().st_mode & 0o777

    monkeypatch.setattr(subprocess, "run", run)
    run_program(ADDRESS, ["pg_dump"])
    assert "hem" not in seen["command"]
    assert (seen["content"], seen["mode"]) == ("*:*:*:*:hem\\:lig\\\\t\n", 0o600)
    address = seen["address"]
    assert (address.drivername, address.username, address.host, address.query["sslmode"]) == (
        "postgresql",
        "rond",
        "db.example",
        "require",
    )


def test_a_program_that_is_not_there_is_told_by_name() -> None:
    with pytest.raises(RuntimeError, match="no_such_program"):
        run_program(ADDRESS, ["no_such_program"])
