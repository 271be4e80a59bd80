"""What a person reads about a faulty GPX file: one plain sentence for each code."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from fieldapp.rounds.gpx import GpxFault


def sentence(fault: GpxFault) -> str:
    """Return the sentence for one fault."""
    return _SENTENCES[fault.code]().format(**fault.facts)


_SENTENCES: dict[str, Callable[[], str]] = {
    "too_large": lambda: _("Filen är större än {megabytes} MB."),
    "no_xml": lambda: _("Filen är ingen hel XML-fil."),
    "hostile_xml": lambda: _("Filen har en dokumenttyp eller teckenkodning som inte tas emot."),
    "no_gpx": lambda: _("Filen är ingen GPX-fil."),
    "unknown_version": lambda: _("GPX-versionen {version} är okänd. 1.0 och 1.1 kan läsas."),
    "no_fixes": lambda: _("Filen har inget spår."),
    "too_many_fixes": lambda: _("Spåret har fler än {count} punkter."),
    "too_long": lambda: _("Spåret är längre än {hours} timmar. En fil ska vara en rond."),
    "in_the_future": lambda: _("Spåret slutar i framtiden."),
    "no_time": lambda: _("Punkten har ingen tid."),
    "bad_time": lambda: _("Tiden går inte att läsa."),
    "bad_position": lambda: _("Punkten har ingen latitud och longitud i grader."),
    "bad_hdop": lambda: _("HDOP är inget tal."),
}
