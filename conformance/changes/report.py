"""The reports of a comparison: for a terminal, in Markdown, JUnit and JSON, and as issues at lines of the contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

from conformance.changes.change import KINDS, Change, ChangeKind, Grade, MetExchanges
from conformance.changes.outcome import SIDES, DiffOutcome
from conformance.contract.contract import Contract
from conformance.contract.lines import ContractLines, get_lines
from conformance.results.difference import count_same_beginning
from conformance.results.plain_text import (
    as_json,
    as_markdown,
    as_markdown_code,
    as_xml_text,
    count_noun,
    escape_line,
    write_xml,
)
from conformance.results.report.issues import Issue, IssueKind, IssueReport, Level
from conformance.results.verdict import read_suite_version
from conformance.values import read_fields

MOST_OPERATIONS = 4
MOST_CHARACTERS = 56
"""The longest that a text may be which takes the place of another, in characters."""
MOST_LINES = 60
"""The number of lines that a comparison takes at most."""
MOST_ROWS = 36
"""The number of changes that are told one by one."""
MOST_KINDS = 8
MOST_NOTES = 4
_SUITE = "contract"
FORMAT = 1  # the version of the format, which grows when an older reader would misread it


def describe_sources(outcome: DiffOutcome) -> str:
    """Return what is compared, with the versions."""
    (old, new), (before, after) = (outcome.diff.old, outcome.diff.new), outcome.versions
    return f"{old.path} ({before or 'no version'}) to {new.path} ({after or 'no version'})"


def describe_required_step(outcome: DiffOutcome) -> str:
    """Return which step of the version is asked for."""
    return f"semantic versioning asks for a {outcome.step} step after {outcome.versions[0]}" if outcome.step else ""


def describe_operations(change: Change) -> str:
    """Return the operations that a change is about, the first of them where there are many."""
    shown = ", ".join(change.operations[:MOST_OPERATIONS])
    more = len(change.operations) - MOST_OPERATIONS
    return f"{shown} and {more} more" if more > 0 else shown


def describe_grades(change: Change) -> str:
    """Return what a change does to clients, and to servers."""
    return f"clients: {change.clients}, servers: {change.servers}"


def values(change: Change) -> str:
    """Return what was lost and gained, where the text of the change does not say it."""
    both = {"lost": change.lost, "new": change.gained}
    shown = [(what, value) for what, value in both.items() if value and value not in change.told]
    if len(shown) == len(both):
        # From the word on in which they begin to differ.
        start = change.lost.rfind(" ", 0, count_same_beginning(change.lost, change.gained)) + 1
        shown = [(what, _from(value, start)) for what, value in shown]
    return "; ".join(f"{what}: {value}" for what, value in shown)


def describe_recordings(change: Change) -> str:
    """Return what of the recordings a change meets, with an example."""
    met, example = change.met, change.met.example
    if example is None:
        return ""
    counts = (f"{count_noun(met.requests, 'request')} refused", f"{count_noun(met.answers, 'answer')} ruled out")
    told = " and ".join(text for text, number in zip(counts, (met.requests, met.answers), strict=True) if number)
    return f"recorded: {told}, such as {example.request} of {example.caller} ({example.place}): {example.broken}"


def _from(value: str, start: int) -> str:
    """Return a long text from where it differs on, so that both of two are seen in one line."""
    if len(value) <= MOST_CHARACTERS:
        return value
    cut = value[start : start + MOST_CHARACTERS]
    return ("..." if start else "") + cut + ("..." if start + MOST_CHARACTERS < len(value) else "")


def format_lines(outcome: DiffOutcome, *, quiet: bool) -> Iterator[str]:
    """Yield the lines; the headline alone where it is to be quiet."""
    if not quiet:
        yield describe_sources(outcome)
        both = read_both_lines(outcome)
        for change in outcome.changes:
            named = zip((outcome.diff.old, outcome.diff.new), _find_line_numbers(change, both), strict=True)
            yield from _change_lines(change, ", ".join(f"{each.path}:{line}" for each, line in named if line))
    yield from outcome.notes
    step = describe_required_step(outcome)
    yield f"{outcome.headline}{f'; {step}' if step else ''}"


BothLines = tuple[ContractLines, ContractLines]


def read_both_lines(outcome: DiffOutcome) -> BothLines:
    """Return the lines of the old contract, and those of the new one."""
    return get_lines(outcome.diff.old), get_lines(outcome.diff.new)


def _find_line_numbers(change: Change, both: BothLines) -> tuple[int | None, int | None]:
    """Return the lines of a change in both contracts; None where it has none in one of them."""
    one, other = (lines.find_line_at(at) if at else None for lines, at in zip(both, change.pointers, strict=True))
    return one, other


def _change_lines(change: Change, places: str) -> Iterator[str]:
    waived = f" (waived: {change.waived})" if change.waived else ""
    yield f"{change.fingerprint} {describe_grades(change)}  {change.kind}{waived}"
    yield f"    {change.where}: {change.told}"
    if told := values(change):
        yield f"    {told}"
    if places:
        yield f"    at {places}"
    if change.operations:
        yield f"    in {describe_operations(change)}"
    if told := describe_recordings(change):
        yield f"    {told}"


def render_markdown(outcome: DiffOutcome) -> str:
    """Return the Markdown report for a pull request, at most 60 lines; text of a contract is escaped."""
    return "".join(f"{line}\n" for line in _format_markdown(outcome))


def _format_markdown(outcome: DiffOutcome) -> Iterator[str]:
    yield f"## Contract: {as_markdown(outcome.headline)}"
    yield ""
    step = describe_required_step(outcome)
    yield f"From {as_markdown(describe_sources(outcome))}{f'; {as_markdown(step)}' if step else ''}."
    shown, rest = outcome.changes[:MOST_ROWS], outcome.changes[MOST_ROWS:]
    if shown:
        yield from ("", "| Clients | Servers | Where | What | Operations |", "|---|---|---|---|---|")
        yield from map(_format_row, shown)
    if rest:
        yield from ("", f"And {len(rest)} more, none of them worse:", "")
        yield from _count_by_kind(rest)
    if outcome.notes:
        yield ""
        yield from (f"- {as_markdown(note)}" for note in outcome.notes[:MOST_NOTES])


def _format_row(change: Change) -> str:
    told = "; ".join(filter(None, (change.told, values(change), describe_recordings(change))))
    waived = f" (waived: {as_markdown(change.waived)})" if change.waived else ""
    cells = [f"**{grade}**" if grade is Grade.BREAKS else str(grade) for grade in change.grades]
    what = f"{as_markdown(told)}{waived} {as_markdown_code(change.fingerprint)}"
    return f"| {' | '.join((*cells, as_markdown_code(change.where), what, as_markdown(describe_operations(change))))} |"


def _count_by_kind(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield what the rest is, told by kinds."""
    counts = Counter((each.clients, each.servers, each.kind) for each in changes)
    kinds = sorted(counts.items(), key=lambda item: (-item[0][0], -item[0][1], -item[1], item[0][2]))
    for (clients, servers, kind), count in kinds[:MOST_KINDS]:
        yield f"- {count} {as_markdown_code(kind)}: clients {clients}, servers {servers}"
    if left := sum(count for _, count in kinds[MOST_KINDS:]):
        yield f"- and {left} of other kinds"


