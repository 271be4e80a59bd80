"""The project's own sources, for tests that read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_files(*folders: str) -> list[Path]:
    """Return the project's Python files below these folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def script_files() -> list[Path]:
    """Return the front end's own TypeScript and CSS."""
    found = [path for kind in ("ts", "tsx", "css") for path in (ROOT / "static").rglob(f"*.{kind}")]
    return sorted(path for path in found if "dist" not in path.parts and "node_modules" not in path.parts)


def name(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Function:
    """A function and how many lines it has."""

    where: str
    lines: int


def functions(text: str, where: str) -> Iterator[Function]:
    """Return every function of a module with its length."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield Function(f"{where}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)


def attribute_uses(text: str, owner: str, attribute: str) -> list[int]:
    """Return the lines where `owner.attribute` is used."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    ]


def undocumented(text: str, where: str) -> list[str]:
    """Return the public functions, classes and the module itself that say nothing of themselves."""
    tree = ast.parse(text)
    missing = [] if ast.get_docstring(tree) else [where]
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _is_inner(tree, node) and not _is_overload(node):
            missing.append(f"{where}:{node.lineno} {node.name}")
    return missing


def _is_inner(tree: ast.Module, wanted: ast.AST) -> bool:
    """Tell whether something stands inside a function or a private class: nobody else can call it."""
    return any(
        wanted in ast.walk(outer)
        for outer in ast.walk(tree)
        if outer is not wanted
        and (isinstance(outer, ast.FunctionDef) or (isinstance(outer, ast.ClassDef) and outer.name.startswith("_")))
    )


def _is_overload(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(getattr(decorator, "id", "") == "overload" for decorator in decorators)
