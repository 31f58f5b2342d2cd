"""A reader of JSON reports, and the comparison of two runs: which findings are new, gone, and still there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.errors import SuiteError
from conformance.results.report.json_ import read_schema
from conformance.results.verdict import UNJUDGED, Verdict

Found = Mapping[str, Any]


class ResultsError(SuiteError):
    """An error of a JSON report: it cannot be read, or lacks what is asked of it; the message names the file."""


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a run, as its JSON report has them."""

    path: Path
    document: Mapping[str, Any]

    @property
    def findings(self) -> Mapping[str, Mapping[str, Any]]:
        """The findings by fingerprint, in the order of the report."""
        return {finding["fingerprint"]: finding for finding in self.document["findings"]}

    @property
    def groups(self) -> Mapping[str, str]:
        """The finding that shows each group best, by the group's fingerprint."""
        every = (*self.document.get("groups", ()), *self.document.get("other_groups", ()))
        return {group["fingerprint"]: group.get("lead", group["findings"][0]) for group in every}

    def find_finding(self, named: str) -> Mapping[str, Any]:
        """Return the finding whose fingerprint, or whose group's, begins so: of a group the one that shows it best.

        Raises ResultsError where there is none, or several.
        """
        begins = named.lower()
        found = {name for name in self.findings if name.startswith(begins)}
        found |= {lead for name, lead in self.groups.items() if name.startswith(begins)}
        if len(found) == 1:
            return self.findings[found.pop()]
        what = "no finding or group" if not found else f"{len(found)} findings or groups"
        known = f"findings {_join_names(self.findings)}; groups {_join_names(self.groups)}"
        raise ResultsError(f"{self.path}: {what} with a fingerprint that begins {named}; it has {known}")

    def find_verdict(self, rule: str) -> str:
        """Return the verdict on a rule; UNTESTED where the contract of the run did not have it."""
        return next((str(it["verdict"]) for it in self.document["rules"] if it["id"] == rule), "UNTESTED")


def _join_names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def read_results(path: Path) -> Results:
    """Return the results in a JSON report; raises ResultsError."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise ResultsError(f"{path}: is not JSON; give what --report json={path} wrote") from None
    try:
        jsonschema_rs.validate(read_schema(), document)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(map(str, error.instance_path)) or "the top"
        raise ResultsError(f"{path}: holds no results of this version of the suite ({place} does not fit)") from None
    return Results(path, document)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of two runs in four lists, matched by fingerprint."""

    before: Results
    after: Results
    new: tuple[Found, ...]
    gone: tuple[Found, ...]
    still: tuple[Found, ...]
    unknown: tuple[Found, ...]  # found in the first run only, and the second did not judge their rule

    def is_worse(self, *, strict: bool) -> bool:
        """Return whether a violation is new, or with `strict` an advisory."""
        worst = ("FAILED", "ADVISORY") if strict else ("FAILED",)
        return any(finding["verdict"] in worst for finding in self.new)

    def format_lines(self) -> Iterator[str]:
        """Yield the lines that are printed."""
        for title, findings in (
            ("new", self.new),
            ("gone", self.gone),
            ("still there", self.still),
            ("not judged again", self.unknown),
        ):
            if findings:
                yield f"{title}:"
                yield from (f"  {_format_line(finding)}" for finding in findings)
        counts = f"{len(self.new)} new, {len(self.gone)} gone, {len(self.still)} still there"
        yield counts + (f", {len(self.unknown)} not judged again" if self.unknown else "")
        yield f"cells reached: {_describe_coverage(self.before)} before, {_describe_coverage(self.after)} after"


def compare(before: Results, after: Results) -> Comparison:
    """Compare the findings of two runs."""
    first, second = before.findings, after.findings
    missing = [finding for name, finding in first.items() if name not in second]
    unknown = [finding for finding in missing if Verdict[after.find_verdict(finding["rule"])] in UNJUDGED]
    return Comparison(
        before,
        after,
        new=tuple(finding for name, finding in second.items() if name not in first),
        gone=tuple(finding for finding in missing if finding not in unknown),
        still=tuple(finding for name, finding in second.items() if name in first),
        unknown=tuple(unknown),
    )


def _format_line(finding: Found) -> str:
    kind = {"FAILED": "violation", "ADVISORY": "advisory", "WAIVED": "waived"}[finding["verdict"]]
    where = f" {finding['operation_id']}" if finding["operation_id"] else ""
    return (
        f"{finding['fingerprint']} {kind} {finding['rule']}{where}: "
        f"expected {finding['expected']}, got {finding['got']}"
    )


def _describe_coverage(results: Results) -> str:
    cells = results.document["summary"]["cells"]
    return f"{cells['reached']} of {cells['declared']}"
