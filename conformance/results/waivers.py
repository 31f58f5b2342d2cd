"""Waivers (TOML): findings that are accepted for a time; they are reported and do not fail the run."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeGuard

from conformance.errors import SuiteError
from conformance.results.finding import Finding
from conformance.results.grouping import Group

KEYS = {"fingerprint", "group", "members", "rule", "operation", "drawn", "reason", "until"}
UNSAID = "nobody has said why: written by --write-waivers"
"""The reason of a waiver until somebody says another."""
_NAME = re.compile("[0-9a-f]{12}")


class WaiverError(SuiteError):
    """An error of a waiver file; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is accepted, those of a group that it lists, or all of a rule at an operation."""

    reason: str
    until: dt.date  # its last day
    fingerprint: str = ""
    """Of the finding, or of the group; empty where it is by rule and operation."""
    members: tuple[str, ...] = ()
    """The fingerprints of the findings that it covers."""
    rules: tuple[str, ...] = ()
    """Patterns (`PACK-*`) of the rules whose findings it covers; none where it is by fingerprint."""
    operations: tuple[str, ...] = ()
    """Patterns (`packs.*`) of the operations at which it covers them."""
    drawn: bool = False
    """Whether it covers what requests find that are drawn at random, and nothing else."""

    def __str__(self) -> str:
        return f"{self.reason} (until {self.until})"

    @property
    def named(self) -> str:
        """What names it in a message."""
        which = "what is drawn at random" if self.drawn else ", ".join(self.rules)
        return self.fingerprint or f"of {which} at {', '.join(self.operations)}"

    def covers(self, fingerprint: str, rule: str, operations: Sequence[str], *, drawn: bool = False) -> bool:
        """Return whether it covers what has this fingerprint, or breaks this rule at these operations, all of them.

        `drawn`: whether that was found by requests that were drawn at random.
        """
        if self.fingerprint:
            return fingerprint in self.members
        if self.drawn and not drawn:
            return False
        return _fits(rule, self.rules) and all(_fits(each, self.operations) for each in operations or ("",))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file, and the present day."""

    every: tuple[Waiver, ...] = ()
    today: dt.date = dt.date.min

    def applied(self, finding: Finding) -> Finding:
        """Return the finding, waived where a waiver that has not ended covers it."""
        if not self.every:
            return finding
        waiver = self.covering(finding.fingerprint, finding.rule, operations_of(finding), drawn=finding.drawn)
        return replace(finding, waived=str(waiver)) if waiver else finding

    def covering(self, fingerprint: str, rule: str, operations: Sequence[str], *, drawn: bool = False) -> Waiver | None:
        """Return the first waiver that has not ended and covers this; None where none does."""
        lasting = (waiver for waiver in self.every if waiver.until >= self.today)
        fits = (waiver for waiver in lasting if waiver.covers(fingerprint, rule, operations, drawn=drawn))
        return next(fits, None)

    def complaints(self, groups: Sequence[Group], *, whole: bool) -> Iterator[str]:
        """Yield notes on outdated waivers, on those of groups that have grown, and of a `whole` run on unused ones."""
        found = [same[0] for group in groups for same in group.members.values()]
        for waiver in self.every:
            group = next((each for each in groups if each.fingerprint == waiver.fingerprint), None)
            new = [name for name, same in group.members.items() if not same[0].waived] if group else []
            used = any(
                waiver.covers(each.fingerprint, each.rule, operations_of(each), drawn=each.drawn) for each in found
            )
            # What is drawn at random may show nothing with this seed.
            if unfit := self.unfit(waiver, used=used or waiver.drawn or not whole):
                yield unfit
            elif new:
                names = ", ".join(new)
                yield f"waiver {waiver.fingerprint} does not cover all of its group: {names}; add what is accepted"
        yield from self.unsaid()

    def unfit(self, waiver: Waiver, *, used: bool) -> str:
        """Return why a waiver is of no use: it is outdated, or nothing was found of it; or nothing."""
        if waiver.until < self.today:
            return f"waiver {waiver.named} is outdated since {waiver.until}: renew or drop it"
        if not used:
            return f"waiver {waiver.named} is not used: nothing of it was found; drop it"
        return ""

    def unsaid(self) -> Iterator[str]:
        """Yield a note where waivers have no reason yet."""
        if count := sum(waiver.reason == UNSAID for waiver in self.every):
            who, each = ("a waiver has", "it") if count == 1 else (f"{count} waivers have", "each")
            yield f"{who} the reason that --write-waivers wrote: say why {each} is accepted"


def operations_of(finding: Finding) -> tuple[str, ...]:
    """Return the operation of a finding, as a waiver is asked for it; none where it has none."""
    return (finding.operation_id,) if finding.operation_id else ()


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
    named = entry.keys() & {"fingerprint", "group", "members"}
    if bool(named) is bool(entry.keys() & {"rule", "operation", "drawn"}):
        raise WaiverError(f"{place}: has to have a fingerprint, or a group with its members, or a rule or an operation")
    name, members = _covered(entry, place) if named else ("", ())
    rules, operations = ((), ()) if named else (_patterns(entry, key, place) for key in ("rule", "operation"))
    drawn = entry.get("drawn", False)
    if not isinstance(drawn, bool):
        raise WaiverError(f"{place}: drawn: has to be true or false")
    if not isinstance(reason, str) or not reason.strip():
        raise WaiverError(f"{place}: reason: is missing; say why the finding is accepted")
    if isinstance(until, dt.datetime) or not isinstance(until, dt.date):
        raise WaiverError(f"{place}: until: has to be a date, such as until = 2027-01-31")
    return Waiver(" ".join(reason.split()), until, name, members, rules, operations, drawn)


def _patterns(entry: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """The patterns of a key that may be one text or a list of them; every name where it is absent."""
    given = entry.get(key, "*")
    patterns = given if isinstance(given, list) else [given]
    if not patterns or not all(isinstance(each, str) and each for each in patterns):
        raise WaiverError(f"{place}: {key}: has to be a pattern such as PACK-* or packs.*, or a list of them")
    return tuple(patterns)


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
