"""The operator's commands, run as an operator runs them: on an installation described by the environment."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fieldapp import create_app
from fieldapp.access import service
from fieldapp.access.command_line import organisation_by_slug
from fieldapp.access.commands import AddUser
from fieldapp.access.roles import Role
from fieldapp.cli import main
from fieldapp.infra.db import set_tenant, transaction
from fieldapp.kernel.time import SystemClock
from fieldapp.settings import Settings

Run = Callable[..., Result]
REGISTER = "place_id;kind;name;zone_id\nB1;Building;Östra huset;N\nB2;Building;Västra huset;N\n"
TRACK = """<gpx version="1.1"><trk><trkseg>
<trkpt lat="57.7" lon="11.9"><time>2025-11-19T20:00:00Z</time></trkpt>
<trkpt lat="57.7" lon="11.9"><time>2025-11-19T21:10:00Z</time></trkpt>
</trkseg></trk></gpx>"""


@pytest.fixture
def run(tmp_path: Path, migrated_sqlite: Path) -> Run:
    shutil.copyfile(migrated_sqlite, tmp_path / "rond.sqlite3")
    environment = {"ROND_DATA_DIR": str(tmp_path)}

    def invoke(*words: str | Path) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], env=environment)

    return invoke


@pytest.fixture
def bergsbo(run: Run) -> str:
    """An organisation with an administrator; returns what the command printed."""
    made = run("organisation", "create", "bergsbo", "Bergsbo AB", "--admin-login", "chef@bergsbo")
    assert made.exit_code == 0, made.output
    return made.output


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_organisation_comes_with_an_administrator_and_a_one_time_code(bergsbo: str) -> None:
    assert re.search(r"chef@bergsbo\n.*[2-9A-Z]{4}-[2-9A-Z]{4}", bergsbo)


@pytest.mark.parametrize(
    ("slug", "login"), [("bergsbo", "annan@x"), ("annan", "chef@bergsbo"), ("Ö", "annan@x"), ("annan", "en chef")]
)
def test_a_taken_or_impossible_name_is_refused_in_a_sentence(run: Run, bergsbo: str, slug: str, login: str) -> None:
    refused = run("organisation", "create", slug, "X", "--admin-login", login)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert "Traceback" not in refused.output


def test_places_are_previewed_then_imported_then_left_as_they_are(run: Run, bergsbo: str, tmp_path: Path) -> None:
    register = file(tmp_path, "places.csv", REGISTER)
    words = ("places", "import", register, "--organisation", "bergsbo", "--create-zones")
    assert "Inget har ändrats än." in run(*words, "--preview").output
    assert re.search(r"nya: 2$", run(*words).output, re.MULTILINE)
    assert re.search(r"oförändrade: 2$", run(*words).output, re.MULTILINE)


def test_a_faulty_register_is_told_line_by_line_and_not_imported(run: Run, bergsbo: str, tmp_path: Path) -> None:
    refused = run("places", "import", file(tmp_path, "p.csv", REGISTER), "--organisation", "bergsbo")
    assert refused.exit_code == 1
    assert "rad 2, zone_id: Området N finns inte." in refused.output
    assert "rad 3, zone_id: Området N finns inte." in refused.output


@pytest.fixture
def host(bergsbo: str, tmp_path: Path) -> str:
    """A host of the organisation; returns the login."""
    app = create_app(Settings.from_env({"ROND_DATA_DIR": str(tmp_path)}))
    with app.app_context(), transaction(write=True):
        tenant_id = organisation_by_slug("bergsbo").id
        set_tenant(tenant_id)
        service.add_user(tenant_id, AddUser("vera@bergsbo", "Vera", (Role.HOST,)), clock=SystemClock())
    return "vera@bergsbo"


def test_a_track_is_imported_once_with_its_gap(run: Run, host: str, tmp_path: Path) -> None:
    words = ("round", "import-gpx", file(tmp_path, "t.gpx", TRACK), "--organisation", "bergsbo", "--login", host)
    assert "lucka på 70 minuter" in run(*words).output
    assert "finns redan" in run(*words).output


@pytest.mark.parametrize(
    ("login", "words"), [("chef@bergsbo", "går inte rond"), ("ingen", "finns inte i organisationen")]
)
def test_a_track_needs_a_host_of_the_organisation(
    run: Run, bergsbo: str, tmp_path: Path, login: str, words: str
) -> None:
    track = file(tmp_path, "t.gpx", TRACK)
    refused = run("round", "import-gpx", track, "--organisation", "bergsbo", "--login", login)
    assert (refused.exit_code, words in refused.output) == (1, True)


def test_a_faulty_track_is_told_by_its_line(run: Run, bergsbo: str, tmp_path: Path) -> None:
    track = file(tmp_path, "t.gpx", TRACK.replace("57.7", "157.7", 1))
    refused = run("round", "import-gpx", track, "--organisation", "bergsbo", "--login", "chef@bergsbo")
    assert refused.exit_code == 1
    assert "rad 2: Punkten har ingen latitud" in refused.output


@pytest.mark.parametrize("command", [("places", "import"), ("round", "import-gpx")])
def test_an_unknown_organisation_is_told_as_such(
    run: Run, bergsbo: str, tmp_path: Path, command: tuple[str, str]
) -> None:
    text = REGISTER if command[0] == "places" else TRACK
    more = () if command[0] == "places" else ("--login", "x")
    refused = run(*command, file(tmp_path, "f", text), "--organisation", "nix", *more)
    assert (refused.exit_code, "nix finns inte" in refused.output) == (1, True)
