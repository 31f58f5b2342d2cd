"""Waivers (TOML): findings that are accepted for a time; they are reported and do not fail the run."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.errors import SuiteError
from conformance.results.verdict import Finding

KEYS = {"fingerprint", "reason", "until"}


class WaiverError(SuiteError):
    """An error of a waiver file; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted finding."""

    fingerprint: str
    reason: str
    until: dt.date  # its last day

    def __str__(self) -> str:
        return f"{self.reason} (until {self.until})"


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file, and the present day."""

    by_fingerprint: Mapping[str, Waiver] = field(default_factory=dict)
    today: dt.date = dt.date.min

    def applied(self, finding: Finding) -> Finding:
        """Return the finding, waived where a waiver that has not ended names it."""
        waiver = self.by_fingerprint.get(finding.fingerprint)
        return replace(finding, waived=str(waiver)) if waiver and waiver.until >= self.today else finding

    def complaints(self, findings: Iterable[Finding], *, whole: bool) -> Iterator[str]:
        """Yield notes on outdated waivers and, where the run was `whole`, on unused ones."""
        found = {finding.fingerprint for finding in findings}
        for waiver in self.by_fingerprint.values():
            if waiver.until < self.today:
                yield f"waiver {waiver.fingerprint} is outdated since {waiver.until}: renew or drop it"
            elif whole and waiver.fingerprint not in found:
                yield f"waiver {waiver.fingerprint} is not used: nothing of this fingerprint was found; drop it"


def read_waivers(path: Path, today: dt.date) -> Waivers:
    """Return the waivers in a TOML file; raises WaiverError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WaiverError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise WaiverError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise WaiverError(f"{path}: not valid TOML: {error}") from None
    entries = data.get("waiver", [])
    if strange := sorted(data.keys() - {"waiver"}):
        raise WaiverError(f"{path}: {strange[0]}: unknown key; each waiver is a table [[waiver]]")
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise WaiverError(f"{path}: waiver: has to be a list of tables; write [[waiver]]")
    try:
        read = [_waiver(entry, number) for number, entry in enumerate(entries, 1)]
    except WaiverError as error:
        raise WaiverError(f"{path}: {error}") from None
    return Waivers({waiver.fingerprint: waiver for waiver in read}, today)


def _waiver(entry: Mapping[str, Any], number: int) -> Waiver:
    place = f"waiver {number}"
    if strange := sorted(entry.keys() - KEYS):
        raise WaiverError(f"{place}: {strange[0]}: unknown key; known are {', '.join(sorted(KEYS))}")
    name, reason, until = entry.get("fingerprint"), entry.get("reason"), entry.get("until")
    if not isinstance(name, str) or not re.fullmatch("[0-9a-f]{12}", name):
        raise WaiverError(f"{place}: fingerprint: has to be the twelve hex digits that a report shows")
    if not isinstance(reason, str) or not reason.strip():
        raise WaiverError(f"{place}: reason: is missing; say why the finding is accepted")
    if isinstance(until, dt.datetime) or not isinstance(until, dt.date):
        raise WaiverError(f"{place}: until: has to be a date, such as until = 2027-01-31")
    return Waiver(name, " ".join(reason.split()), until)
