"""Small changes to shipped code, made while it runs and nowhere else: how mutants come about."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any


@dataclass(frozen=True, slots=True)
class PythonPatch:
    """Text in a function that is replaced by other text. `function`: `package.module:name` or `package.module:Class.name`."""

    function: str
    find: str
    put: str

    def apply(self) -> None:
        """Give the function the changed code, wherever it has been imported to.

        Raises:
            LookupError: the text is not there exactly once: the shipped code has changed, and the mutant must follow.
        """
        module_name, _, path = self.function.partition(":")
        module = importlib.import_module(module_name)
        found: Any = module
        for name in path.split("."):
            found = inspect.getattr_static(found, name)
        function = _innermost(found)
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
        start = next(place for place, line in enumerate(lines) if line.startswith("def "))
        source = "\n".join(lines[start:])
        if source.count(self.find) != 1:
            raise LookupError(f"{self.function} has {source.count(self.find)} times: {self.find}")
        made: dict[str, Any] = {}
        changed = "from __future__ import annotations\n" + source.replace(self.find, self.put)
        exec(compile(changed, f"<mutant of {self.function}>", "exec"), module.__dict__, made)  # noqa: S102
        function.__code__ = next(value for value in made.values() if isinstance(value, FunctionType)).__code__


def _innermost(found: Any) -> FunctionType:
    function: Callable[..., Any] = inspect.unwrap(found)
    if not isinstance(function, FunctionType):
        raise LookupError(f"{found} is no function")
    return function


@dataclass(frozen=True, slots=True)
class PhonePatch:
    """Text in a file below `static/pwa/src` that is replaced when the phones' side is bundled."""

    file: str
    find: str
    put: str
