"""The reports of a comparison: for a terminal, in Markdown, JUnit and JSON, and as issues at lines of the contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

from conformance.changes.change import KINDS, Change, ChangeKind, Grade, Met
from conformance.changes.outcome import SIDES, DiffOutcome
from conformance.contract.contract import Contract
from conformance.contract.lines import ContractLines, lines_of
from conformance.results.difference import same_beginning
from conformance.results.plain_text import (
    as_json,
    as_markdown,
    as_markdown_code,
    as_xml_text,
    plain_line,
    plural,
    written_xml,
)
from conformance.results.report.issues import Issue, IssueKind, IssueReport, Level
from conformance.results.verdict import suite_version
from conformance.values import field_values

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


def sources(outcome: DiffOutcome) -> str:
    """Return what is compared, with the versions."""
    (old, new), (before, after) = (outcome.diff.old, outcome.diff.new), outcome.versions
    return f"{old.path} ({before or 'no version'}) to {new.path} ({after or 'no version'})"


def asked(outcome: DiffOutcome) -> str:
    """Return which step of the version is asked for."""
    return f"semantic versioning asks for a {outcome.step} step after {outcome.versions[0]}" if outcome.step else ""


def operations(change: Change) -> str:
    """Return the operations that a change is about, the first of them where there are many."""
    shown = ", ".join(change.operations[:MOST_OPERATIONS])
    more = len(change.operations) - MOST_OPERATIONS
    return f"{shown} and {more} more" if more > 0 else shown


def grades(change: Change) -> str:
    """Return what a change does to clients, and to servers."""
    return f"clients: {change.clients}, servers: {change.servers}"


def values(change: Change) -> str:
    """Return what was lost and gained, where the text of the change does not say it."""
    both = {"lost": change.lost, "new": change.gained}
    shown = [(what, value) for what, value in both.items() if value and value not in change.told]
    if len(shown) == len(both):
        # From the word on in which they begin to differ.
        start = change.lost.rfind(" ", 0, same_beginning(change.lost, change.gained)) + 1
        shown = [(what, _from(value, start)) for what, value in shown]
    return "; ".join(f"{what}: {value}" for what, value in shown)


def recorded(change: Change) -> str:
    """Return what of the recordings a change meets, with an example."""
    met, example = change.met, change.met.example
    if example is None:
        return ""
    counts = (f"{plural(met.requests, 'request')} refused", f"{plural(met.answers, 'answer')} ruled out")
    told = " and ".join(text for text, number in zip(counts, (met.requests, met.answers), strict=True) if number)
    return f"recorded: {told}, such as {example.request} of {example.caller} ({example.place}): {example.broken}"


def _from(value: str, start: int) -> str:
    """Return a long text from where it differs on, so that both of two are seen in one line."""
    if len(value) <= MOST_CHARACTERS:
        return value
    cut = value[start : start + MOST_CHARACTERS]
    return ("..." if start else "") + cut + ("..." if start + MOST_CHARACTERS < len(value) else "")


def lines(outcome: DiffOutcome, *, quiet: bool) -> Iterator[str]:
    """Yield the lines; the headline alone where it is to be quiet."""
    if not quiet:
        yield sources(outcome)
        both = both_lines(outcome)
        for change in outcome.changes:
            named = zip((outcome.diff.old, outcome.diff.new), _numbers(change, both), strict=True)
            yield from _change_lines(change, ", ".join(f"{each.path}:{line}" for each, line in named if line))
    yield from outcome.notes
    step = asked(outcome)
    yield f"{outcome.headline}{f'; {step}' if step else ''}"


BothLines = tuple[ContractLines, ContractLines]


def both_lines(outcome: DiffOutcome) -> BothLines:
    """Return the lines of the old contract, and those of the new one."""
    return lines_of(outcome.diff.old), lines_of(outcome.diff.new)


def _numbers(change: Change, both: BothLines) -> tuple[int | None, int | None]:
    """Return the lines of a change in both contracts; None where it has none in one of them."""
    one, other = (lines.at(at) if at else None for lines, at in zip(both, change.pointers, strict=True))
    return one, other


def _change_lines(change: Change, places: str) -> Iterator[str]:
    waived = f" (waived: {change.waived})" if change.waived else ""
    yield f"{change.fingerprint} {grades(change)}  {change.kind}{waived}"
    yield f"    {change.where}: {change.told}"
    if told := values(change):
        yield f"    {told}"
    if places:
        yield f"    at {places}"
    if change.operations:
        yield f"    in {operations(change)}"
    if told := recorded(change):
        yield f"    {told}"


def render_markdown(outcome: DiffOutcome) -> str:
    """Return the Markdown report for a pull request, at most 60 lines; text of a contract is escaped."""
    return "".join(f"{line}\n" for line in _markdown_lines(outcome))


def _markdown_lines(outcome: DiffOutcome) -> Iterator[str]:
    yield f"## Contract: {as_markdown(outcome.headline)}"
    yield ""
    step = asked(outcome)
    yield f"From {as_markdown(sources(outcome))}{f'; {as_markdown(step)}' if step else ''}."
    shown, rest = outcome.changes[:MOST_ROWS], outcome.changes[MOST_ROWS:]
    if shown:
        yield from ("", "| Clients | Servers | Where | What | Operations |", "|---|---|---|---|---|")
        yield from map(_row, shown)
    if rest:
        yield from ("", f"And {len(rest)} more, none of them worse:", "")
        yield from _kinds(rest)
    if outcome.notes:
        yield ""
        yield from (f"- {as_markdown(note)}" for note in outcome.notes[:MOST_NOTES])


def _row(change: Change) -> str:
    told = "; ".join(filter(None, (change.told, values(change), recorded(change))))
    waived = f" (waived: {as_markdown(change.waived)})" if change.waived else ""
    cells = [f"**{grade}**" if grade is Grade.BREAKS else str(grade) for grade in change.grades]
    what = f"{as_markdown(told)}{waived} {as_markdown_code(change.fingerprint)}"
    return f"| {' | '.join((*cells, as_markdown_code(change.where), what, as_markdown(operations(change))))} |"


def _kinds(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield what the rest is, told by kinds."""
    counts = Counter((each.clients, each.servers, each.kind) for each in changes)
    kinds = sorted(counts.items(), key=lambda item: (-item[0][0], -item[0][1], -item[1], item[0][2]))
    for (clients, servers, kind), count in kinds[:MOST_KINDS]:
        yield f"- {count} {as_markdown_code(kind)}: clients {clients}, servers {servers}"
    if left := sum(count for _, count in kinds[MOST_KINDS:]):
        yield f"- and {left} of other kinds"


