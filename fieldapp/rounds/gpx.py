"""Read a track from a GPX file, version 1.0 or 1.1: every fix with its time, every fault with its line. Pure: no database.

Only tracks are read, not waypoints and routes. The file is read as a stream by a parser that refuses document types and
entities, so that neither its size in memory nor what it refers to can hurt.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml import DefusedXmlException

from fieldapp.kernel.geo import LatLon
from fieldapp.kernel.time import WIRE_MS_MAX, from_ms
from fieldapp.rounds.track import Fix

BYTES_MAX = 20 * 1024 * 1024
FIXES_MAX = 100_000
"""A fix a second for a whole day is 86,400."""
FAULTS_MAX = 100
VERSIONS = ("1.0", "1.1")
METRES_PER_HDOP = 5.0
"""A GPX file tells no accuracy, only how the satellites stood (HDOP). Five metres is a common receiver's error of range
(about 1 σ): accuracy ≈ HDOP × 5 m. An estimate, good enough to leave out wild fixes; without HDOP accuracy is unknown."""
HDOP_MAX = 1_000.0
_POINT = ("gpx", "trk", "trkseg", "trkpt")
_EARLIEST, _LATEST = from_ms(0), from_ms(WIRE_MS_MAX)


@dataclass(frozen=True, slots=True)
class GpxFault:
    """What is wrong at a line (0: the whole file); `fieldapp.rounds.sentences` has words for it."""

    line: int
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GpxTrack:
    """A file's fixes in the order of time, each once, whatever segments they were in; none where there are faults."""

    sha256: str
    fixes: Sequence[Fix]
    faults: Sequence[GpxFault]


def read_gpx(raw: bytes) -> GpxTrack:
    """Read a GPX file."""
    sha256 = hashlib.sha256(raw).hexdigest()
    if len(raw) > BYTES_MAX:
        return GpxTrack(sha256, (), [GpxFault(0, "too_large", {"megabytes": BYTES_MAX // 1024 // 1024})])
    reading = _Reading()
    try:
        defusedxml.sax.parse(io.BytesIO(raw), reading, forbid_dtd=True)
    except SAXParseException as error:
        reading.faults.append(GpxFault(error.getLineNumber() or 0, "no_xml"))
    except (DefusedXmlException, ValueError, LookupError):
        reading.faults.append(GpxFault(reading.line, "hostile_xml"))
    except _Enough:
        pass
    if not reading.fixes and not reading.faults:
        reading.faults.append(GpxFault(0, "no_fixes"))
    if reading.faults:
        return GpxTrack(sha256, (), reading.faults)
    fixes = {(fix.at, fix.position): fix for fix in reading.fixes}
    return GpxTrack(sha256, sorted(fixes.values(), key=lambda fix: fix.at), ())


class _Enough(Exception):
    """There is no point in reading on."""


class _Reading(ContentHandler):
    """Gathers fixes and faults while the parser goes through the file."""

    def __init__(self) -> None:
        super().__init__()
        self.fixes: list[Fix] = []
        self.faults: list[GpxFault] = []
        self._locator: Locator | None = None
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._place: tuple[int, LatLon | None] = (0, None)
        self._at: datetime | None = None
        self._has_time = False
        self._accuracy_m: float | None = None

    @property
    def line(self) -> int:
        """Return the line the parser is at."""
        return (self._locator.getLineNumber() or 0) if self._locator is not None else 0

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the parser's name
        """Learn where the parser says how far it has come."""
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name
        """Begin a point, or the text of one of its parts."""
        self._path.append(name.rpartition(":")[2])
        path = tuple(self._path)
        if len(path) == 1:
            self._check_root(path[0], attrs)
        elif path == _POINT:
            self._place = (self.line, self._position(attrs))
            self._at, self._has_time, self._accuracy_m = None, False, None
        elif path[:-1] == _POINT and path[-1] in {"time", "hdop"}:
            self._text = []

    def characters(self, content: str) -> None:
        """Gather the text of a part, no more of it than any time or number has."""
        if self._text is not None and len(self._text) < 100:
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
        """Take what a part said; keep a point that is whole."""
        path = tuple(self._path)
        if self._text is not None and path[:-1] == _POINT:
            text, self._text = "".join(self._text).strip(), None
            if path[-1] == "time":
                self._at, self._has_time = self._time(text), True
            else:
                self._accuracy_m = self._accuracy(text)
        elif path == _POINT:
            self._end_point()
        self._path.pop()

    def _check_root(self, name: str, attrs: AttributesImpl) -> None:
        if name != "gpx":
            self._fault("no_gpx")
            raise _Enough
        version = attrs.get("version", VERSIONS[0])
        if version not in VERSIONS:
            self._fault("unknown_version", version=version[:10])
            raise _Enough

    def _end_point(self) -> None:
        line, position = self._place
        if not self._has_time:
            self._fault("no_time", line)
        if position is None or self._at is None:
            return
        self.fixes.append(Fix(self._at, position, self._accuracy_m))
        if len(self.fixes) > FIXES_MAX:
            self._fault("too_many_fixes", count=FIXES_MAX)
            raise _Enough

    def _position(self, attrs: AttributesImpl) -> LatLon | None:
        try:
            return LatLon(float(attrs.get("lat", "")), float(attrs.get("lon", "")))
        except ValueError:
            self._fault("bad_position")
            return None

    def _time(self, text: str) -> datetime | None:
        """Return a time. GPX 1.1 says that times are in UTC, so one without a zone is."""
        try:
            at = datetime.fromisoformat(text)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            if "T" in text and _EARLIEST <= at < _LATEST:
                return at
        except (ValueError, OverflowError):
            pass
        self._fault("bad_time")
        return None

    def _accuracy(self, text: str) -> float | None:
        try:
            hdop = float(text) if text else 0.0
        except ValueError:
            self._fault("bad_hdop")
            return None
        is_known = math.isfinite(hdop) and 0 < hdop <= HDOP_MAX
        return round(hdop * METRES_PER_HDOP, 1) if is_known else None

    def _fault(self, code: str, line: int | None = None, **facts: Any) -> None:
        self.faults.append(GpxFault(self.line if line is None else line, code, facts))
        if len(self.faults) >= FAULTS_MAX:
            raise _Enough
