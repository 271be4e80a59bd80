"""The plan of the house is the house: its packages, and the order in which they import each other."""

import re
import tomllib

from tests.house.sources import ROOT

PLAN = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_plan_names_every_package_and_no_other() -> None:
    tree = PLAN.split("```")[1]
    planned = set(re.findall(r"^  (\w+)/", tree.split("fieldapp/\n")[1].split("static/pwa/")[0], re.MULTILINE))
    built = {path.parent.name for path in (ROOT / "fieldapp").glob("*/__init__.py")}
    assert planned == built


def test_the_plan_and_the_contract_have_the_same_order() -> None:
    drawn = PLAN.split("## Imports point one way")[1].split("```")[1].split()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    ordered = [word for layer in layers if not layer.startswith(("(", "__")) for word in layer.split()]
    assert drawn == ordered


def test_top_level_folders_are_planned() -> None:
    built = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    built -= {"node_modules", "instance", "test-results", "htmlcov"}
    assert built == {"bench", "docs", "fieldapp", "migrations", "static", "tests", "tools"}
