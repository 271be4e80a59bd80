"""What can be wrong with a sign-in."""

from __future__ import annotations

from fieldapp.kernel.errors import RondError


class WrongCredentials(RondError):
    """Login or secret is wrong, or the user may not sign in; which one is never told."""

    code = "wrong_credentials"
    status = 401


class CodeRequired(RondError):
    """The user has no password yet: a one-time code is needed first."""

    code = "code_required"
    status = 403


class WeakPassword(RondError):
    """The new password is too short, too plain or contains the login."""

    code = "weak_password"
    status = 422


class LoginTaken(RondError):
    """Somebody has this login."""

    code = "login_taken"
    status = 409


class DeviceOfAnother(RondError):
    """This store on the phone belongs to another user."""

    code = "device_of_another"
    status = 409


class DeviceRevoked(RondError):
    """The device was revoked; `wipe` says when it is to be emptied."""

    code = "device_revoked"
    status = 403
