"""The rail of the desk: which pages there are, in their order. Pure.

A page is named by its endpoint and shown only where that route exists and the reader's permissions let them in, so a line
may be written here before its page is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext


@dataclass(frozen=True, slots=True)
class NavPage:
    """A page in the rail. `name` is what the page's template calls its `section`."""

    name: str
    endpoint: str
    label: Any
    icon: str = ""
    parts: tuple[NavPage, ...] = ()


@dataclass(frozen=True, slots=True)
class NavLink:
    """A page of the rail as this reader sees it."""

    name: str
    label: str
    address: str
    icon: str
    is_here: bool
    parts: tuple[NavLink, ...]


ADMINISTRATION = (
    NavPage("users", "access.users", lazy_gettext("Användare")),
    NavPage("devices", "sync_desk.devices", lazy_gettext("Enheter")),
    NavPage("zones", "places.zones", lazy_gettext("Områden")),
    NavPage("places", "places.places", lazy_gettext("Platser")),
    NavPage("paths", "places.paths", lazy_gettext("Vägnätet")),
    NavPage("categories", "observations.categories", lazy_gettext("Kategorier")),
    NavPage("clocks", "desk.clocks", lazy_gettext("Frister")),
    NavPage("receivers", "export.receiver_list", lazy_gettext("Mottagare")),
    NavPage("organisation", "access.organisation", lazy_gettext("Organisationen")),
    NavPage("held", "sync_desk.held", lazy_gettext("Poster som väntar")),
    NavPage("audit", "access.audit", lazy_gettext("Loggbok")),
)
"""The administration's pages; add one by a line here."""

COVERAGE = (
    NavPage("map", "desk.coverage", lazy_gettext("Karta")),
    NavPage("places", "desk.coverage_places", lazy_gettext("Platser")),
    NavPage("weekdays", "desk.coverage_weekdays", lazy_gettext("Veckodagar")),
    NavPage("plan", "desk.coverage_plan", lazy_gettext("Plan mot gjort")),
    NavPage("gaps", "desk.coverage_gaps", lazy_gettext("Luckor")),
    NavPage("presence", "desk.coverage_presence", lazy_gettext("Närvaro")),
    NavPage("compare", "desk.coverage_compare", lazy_gettext("Jämför")),
)
"""The pages of the review of coverage: in a row above each of them, not in the rail."""

PAGES = (
    NavPage("today", "desk.today", lazy_gettext("Idag"), "home"),
    NavPage("rounds", "desk.rounds", lazy_gettext("Ronder"), "round"),
    NavPage("coverage", "desk.coverage", lazy_gettext("Täckning"), "coverage"),
    NavPage("observations", "desk.observations", lazy_gettext("Iakttagelser"), "list"),
    NavPage("cases", "desk.cases", lazy_gettext("Ärenden"), "damage"),
    NavPage("plans", "planning.plans", lazy_gettext("Planer"), "clock"),
    NavPage("administration", "desk.administration", lazy_gettext("Administration"), "settings", ADMINISTRATION),
)


def links(
    pages: Iterable[NavPage], *, here: str, may_open: Callable[[str], bool], address_of: Callable[[str], str]
) -> tuple[NavLink, ...]:
    """Return the pages this reader may open; one with parts of which they may open none is left out."""
    found = []
    for page in pages:
        parts = links(page.parts, here=here, may_open=may_open, address_of=address_of)
        if not may_open(page.endpoint) or (page.parts and not parts):
            continue
        address = address_of(page.endpoint)
        found.append(NavLink(page.name, str(page.label), address, page.icon, page.endpoint == here, parts))
    return tuple(found)
