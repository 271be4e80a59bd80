"""What a supervisor sees of what the phones sent: read at the desk, over HTTP, page by page."""

from __future__ import annotations

import csv
import html
import http.cookiejar
import io
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PICTURE = re.compile(r'href="(/desk/photos/[0-9a-f-]+/full)"')
_ROUND = re.compile(r'href="(/desk/rounds/[0-9a-f-]{36})')
_LAYERS = re.compile(r'<script type="application/json" id="round-layers">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """What can be seen: records in the list, pictures that open, fixes of the routes on the maps."""

    records: int
    photos: int
    track_points: int


class Supervisor:
    """A browser at the desk."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self._url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)
        page = self._get("/desk/sign-in").decode()
        self._post("/desk/sign-in", {"login": login, "password": password, "csrf_token": _token(page)})

    def see(self, week: str) -> Seen:
        """Open the list, every round of a week, and every picture that is shown there."""
        listed = self._get("/desk/observations.csv?profile=rfc4180").decode("utf-8-sig")
        records = sum(1 for _row in csv.DictReader(io.StringIO(listed)))
        pages = [self._open(address) for address in self._rounds(week)]
        pictures = [address for page in pages for address in dict.fromkeys(_PICTURE.findall(page))]
        return Seen(records, sum(map(self._is_picture, pictures)), sum(map(_fixes, pages)))

    def _rounds(self, week: str) -> Iterable[str]:
        page = self._get(f"/desk/rounds?week={week}").decode()
        return list(dict.fromkeys(_ROUND.findall(page)))

    def _open(self, address: str) -> str:
        """Say why a round is opened, and return its page."""
        token = _token(self._get(address).decode())
        return self._post(address, {"reason": "Mätning: har allt kommit fram?", "own": "", "csrf_token": token})

    def _is_picture(self, address: str) -> bool:
        return self._get(address)[:3] == b"\xff\xd8\xff"

    def _get(self, path: str) -> bytes:
        with self._browser.open(self._url + path, timeout=60) as answer:
            content: bytes = answer.read()
            return content

    def _post(self, path: str, form: dict[str, str]) -> str:
        body = urllib.parse.urlencode(form).encode()
        with self._browser.open(self._url + path, body, timeout=60) as answer:
            content: bytes = answer.read()
            return content.decode()


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page has no form")
    return html.unescape(found.group(1))


def _fixes(page: str) -> int:
    """Count the fixes that a round's map draws."""
    found = _LAYERS.search(page)
    if found is None:
        return 0
    route = json.loads(found.group(1)).get("route", {"features": []})
    lines = [part["geometry"]["coordinates"] for part in route["features"] if part["properties"]["layer"] == "walked"]
    lone = [part for part in route["features"] if part["properties"]["layer"] == "lone"]
    return sum(map(len, lines)) + len(lone)
