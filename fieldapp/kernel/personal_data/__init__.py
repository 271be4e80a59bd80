"""Find personal data in the short notes of hosts: places and things belong there, persons do not.

One definition, two runtimes: all that tells what personal data looks like is in `rules.json`; this package and
`static/pwa/src/domain/personal_data.ts` are two engines for it. The phone warns before a note is saved, the server
scans again on receipt. `tests/contract/personal_data_fixtures.json` holds what both must find, to the character.

What a finding asks for, by its severity:

* `confirm` – the note is not saved as it is: the host edits it or confirms it, and confirmed text is stored masked for
  everyone but the organisation's own reviewer.
* `warn` – a hint beside the note. Names are found by lists, and lists are often wrong.

Kinds: `national_id` (personnummer, samordningsnummer, interim numbers), `phone`, `email`, `plate`, `apartment`,
`name`, `special_category` (GDPR Art. 9 and 10, and words for children: the record is held for review) and `unscanned`
(what lies beyond `MAX_LENGTH` was not read and is treated as personal data).

Findings of different kinds may overlap: 0701234567 can be a phone number and a valid personnummer.
"""

from __future__ import annotations

from fieldapp.kernel.personal_data.findings import Finding, Kind, Severity, mask
from fieldapp.kernel.personal_data.scanner import MAX_LENGTH, scan

__all__ = ["MAX_LENGTH", "Finding", "Kind", "Severity", "mask", "scan"]
