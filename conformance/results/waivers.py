"""Waivers (TOML): findings that are accepted for a time, and the waivers to paste or to write for what was found."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeGuard

from conformance.errors import SuiteError
from conformance.results.finding import Finding
from conformance.results.grouping import Group
from conformance.results.plain_text import count_noun, escape_line

KEYS = {"fingerprint", "group", "members", "rule", "operation", "drawn", "reason", "until"}
UNSAID = "nobody has said why: written by --write-waivers"
"""The reason of a waiver until somebody says another."""
_NAME = re.compile("[0-9a-f]{12}")
DAYS = 90
"""The days for which what --write-waivers accepts is accepted."""
MOST_RESOURCES = 2
"""The most resources that a finding can be about; what shows at more is about every operation."""
EVERY = "*"
MOST_OF_A_TITLE = 160


class WaiverError(SuiteError):
    """An error of a waiver file; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is accepted, those of a group that it lists, or all of a rule at an operation."""

    reason: str
    until: dt.date  # its last day
    fingerprint: str = ""
    """The fingerprint of the finding, or of the group; empty where it is by rule and operation."""
    members: tuple[str, ...] = ()
    """The fingerprints of the findings that it covers."""
    rules: tuple[str, ...] = ()
    """Patterns (`PACK-*`) of the rules whose findings it covers; none where it is by fingerprint."""
    operations: tuple[str, ...] = ()
    """Patterns (`packs.*`) of the operations at which it covers them."""
    is_drawn: bool = False
    """Whether it covers what requests find that are drawn at random, and nothing else."""

    def __str__(self) -> str:
        return f"{self.reason} (until {self.until})"

    @property
    def named(self) -> str:
        """Return what names it in a message."""
        which = "what is drawn at random" if self.is_drawn else ", ".join(self.rules)
        return self.fingerprint or f"of {which} at {', '.join(self.operations)}"

    def covers(self, fingerprint: str, rule: str, operations: Sequence[str], *, drawn: bool = False) -> bool:
        """Return whether it covers what has this fingerprint, or breaks this rule at these operations, all of them.

        `is_drawn`: whether that was found by requests that were drawn at random.
        """
        if self.fingerprint:
            return fingerprint in self.members
        if self.is_drawn and not drawn:
            return False
        return _fits(rule, self.rules) and all(_fits(each, self.operations) for each in operations or ("",))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file, and the present day."""

    every: tuple[Waiver, ...] = ()
    today: dt.date = dt.date.min

    def apply_to(self, finding: Finding) -> Finding:
        """Return the finding, waived where a waiver that has not ended covers it."""
        if not self.every:
            return finding
        waiver = self.find_covering(finding.fingerprint, finding.rule, list_operations(finding), drawn=finding.is_drawn)
        return replace(finding, waived=str(waiver)) if waiver else finding

    def find_covering(
        self, fingerprint: str, rule: str, operations: Sequence[str], *, drawn: bool = False
    ) -> Waiver | None:
        """Return the first waiver that has not ended and covers this; None where none does."""
        lasting = (waiver for waiver in self.every if waiver.until >= self.today)
        fits = (waiver for waiver in lasting if waiver.covers(fingerprint, rule, operations, drawn=drawn))
        return next(fits, None)

    def list_complaints(self, groups: Sequence[Group], *, whole: bool) -> Iterator[str]:
        """Yield notes on outdated waivers, on those of groups that have grown, and of a `whole` run on unused ones."""
        found = [same[0] for group in groups for same in group.members.values()]
        for waiver in self.every:
            group = next((each for each in groups if each.fingerprint == waiver.fingerprint), None)
            new = [name for name, same in group.members.items() if not same[0].waived] if group else []
            used = any(
                waiver.covers(each.fingerprint, each.rule, list_operations(each), drawn=each.is_drawn) for each in found
            )
            # What is drawn at random may show nothing with this seed.
            if unfit := self.explain_unfit(waiver, used=used or waiver.is_drawn or not whole):
                yield unfit
            elif new:
                names = ", ".join(new)
                yield f"waiver {waiver.fingerprint} does not cover all of its group: {names}; add what is accepted"
        yield from self.list_unsaid()

    def explain_unfit(self, waiver: Waiver, *, used: bool) -> str:
        """Return why a waiver is of no use: it is outdated, or nothing was found of it; or nothing."""
        if waiver.until < self.today:
            return f"waiver {waiver.named} is outdated since {waiver.until}: renew or drop it"
        if not used:
            return f"waiver {waiver.named} is not used: nothing of it was found; drop it"
        return ""

    def list_unsaid(self) -> Iterator[str]:
        """Yield a note where waivers have no reason yet."""
        if count := sum(waiver.reason == UNSAID for waiver in self.every):
            who, each = ("a waiver has", "it") if count == 1 else (f"{count} waivers have", "each")
            yield f"{who} the reason that --write-waivers wrote: say why {each} is accepted"


