"""The operator's command that imports a map: previewed, done, done again, refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fieldapp.cli import main
from tests.places.map_files import yard

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, migrated_sqlite: Path) -> Run:
    shutil.copyfile(migrated_sqlite, tmp_path / "rond.sqlite3")
    made = yard()
    made.way(5, [(0, 60), (20, 60)], missing=7, highway="path")
    (tmp_path / "yard.osm").write_bytes(made.raw())

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, list(words), env={"ROND_DATA_DIR": str(tmp_path)})

    assert invoke("organisation", "create", "bergsbo", "Bergsbo AB", "--admin-login", "chef@bergsbo").exit_code == 0
    return lambda *words: invoke(
        "places", "import-map", str(tmp_path / "yard.osm"), "--organisation", "bergsbo", *words
    )


def test_a_map_is_previewed_then_imported_then_left_as_it_is(run: Run) -> None:
    preview, first, second = run("--preview").output, run().output, run().output
    assert preview.endswith("Inget har ändrats än.\n")
    assert "Platser: nya 3, ändras 0" in preview
    assert first == preview.replace("Inget har ändrats än.", "Klart.")
    assert "Platser: nya 0, ändras 0, avslutas 0, tas i bruk igen 0, oförändrade 3" in second


def test_an_object_that_is_left_out_is_told_by_its_id(run: Run) -> None:
    assert "  way/5: Några av objektets punkter finns inte i filen.\n" in run("--preview").output


def test_what_the_file_is_all_of_may_be_said(run: Run) -> None:
    assert run("--preview", "--extent", "11.9,57.7,12.1,57.8").exit_code == 0
    assert run("--preview", "--extent", "11.9,57.7,11.1,57.8").exit_code == 2


def test_a_file_that_is_no_map_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "yard.osm").write_text("place_id;kind;name\n")
    refused = run()
    assert (refused.exit_code, "Inget har importerats." in refused.output) == (1, True)
    assert "filen: Filen är ingen karta som kan läsas" in refused.output