def issues_of(outcome: DiffOutcome) -> IssueReport:
    """Return the issues of a comparison, at lines of the new contract."""
    lines = lines_of(outcome.diff.new)
    every = tuple(_issue(outcome, lines, change) for change in outcome.changes)
    return IssueReport(
        path=lines.path,
        every=every,
        causes=every,
        kinds=tuple(map(_issue_kind, KINDS.values())),
        problems=tuple(filter(None, [plain_line(outcome.nothing_compared)])),
        headline=plain_line("; ".join(filter(None, (outcome.headline, asked(outcome))))),
        exit_code=outcome.exit_code,
        version=suite_version(),
        about=plain_line(sources(outcome)),
    )


def _issue(outcome: DiffOutcome, lines: ContractLines, change: Change) -> Issue:
    told = (change.told, values(change), operations(change) and f"in {operations(change)}", recorded(change))
    return Issue(
        kind=change.kind,
        level=_level(outcome, change),
        title=plain_line(f"{change.kind} {change.where}"),
        message=plain_line("; ".join(filter(None, (*told, grades(change))))),
        fingerprint=change.fingerprint,
        line=lines.at(change.pointers[1] or change.pointers[0] or ()) or lines.of(*change.operations),
        place=plain_line(change.where),
        waived=plain_line(change.waived),
    )


