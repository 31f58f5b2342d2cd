from collections.abc import Callable
from dataclasses import replace

from conformance.results.report import markdown
from conformance.results.verdict import Case, Finding, Run, Verdict


def test_it_names_verdict_target_seed_and_finding(run: Run) -> None:
    text = markdown.render(run)
    for shown in ("1 violation", "staging", "seed 42", "`PACK-PATCH-ONLY-VISIBILITY`", "pack\\_09HZ"):
        assert shown in text


def test_it_stays_short_whatever_there_is_to_say(make_run: Callable[..., Run], finding: Finding) -> None:
    findings = tuple(replace(finding, got=f"{n} {'x' * 500}") for n in range(500))
    case = Case("c", finding.rule, None, Verdict.FAILED, findings=findings)
    run = make_run(case, left_behind=("pack",) * 100, errors=("error",) * 100, is_interrupted=True)
    lines = markdown.render(run).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) < 600
    assert "and 485 more" in markdown.render(run)


def test_nothing_that_a_target_says_becomes_markup(make_run: Callable[..., Run], finding: Finding) -> None:
    evil = replace(finding, got="<img src=x> | [a](b) `c` *d*\n# e")
    text = markdown.render(make_run(Case("c", evil.rule, None, Verdict.FAILED, findings=(evil,))))
    row = next(line for line in text.splitlines() if "violation**" in line)
    assert "\\<img src=x\\> \\| \\[a\\](b) \\`c\\` \\*d\\* \\# e" in row


def test_a_run_that_judged_nothing_says_so_first(make_run: Callable[..., Run]) -> None:
    assert markdown.render(make_run(unusable="every credential is refused")).startswith(
        "## Conformance: not judged: every credential is refused"
    )
