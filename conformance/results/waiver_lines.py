"""Waivers to paste, and a file of them: each group of findings by its rules and operations, which hold for any seed."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from conformance.results.finding import Finding
from conformance.results.grouping import Group
from conformance.results.plain_text import plain_line
from conformance.results.plural import plural
from conformance.results.waivers import UNSAID, WaiverError, Waivers, operations_of, read_waivers

DAYS = 90
"""For so long what --write-waivers accepts is accepted."""
MOST_RESOURCES = 2
"""What shows at operations of more resources than this is about every operation."""
EVERY = "*"
MOST_OF_A_TITLE = 160


def waiver_lines(group: Group) -> Iterator[str]:
    """Yield the lines of a waiver of a group; reason and last day are left to say."""
    yield from _lines(group.findings, 'reason = ""', "until = ")


def _lines(findings: Iterable[Finding], *rest: str) -> Iterator[str]:
    """Yield the lines of a waiver of these findings, those of its reason and last day the last."""
    every = tuple(findings)
    yield "[[waiver]]"
    yield f"rule = {_listed(dict.fromkeys(each.rule for each in every))}"
    yield f"operation = {_listed(operation_patterns(each.operation_id for each in every))}"
    yield from rest


def operation_patterns(operations: Iterable[str | None]) -> tuple[str, ...]:
    """Return what a waiver of findings at these operations is for: another seed shows one defect at others too.

    One operation of a resource stands for itself, several stand for all of the resource.
    """
    named = tuple(dict.fromkeys(operations))
    resources = Counter((name or "").partition(".")[0] for name in named)
    if None in named or len(resources) > MOST_RESOURCES:
        return (EVERY,)
    patterns = ((name, (name or "").partition(".")[0]) for name in named)
    return tuple(dict.fromkeys(f"{of}.*" if resources[of] > 1 else name or EVERY for name, of in patterns))


def _listed(texts: Iterable[str]) -> str:
    """The texts as TOML: one alone, or a list."""
    quoted = [json.dumps(text) for text in texts]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def waivers_there(path: Path, today: dt.date) -> Waivers:
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
    there = waivers_there(path, today)
    left = [(group, found) for group in groups if (found := _uncovered(group, there))]
    if not left:
        return f"{path}: nothing was found that no waiver covers"
    until = today + dt.timedelta(days=DAYS)
    rest = (f"reason = {json.dumps(UNSAID)}", f"until = {until}")
    added = [("", f"# {_title(group)}", *_lines(found, *rest)) for group, found in left]
    if drawn := _drawn_lines(left, there, rest):
        added.append(drawn)
    text = "".join(f"{line}\n" for lines in added for line in lines)
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise WaiverError(f"--write-waivers {path}: cannot be written ({error.strerror})") from None
    return f"{path}: {plural(len(added), 'waiver')} added, until {until}; say in each why it is accepted"


def _drawn_lines(
    left: Sequence[tuple[Group, Sequence[Finding]]], there: Waivers, rest: Iterable[str]
) -> tuple[str, ...]:
    """The lines of a waiver of what is drawn at random at the resources of these findings; none where there is one.

    Which rules such requests show a defect by depends on the seed; directed cases show it by the same in every run.
    """
    operations = [each.operation_id for _, found in left for each in found]
    patterns = dict.fromkeys(EVERY if each is None else f"{each.partition('.')[0]}.*" for each in operations)
    covered = {each for it in there.every if it.drawn and it.until >= there.today for each in it.operations}
    named = [each for each in patterns if each not in covered]
    asked = [EVERY] if EVERY in named else named
    if not asked:
        return ()
    return (
        "",
        "# What is drawn at random there: with another seed it shows the same by other rules.",
        "[[waiver]]",
        "drawn = true",
        f"operation = {_listed(asked)}",
        *rest,
    )


def _title(group: Group) -> str:
    """The group in a line, for a comment."""
    lead = group.lead
    return plain_line(f"{lead.rule} {lead.operation_id or ''}: expected {lead.expected}, got {lead.got}")[
        :MOST_OF_A_TITLE
    ]


def _uncovered(group: Group, there: Waivers) -> tuple[Finding, ...]:
    """The findings of a group that no waiver covers: neither one of the run, nor one of the file."""
    firsts = (same[0] for same in group.members.values())
    return tuple(
        each
        for each in firsts
        if not each.waived
        and there.covering(each.fingerprint, each.rule, operations_of(each), drawn=each.drawn) is None
    )
