"""What can be wrong with a sync request as a whole."""

from __future__ import annotations

from fieldapp.kernel.errors import Conflict, Invalid


class EpochChanged(Conflict):
    """The server was restored from a backup: `epoch` is the new store's. The phone gives back what it still has."""

    code = "epoch_changed"


class ScopeChanged(Conflict):
    """What the user may see has changed: the phone starts reading anew."""

    code = "scope_changed"


class BadCursor(Invalid):
    """The cursor is none of ours."""

    code = "bad_cursor"