def build_issues(outcome: DiffOutcome) -> IssueReport:
    """Return the issues of a comparison, at lines of the new contract."""
    lines = get_lines(outcome.diff.new)
    every = tuple(_issue(outcome, lines, change) for change in outcome.changes)
    return IssueReport(
        path=lines.path,
        every=every,
        causes=every,
        kinds=tuple(map(_issue_kind, KINDS.values())),
        problems=tuple(filter(None, [escape_line(outcome.nothing_compared)])),
        headline=escape_line("; ".join(filter(None, (outcome.headline, describe_required_step(outcome))))),
        exit_code=outcome.exit_code,
        version=read_suite_version(),
        about=escape_line(describe_sources(outcome)),
    )


def _issue(outcome: DiffOutcome, lines: ContractLines, change: Change) -> Issue:
    told = (
        change.told,
        values(change),
        describe_operations(change) and f"in {describe_operations(change)}",
        describe_recordings(change),
    )
    return Issue(
        kind=change.kind,
        level=_find_level(outcome, change),
        title=escape_line(f"{change.kind} {change.where}"),
        message=escape_line("; ".join(filter(None, (*told, describe_grades(change))))),
        fingerprint=change.fingerprint,
        line=lines.find_line_at(change.pointers[1] or change.pointers[0] or ()) or lines.find_line(*change.operations),
        place=escape_line(change.where),
        waived=escape_line(change.waived),
    )


def _find_level(outcome: DiffOutcome, change: Change) -> Level:
    """Return what a change would be without its waiver."""
    if outcome.fails(replace(change, waived="")):
        return Level.ERROR
    return Level.WARNING if max(change.grades) > Grade.NO else Level.NOTE


