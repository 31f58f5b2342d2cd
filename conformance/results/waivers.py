"""Waivers (TOML): findings that are accepted for a time; they are reported and do not fail the run."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeGuard

from conformance.errors import SuiteError
from conformance.results.finding import Finding
from conformance.results.grouping import Group

KEYS = {"fingerprint", "group", "members", "reason", "until"}
_NAME = re.compile("[0-9a-f]{12}")


class WaiverError(SuiteError):
    """An error of a waiver file; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted finding, or those of a group that it lists."""

    fingerprint: str
    """Of the finding, or of the group."""
    reason: str
    until: dt.date  # its last day
    members: tuple[str, ...]
    """The fingerprints of the findings that it covers."""

    def __str__(self) -> str:
        return f"{self.reason} (until {self.until})"


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file, and the present day."""

    every: tuple[Waiver, ...] = ()
    today: dt.date = dt.date.min

    def applied(self, finding: Finding) -> Finding:
        """Return the finding, waived where a waiver that has not ended covers it."""
        waiver = self.covering(finding.fingerprint)
        return replace(finding, waived=str(waiver)) if waiver else finding

    def covering(self, fingerprint: str) -> Waiver | None:
        """Return the waiver that covers what has this fingerprint; None where none does that has not ended."""
        members = (waiver for waiver in self.every if waiver.until >= self.today and fingerprint in waiver.members)
        return next(members, None)

    def complaints(self, groups: Sequence[Group], *, whole: bool) -> Iterator[str]:
        """Yield notes on outdated waivers, on those of groups that have grown, and of a `whole` run on unused ones."""
        found = {name for group in groups for name in group.members}
        for waiver in self.every:
            group = next((each for each in groups if each.fingerprint == waiver.fingerprint), None)
            new = [name for name, same in group.members.items() if not same[0].waived] if group else []
            if unfit := self.unfit(waiver, found, whole=whole):
                yield unfit
            elif new:
                names = ", ".join(new)
                yield f"waiver {waiver.fingerprint} does not cover all of its group: {names}; add what is accepted"

    def unfit(self, waiver: Waiver, found: Collection[str], *, whole: bool = True) -> str:
        """Return why a waiver is of no use: it is outdated, or of a `whole` run nothing was found of it; or nothing."""
        if waiver.until < self.today:
            return f"waiver {waiver.fingerprint} is outdated since {waiver.until}: renew or drop it"
        if whole and not any(name in found for name in waiver.members):
            return f"waiver {waiver.fingerprint} is not used: nothing of this fingerprint was found; drop it"
        return ""


def waiver_lines(group: Group) -> Iterator[str]:
    """Yield the lines of a waiver of a group, with its members of now; reason and last day are left to say."""
    yield "[[waiver]]"
    yield f'group = "{group.fingerprint}"'
    yield "members = ["
    for name, same in group.members.items():
        yield f'    "{name}",  # {same[0].rule} {same[0].operation_id or ""}'.rstrip()
    yield "]"
    yield 'reason = ""'
    yield "until = "


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
    return Waivers(tuple(read), today)


def _waiver(entry: Mapping[str, Any], number: int) -> Waiver:
    place = f"waiver {number}"
    if strange := sorted(entry.keys() - KEYS):
        raise WaiverError(f"{place}: {strange[0]}: unknown key; known are {', '.join(sorted(KEYS))}")
    reason, until = entry.get("reason"), entry.get("until")
    name, members = _covered(entry, place)
    if not isinstance(reason, str) or not reason.strip():
        raise WaiverError(f"{place}: reason: is missing; say why the finding is accepted")
    if isinstance(until, dt.datetime) or not isinstance(until, dt.date):
        raise WaiverError(f"{place}: until: has to be a date, such as until = 2027-01-31")
    return Waiver(name, " ".join(reason.split()), until, members)


def _covered(entry: Mapping[str, Any], place: str) -> tuple[str, tuple[str, ...]]:
    """The fingerprint that a waiver is of, and those of the findings that it covers."""
    if ("group" in entry) is not ("members" in entry) or ("group" in entry and "fingerprint" in entry):
        raise WaiverError(f"{place}: has to have a fingerprint, or a group with its members")
    key = "group" if "group" in entry else "fingerprint"
    name, members = entry.get(key), entry.get("members", [entry.get(key)])
    if not _is_name(name):
        raise WaiverError(f"{place}: {key}: has to be the twelve hex digits that a report shows")
    if not isinstance(members, list) or not members or not all(map(_is_name, members)):
        raise WaiverError(f"{place}: members: has to be a list of the fingerprints that a report shows")
    return name, tuple(members)


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
