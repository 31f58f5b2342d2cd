from collections.abc import Callable
from xml.etree import ElementTree as ET

from conformance.results.report import junit
from conformance.results.report.view import list_defects
from conformance.results.verdict import Run


def parsed(run: Run) -> ET.Element:
    return ET.fromstring(junit.render(run))  # noqa: S314  # our own output


def test_each_case_stands_in_the_suite_of_its_clause(run: Run) -> None:
    suites = {suite.get("name"): [case.get("name") for case in suite.iter("testcase")] for suite in parsed(run)}
    clause = run.contract.rules["PACK-PATCH-ONLY-VISIBILITY"].clause
    assert suites[clause] == ["failed"]
    assert sum(map(len, suites.values())) == len(run.cases)


def test_verdicts_become_what_junit_has(run: Run) -> None:
    outcome = {
        case.get("name"): [child.tag for child in case if child.tag != "system-out"]
        for case in parsed(run).iter("testcase")
    }
    assert outcome == {
        "failed": ["failure"],
        "advisory": [],
        "passed": [],
        "not provoked": ["skipped"],
        "waived": ["skipped"],
        "errored": ["error"],
    }


def test_the_totals_are_those_of_the_cases(run: Run) -> None:
    root = parsed(run)
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "6",
        "failures": "1",
        "errors": "1",
        "skipped": "2",
        "time": "1.512",
    }


def test_a_failure_says_the_promise_and_how_to_see_it_again(run: Run) -> None:
    failure = next(parsed(run).iter("failure"))
    text = failure.text or ""
    assert run.contract.rules["PACK-PATCH-ONLY-VISIBILITY"].text in text
    assert "curl " in text
    assert "$ACME_OWNER_TOKEN" in text
    defect = list_defects(run)[0]
    assert defect.curl in text
    assert f"evershell-conformance replay REPORT.json {defect.fingerprint}" in text


def test_what_no_xml_may_hold_is_escaped(run: Run) -> None:
    advisory = next(case for case in parsed(run).iter("testcase") if case.get("name") == "advisory")
    out = advisory.find("system-out")
    assert out is not None
    assert r"none\x00\x1b" in (out.text or "")


def test_a_run_that_judged_nothing_is_an_error(make_run: Callable[..., Run]) -> None:
    root = parsed(make_run(unusable="every credential is refused"))
    assert root.get("errors") == "1"
    error = next(root.iter("error"))
    assert "every credential is refused" in (error.get("message") or "")
