"""The findings of a run as issues at lines of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.contract.contract import Rule
from conformance.contract.lines import ContractLines, lines_of
from conformance.results.plain_text import plain_line
from conformance.results.report import view
from conformance.results.report.groups import ShownGroup, remarks, shortened
from conformance.results.report.issues.issue import Issue, IssueKind, IssueReport, Level
from conformance.results.verdict import Finding, Run, Verdict


def issues_of(run: Run) -> IssueReport:
    """Return the issues of a run."""
    lines = lines_of(run.contract)
    return IssueReport(
        path=lines.path,
        every=tuple(_issue(run, lines, fingerprint, same) for fingerprint, same in run.distinct_findings.items()),
        causes=tuple(_cause(run, lines, ShownGroup(group)) for group in run.groups),
        kinds=tuple(map(_kind, run.contract.rules.values())),
        problems=tuple(map(plain_line, view.problems(run))),
        headline=plain_line(view.headline(run)),
        exit_code=run.exit_code,
        version=run.suite_version,
        about=plain_line(run.target),
    )


def _issue(run: Run, lines: ContractLines, fingerprint: str, same: Sequence[Finding]) -> Issue:
    finding = same[0]
    line, of_rule = lines.of(finding.operation_id, finding.rule), lines.of(finding.rule)
    return Issue(
        kind=finding.rule,
        level=_level(run, finding),
        title=f"{finding.rule} {finding.operation_id or ''}".rstrip(),
        message=_said(run, finding),
        fingerprint=fingerprint,
        line=line,
        other_line=of_rule if of_rule not in (1, line) else None,
        place=finding.operation_id or "",
        count=run.occurrences(fingerprint, same).count,
        waived=plain_line(finding.waived),
    )


def _cause(run: Run, lines: ContractLines, shown: ShownGroup) -> Issue:
    group, lead = shown.group, shown.group.lead
    same = _issue(run, lines, lead.fingerprint, group.members[lead.fingerprint])
    return Issue(
        kind=same.kind,
        level=Level.ERROR if any(map(run.fails, group.findings)) else Level.WARNING,
        title=same.title,
        message=f"{same.message}; {shown.extent}",
        fingerprint=lead.fingerprint,
        line=same.line,
        place=same.place,
        count=len(group.findings),
        waived="" if group.verdict is not Verdict.WAIVED else same.waived,
    )


def _level(run: Run, finding: Finding) -> Level:
    """What a finding would be without its waiver."""
    return Level.ERROR if finding.provenance.binding or run.strict else Level.WARNING


def _said(run: Run, finding: Finding) -> str:
    rule = run.contract.rules.get(finding.rule)
    sentence = f"{rule.text} " if rule else ""
    told = f"As {finding.caller} expected {shortened(finding.expected)}, got {shortened(finding.got)}"
    effect = f" ({finding.effect})" if finding.effect else ""
    return plain_line("; ".join((f"{sentence}{told}{effect}", *remarks(finding))))


def _kind(rule: Rule) -> IssueKind:
    weight = "a violation" if rule.provenance.binding else "an advisory"
    founded = f"Clause {rule.clause}, {rule.level}, {rule.provenance}: a deviation is {weight}."
    how = f"`evershell-conformance rules show {rule.id}` says how it is judged."
    return IssueKind(rule.id, rule.text, f"{founded} {how}", str(rule.provenance), (rule.clause, rule.level))
