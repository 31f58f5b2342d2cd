"""The Markdown report for the summary of a CI job: at most 60 lines, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from conformance.results.plain_text import as_markdown as _text
from conformance.results.plain_text import as_markdown_code as _code
from conformance.results.report import view
from conformance.results.report.view import list_remarks, split_groups
from conformance.results.verdict import UNJUDGED, Run, Verdict

MOST_OTHERS = 5
MOST_PROBLEMS = 5
MOST_REASONS = 6
MOST_RULES = 6
MOST_CELLS = 6
MOST_GAINS = 5


def render(run: Run) -> str:
    """Return the summary; text of a target is escaped."""
    return "".join(f"{line}\n" for line in _format_lines(run))


def _format_lines(run: Run) -> Iterator[str]:
    yield from _format_head(run)
    yield from _format_groups(run)
    interrupted = ("The run was interrupted.",) if run.is_interrupted else ()
    cut_short = (f"The run was cut short: {run.cut_short}.",) if run.cut_short else ()
    left = tuple(f"Left behind: {name}" for name in run.left_behind)
    yield from _list("Problems", map(_text, (*interrupted, *cut_short, *run.errors, *left, *run.notes)), MOST_PROBLEMS)
    yield from _open_rules(run)
    yield from _list(view.GAINS, map(_text, view.list_gain_lines(run)), MOST_GAINS)
    yield from _list("Cells not reached", (_code(str(cell)) for cell in view.list_unreached(run)), MOST_CELLS)


def _format_head(run: Run) -> Iterator[str]:
    yield f"## Conformance: {_text(view.format_headline(run))}"
    yield ""
    how = f"seed {run.seed}, budget {run.budget}"
    described = _text(view.describe_run(run))
    yield f"{_text(run.target)} at {_code(run.base_url)}, {run.requests} requests; {how}; {described}."
    yield from filter(None, (view.describe_explored(run),))
    counts = [f"{run.count(verdict)} {verdict}" for verdict in reversed(Verdict) if run.count(verdict)]
    if counts:
        yield f"Cases: {', '.join(counts)}."


def _format_groups(run: Run) -> Iterator[str]:
    """Yield a table of the worst groups of findings, and an index of the rest."""
    worst, rest = split_groups(run)
    if not worst:
        return
    yield from ("", "| Group | Rule | Operation | Before | After | Findings |", "|---|---|---|---|---|---|")
    for shown in worst:
        group = shown.group
        first = f"{_format_verdict(group.verdict)} {_code(group.lead.fingerprint)}"
        more = filter(None, (shown.effect, *list_remarks(group.lead)))
        besides = f" ({_text('; '.join(more))})" if shown.effect or list_remarks(group.lead) else ""
        cells = (
            first,
            _code(group.lead.rule),
            _code(shown.where),
            _text(shown.before),
            _text(shown.after) + besides,
        )
        yield f"| {' | '.join(cells)} | {len(group.members)} |"
    others = (
        f"{_format_verdict(it.group.verdict)} {_code(it.group.fingerprint)} {_code(it.group.lead.rule)} "
        f"{_text(it.title)}"
        for it in rest
    )
    yield from _list("Other groups", others, MOST_OTHERS)


def _format_verdict(verdict: Verdict) -> str:
    return {Verdict.FAILED: "**violation**", Verdict.WAIVED: "waived"}.get(verdict, "advisory")


def _open_rules(run: Run) -> Iterator[str]:
    """Yield how many rules were not judged, and each reason once with its rules."""
    unjudged = [it for it in view.open_rules(run) if it.verdict in UNJUDGED]
    lines = (f"{it.verdict}{f', {_text(it.why)}' if it.why else ''}: {_join_names(it.rules)}" for it in unjudged)
    yield from _list("Rules not judged", lines, MOST_REASONS, count=sum(len(it.rules) for it in unjudged))


def _join_names(rules: Sequence[str]) -> str:
    more = f" and {len(rules) - MOST_RULES} more" if len(rules) > MOST_RULES else ""
    return ", ".join(map(_code, rules[:MOST_RULES])) + more


def _list(title: str, lines: Iterable[str], most: int, count: int | None = None) -> Iterator[str]:
    """Yield a list with its title. `count`: of what its lines hold, where that is not their own number."""
    listed = list(lines)
    if not listed:
        return
    yield from ("", f"{title}: {len(listed) if count is None else count}", "")
    yield from (f"- {line}" for line in listed[:most])
    if len(listed) > most:
        yield f"- and {len(listed) - most} more"