def _level(outcome: DiffOutcome, change: Change) -> Level:
    """Return what a change would be without its waiver."""
    if outcome.fails(replace(change, waived="")):
        return Level.ERROR
    return Level.WARNING if max(change.grades) > Grade.NO else Level.NOTE


def _issue_kind(kind: ChangeKind) -> IssueKind:
    told = f"By itself it does this to clients: {kind.clients}; to servers: {kind.servers}."
    return IssueKind(kind.id, kind.meaning, told, "", ("contract",))


def render_junit(outcome: DiffOutcome) -> str:
    """Return the JUnit report; what makes the comparison fail is a failure, another change is told in system-out."""
    cases = list(_test_cases(outcome))
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
    for name, value in (("compared", sources(outcome)), ("headline", outcome.headline), ("step", asked(outcome))):
        ET.SubElement(properties, "property", name=name, value=as_xml_text(value))
    suite.extend(cases)
    return written_xml(root)


def _test_cases(outcome: DiffOutcome) -> Iterator[ET.Element]:
    for change in outcome.changes:
        name = f"{change.where}: {change.told} [{change.fingerprint}]"
        case = ET.Element("testcase", classname=f"{_SUITE}.{change.kind}", name=as_xml_text(name), time="0")
        if outcome.fails(change):
            failure = ET.SubElement(case, "failure", message=as_xml_text(f"{grades(change)}; {name}"), type=change.kind)
            failure.text = as_xml_text(_told(change))
        elif change.waived:
            ET.SubElement(case, "skipped", message=as_xml_text(f"waived: {change.waived}"))
        else:
            ET.SubElement(case, "system-out").text = as_xml_text(
                "\n".join(filter(None, (grades(change), _told(change))))
            )
        yield case


def _told(change: Change) -> str:
    return "\n".join(filter(None, (values(change), operations(change), recorded(change))))


def schema() -> dict[str, Any]:
    """Return the published JSON Schema (2020-12) of the report."""
    text = files("conformance.changes").joinpath("changes.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def render_json(outcome: DiffOutcome) -> str:
    """Return the JSON report."""
    return as_json(document(outcome))


def document(outcome: DiffOutcome) -> dict[str, Any]:
    """Return the report as plain values."""
    diff, both = outcome.diff, both_lines(outcome)
    return {
        "format": FORMAT,
        "old": _contract(diff.old, outcome.versions[0]),
        "new": _contract(diff.new, outcome.versions[1]),
        "fail_on": outcome.fail_on,
        "strict": outcome.strict,
        "exit_code": outcome.exit_code,
        "step": outcome.step,
        "summary": {side: {str(grade): diff.count(side, grade) for grade in reversed(Grade)} for side in SIDES},
        "changes": [_as_json(each, outcome, both) for each in outcome.changes],
        "traffic": field_values(diff.traffic, leaving=("notes",)) if diff.traffic else None,
        "notes": list(outcome.notes),
    }


def _contract(contract: Contract, version: str) -> dict[str, str]:
    return {"source": str(contract.path), "version": version, "sha256": contract.sha256}


def _as_json(change: Change, outcome: DiffOutcome, both: BothLines) -> dict[str, Any]:
    old, new = _numbers(change, both)
    return {
        "fingerprint": change.fingerprint,
        **field_values(change, leaving=("met", "shown", "digest", "pointers", "former")),
        "text": change.told,
        "lines": {"old": old, "new": new},
        "clients": str(change.clients),
        "servers": str(change.servers),
        "fails": outcome.fails(change),
        "recorded": _met(change.met) if change.met else None,
    }


def _met(met: Met) -> dict[str, Any]:
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