def list_operations(finding: Finding) -> tuple[str, ...]:
    """Return the operation of a finding, as a waiver is asked for it; none where it has none."""
    return (finding.operation_id,) if finding.operation_id else ()


def read_waivers_of_today(path: Path | None) -> Waivers:
    """Return the waivers of a file on this day, none where no file is named; raises WaiverError."""
    return read_waivers(path, dt.datetime.now(dt.UTC).date()) if path else Waivers()


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
        read = [_read_waiver(entry, number) for number, entry in enumerate(entries, 1)]
    except WaiverError as error:
        raise WaiverError(f"{path}: {error}") from None
    return Waivers(tuple(read), today)


def _read_waiver(entry: Mapping[str, Any], number: int) -> Waiver:
    place = f"waiver {number}"
    if strange := sorted(entry.keys() - KEYS):
        raise WaiverError(f"{place}: {strange[0]}: unknown key; known are {', '.join(sorted(KEYS))}")
    reason, until = entry.get("reason"), entry.get("until")
    named = entry.keys() & {"fingerprint", "group", "members"}
    if bool(named) is bool(entry.keys() & {"rule", "operation", "drawn"}):
        raise WaiverError(f"{place}: has to have a fingerprint, or a group with its members, or a rule or an operation")
    name, members = _read_covered(entry, place) if named else ("", ())
    rules, operations = ((), ()) if named else (_read_patterns(entry, key, place) for key in ("rule", "operation"))
    drawn = entry.get("drawn", False)
    if not isinstance(drawn, bool):
        raise WaiverError(f"{place}: drawn: has to be true or false")
    if not isinstance(reason, str) or not reason.strip():
        raise WaiverError(f"{place}: reason: is missing; say why the finding is accepted")
    if isinstance(until, dt.datetime) or not isinstance(until, dt.date):
        raise WaiverError(f"{place}: until: has to be a date, such as until = 2027-01-31")
    return Waiver(" ".join(reason.split()), until, name, members, rules, operations, drawn)


