"""The rail of the desk: which pages there are, in their order. Pure.

A page is named by its endpoint and shown only where that route exists and the reader's permissions let them in, so a line
may be written here before its page is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


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
    NavPage("users", "access.users", _l("Användare")),
    NavPage("devices", "access.devices", _l("Enheter")),
    NavPage("zones", "places.zones", _l("Områden")),
    NavPage("places", "places.places", _l("Platser")),
    NavPage("categories", "observations.categories", _l("Kategorier")),
    NavPage("organisation", "access.organisation", _l("Organisationen")),
    NavPage("held", "sync.held", _l("Poster som väntar")),
    NavPage("audit", "access.audit", _l("Loggbok")),
)
"""The administration's pages; add one by a line here."""

PAGES = (
    NavPage("today", "desk.today", _l("Idag"), "home"),
    NavPage("rounds", "desk.rounds", _l("Ronder"), "round"),
    NavPage("observations", "desk.observations", _l("Iakttagelser"), "list"),
    NavPage("administration", "", _l("Administration"), "settings", ADMINISTRATION),
)


def links(
    pages: Iterable[NavPage], *, here: str, may_open: Callable[[str], bool], address_of: Callable[[str], str]
) -> tuple[NavLink, ...]:
    """Return the pages this reader may open; one with parts leads to the first of those."""
    found = []
    for page in pages:
        parts = links(page.parts, here=here, may_open=may_open, address_of=address_of)
        if parts:
            address = parts[0].address
        elif page.endpoint and may_open(page.endpoint):
            address = address_of(page.endpoint)
        else:
            continue
        found.append(NavLink(page.name, str(page.label), address, page.icon, page.endpoint == here, parts))
    return tuple(found)
