"""The tests' phone, speaking HTTP over a real connection to a server in processes of its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, cast
from urllib.parse import urlencode

from flask.testing import FlaskClient

from tests.make.world import Phone

PATIENCE_S = 20.0


class NoAnswer(Exception):
    """The connection broke, or was refused, before an answer had come whole."""


@dataclass(frozen=True)
class Answer:
    """An answer as the tests' phone reads it."""

    status_code: int
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            NoAnswer: it is none, as when a dying server was cut short.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise NoAnswer(self.text[:200]) from error


class HttpClient:
    """Sends one request after the other, on a connection of its own each, and keeps cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **told: Any) -> Answer:
        """Send a GET."""
        return self._send("GET", path, **told)

    def post(self, path: str, **told: Any) -> Answer:
        """Send a POST."""
        return self._send("POST", path, **told)

    def patch(self, path: str, **told: Any) -> Answer:
        """Send a PATCH."""
        return self._send("PATCH", path, **told)

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | str | None = None,
        query_string: Mapping[str, Any] | None = None,
    ) -> Answer:
        sent = {**(headers or {}), "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if json is not None:
            data, sent["Content-Type"] = _as_json(json), "application/json"
        address = f"{path}?{urlencode(query_string)}" if query_string else path
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, address, body=data, headers=sent)
            response = connection.getresponse()
            self._keep_cookies(response)
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(str(error)) from error
        finally:
            connection.close()

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}


def _as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


@dataclass
class HttpPhone(Phone):
    """A phone whose server is reached at a port of this machine."""

    port: int = 0

    def __post_init__(self) -> None:
        """Take a client over HTTP in the place of the test's own."""
        self.http = cast("FlaskClient", HttpClient(self.port))