def _read_patterns(entry: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """Return the patterns of a key that may be one text or a list of them; every name where it is absent."""
    given = entry.get(key, "*")
    patterns = given if isinstance(given, list) else [given]
    if not patterns or not all(isinstance(each, str) and each for each in patterns):
        raise WaiverError(f"{place}: {key}: has to be a pattern such as PACK-* or packs.*, or a list of them")
    return tuple(patterns)


def _read_covered(entry: Mapping[str, Any], place: str) -> tuple[str, tuple[str, ...]]:
    """Return the fingerprint that a waiver is of, and those of the findings that it covers."""
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


def format_waiver(group: Group) -> Iterator[str]:
    """Yield the lines of a waiver of a group; reason and last day are left to say."""
    yield from _format_lines(group.findings, 'reason = ""', "until = ")


def _format_lines(findings: Iterable[Finding], *rest: str) -> Iterator[str]:
    """Yield the lines of a waiver of these findings, those of its reason and last day the last."""
    every = tuple(findings)
    yield "[[waiver]]"
    yield f"rule = {_format_list(dict.fromkeys(each.rule for each in every))}"
    yield f"operation = {_format_list(list_operation_patterns(each.operation_id for each in every))}"
    yield from rest


def list_operation_patterns(operations: Iterable[str | None]) -> tuple[str, ...]:
    """Return what a waiver of findings at these operations is for: another seed shows one defect at others too.

    One operation of a resource stands for itself, several stand for all of the resource.
    """
    named = tuple(dict.fromkeys(operations))
    resources = Counter((name or "").partition(".")[0] for name in named)
    if None in named or len(resources) > MOST_RESOURCES:
        return (EVERY,)
    patterns = ((name, (name or "").partition(".")[0]) for name in named)
    return tuple(dict.fromkeys(f"{of}.*" if resources[of] > 1 else name or EVERY for name, of in patterns))


def _format_list(texts: Iterable[str]) -> str:
    """Return the texts as TOML: one alone, or a list."""
    quoted = [json.dumps(text) for text in texts]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def read_waivers_there(path: Path, today: dt.date) -> Waivers:
    """Return the waivers of a file that new ones will be added to, none where there is no file; raises WaiverError."""
    if path.is_file():
        return read_waivers(path, today)
    if path.exists() or not path.parent.is_dir():
        raise WaiverError(f"--write-waivers {path}: cannot be written; name a file in a folder that is there")
    return Waivers((), today)


def add_waivers(path: Path, groups: Iterable[Group], today: dt.date) -> str:
    """Add a waiver for each group that none covers yet; return a line that says what was done. Raises WaiverError.

    What stands in the file stays as it is.
    """
    there = read_waivers_there(path, today)
    left = [(group, found) for group in groups if (found := _list_uncovered(group, there))]
    if not left:
        return f"{path}: nothing was found that no waiver covers"
    until = today + dt.timedelta(days=DAYS)
    rest = (f"reason = {json.dumps(UNSAID)}", f"until = {until}")
    added = [("", f"# {_format_title(group)}", *_format_lines(found, *rest)) for group, found in left]
    if drawn := _format_drawn(left, there, rest):
        added.append(drawn)
    text = "".join(f"{line}\n" for lines in added for line in lines)
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise WaiverError(f"--write-waivers {path}: cannot be written ({error.strerror})") from None
    return f"{path}: {count_noun(len(added), 'waiver')} added, until {until}; say in each why it is accepted"


def _format_drawn(
    left: Sequence[tuple[Group, Sequence[Finding]]], there: Waivers, rest: Iterable[str]
) -> tuple[str, ...]:
    """Return the lines of a waiver of what is drawn at random at the resources of these findings.

    There are none where one is there already.

    Which rules such requests show a defect by depends on the seed; directed cases show it by the same in every run.
    """
    operations = [each.operation_id for _, found in left for each in found]
    patterns = dict.fromkeys(EVERY if each is None else f"{each.partition('.')[0]}.*" for each in operations)
    covered = {each for it in there.every if it.is_drawn and it.until >= there.today for each in it.operations}
    named = [each for each in patterns if each not in covered]
    asked = [EVERY] if EVERY in named else named
    if not asked:
        return ()
    return (
        "",
        "# What is drawn at random there: with another seed it shows the same by other rules.",
        "[[waiver]]",
        "drawn = true",
        f"operation = {_format_list(asked)}",
        *rest,
    )


def _format_title(group: Group) -> str:
    """Return the group in a line, for a comment."""
    lead = group.lead
    return escape_line(f"{lead.rule} {lead.operation_id or ''}: expected {lead.expected}, got {lead.got}")[
        :MOST_OF_A_TITLE
    ]


def _list_uncovered(group: Group, there: Waivers) -> tuple[Finding, ...]:
    """Return the findings of a group that no waiver covers: neither one of the run, nor one of the file."""
    firsts = (same[0] for same in group.members.values())
    return tuple(
        each
        for each in firsts
        if not each.waived
        and there.find_covering(each.fingerprint, each.rule, list_operations(each), drawn=each.is_drawn) is None
    )
