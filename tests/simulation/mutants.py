"""Faults that were put in on purpose: each must be found, or the simulation would find nothing of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.patches import PhonePatch, PythonPatch


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, as one or a few small changes on either side."""

    name: str
    story: str
    server: Sequence[PythonPatch] = ()
    phone: Sequence[PhonePatch] = ()

    def apply(self) -> None:
        """Put the fault into this process's server code."""
        for patch in self.server:
            patch.apply()


_ALL: tuple[Mutant, ...] = ()
MUTANTS = {mutant.name: mutant for mutant in _ALL}