def _issue_kind(kind: ChangeKind) -> IssueKind:
    told = f"By itself it does this to clients: {kind.clients}; to servers: {kind.servers}."
    return IssueKind(kind.id, kind.meaning, told, "", ("contract",))


def render_junit(outcome: DiffOutcome) -> str:
    """Return the JUnit report; what makes the comparison fail is a failure, another change is told in system-out."""
    cases = list(_build_test_cases(outcome))
    if not cases:
        cases = [ET.Element("testcase", classname=_SUITE, name=outcome.headline, time="0")]
        if told := outcome.nothing_compared:
            ET.SubElement(cases[0], "error", message=as_xml_text(told), type="nothing-compared")
    root = ET.Element("testsuites", name="evershell-conformance diff")
    suite = ET.SubElement(root, "testsuite", name=_SUITE)
    for element in (root, suite):
        element.set("tests", str(len(cases)))
        element.set("failures", str(len(outcome.failing)))
        element.set("errors", str(int(bool(outcome.nothing_compared))))
        element.set("skipped", str(sum(bool(each.waived) for each in outcome.changes)))
        element.set("time", "0")
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("compared", describe_sources(outcome)),
        ("headline", outcome.headline),
        ("step", describe_required_step(outcome)),
    ):
        ET.SubElement(properties, "property", name=name, value=as_xml_text(value))
    suite.extend(cases)
    return write_xml(root)


def _build_test_cases(outcome: DiffOutcome) -> Iterator[ET.Element]:
    for change in outcome.changes:
        name = f"{change.where}: {change.told} [{change.fingerprint}]"
        case = ET.Element("testcase", classname=f"{_SUITE}.{change.kind}", name=as_xml_text(name), time="0")
        if outcome.fails(change):
            failure = ET.SubElement(
                case, "failure", message=as_xml_text(f"{describe_grades(change)}; {name}"), type=change.kind
            )
            failure.text = as_xml_text(_describe_change(change))
        elif change.waived:
            ET.SubElement(case, "skipped", message=as_xml_text(f"waived: {change.waived}"))
        else:
            ET.SubElement(case, "system-out").text = as_xml_text(
                "\n".join(filter(None, (describe_grades(change), _describe_change(change))))
            )
        yield case


def _describe_change(change: Change) -> str:
    return "\n".join(filter(None, (values(change), describe_operations(change), describe_recordings(change))))


def read_schema() -> dict[str, Any]:
    """Return the published JSON Schema (2020-12) of the report."""
    text = files("conformance.changes").joinpath("changes.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def render_json(outcome: DiffOutcome) -> str:
    """Return the JSON report."""
    return as_json(build_document(outcome))


def build_document(outcome: DiffOutcome) -> dict[str, Any]:
    """Return the report as plain values."""
    diff, both = outcome.diff, read_both_lines(outcome)
    return {
        "format": FORMAT,
        "old": _build_contract(diff.old, outcome.versions[0]),
        "new": _build_contract(diff.new, outcome.versions[1]),
        "fail_on": outcome.fail_on,
        "strict": outcome.is_strict,
        "exit_code": outcome.exit_code,
        "step": outcome.step,
        "summary": {side: {str(grade): diff.count(side, grade) for grade in reversed(Grade)} for side in SIDES},
        "changes": [_as_json(each, outcome, both) for each in outcome.changes],
        "traffic": read_fields(diff.traffic, leaving=("notes",)) if diff.traffic else None,
        "notes": list(outcome.notes),
    }


def _build_contract(contract: Contract, version: str) -> dict[str, str]:
    return {"source": str(contract.path), "version": version, "sha256": contract.sha256}


def _as_json(change: Change, outcome: DiffOutcome, both: BothLines) -> dict[str, Any]:
    old, new = _find_line_numbers(change, both)
    return {
        "fingerprint": change.fingerprint,
        **read_fields(change, leaving=("met", "shown", "digest", "pointers", "former")),
        "text": change.told,
        "lines": {"old": old, "new": new},
        "clients": str(change.clients),
        "servers": str(change.servers),
        "fails": outcome.fails(change),
        "recorded": _build_met(change.met) if change.met else None,
    }


def _build_met(met: MetExchanges) -> dict[str, Any]:
    return {
        "refused": dict(met.refused),
        "forbidden": dict(met.forbidden),
        "example": asdict(met.example) if met.example else None,
    }


RENDERED: Mapping[str, Callable[[DiffOutcome], str]] = {
    "markdown": render_markdown,
    "json": render_json,
    "junit": render_junit,
}
"""The kinds of reports that are no issues, as the user names them."""
