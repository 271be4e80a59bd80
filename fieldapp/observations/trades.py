"""The words for who mends what, and for how far a category's records may be shared."""

from __future__ import annotations

from flask_babel import gettext as _


def trade_words() -> dict[str, str]:
    """Return the trades by their codes, in their order. A housing company maps them to its own."""
    return {
        "KLO": _("klottersanering"),
        "GLA": _("glas"),
        "LAS": _("lås, dörr och passage"),
        "BYG": _("bygg"),
        "TVM": _("tvättstuga"),
        "LEK": _("lek och utrustning"),
        "UTE": _("mark och grönt"),
        "EL": _("el och belysning"),
        "HIS": _("hiss"),
        "VVS": _("vvs"),
        "BRD": _("brandskydd"),
        "STA": _("städ"),
        "AVF": _("avfall"),
        "FRD": _("fordon"),
        "JOU": _("jour och bevakning"),
    }


def share_word(share: str) -> str:
    """Say how far a category's records may be shared: as counts, never as they are."""
    words: dict[str, str] = {
        "A": _("område och vecka"),
        "B": _("område och månad"),
        "C": _("bara inom organisationen"),
    }
    return words.get(share, share)
