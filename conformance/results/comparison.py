"""Two runs side by side: which findings are new, gone, and still there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.results.reading import Results

UNKNOWN = frozenset({"UNTESTED", "NOT_PROVOKED", "ERRORED"})
"""Verdicts on a rule from which nothing follows about a finding of it that is not there."""

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of two runs, each by its fingerprint in one of four lists."""

    before: Results
    after: Results
    new: tuple[Found, ...]
    gone: tuple[Found, ...]
    still: tuple[Found, ...]
    unknown: tuple[Found, ...]
    """In the first run alone, and the second did not judge their rule."""

    def worse(self, *, strict: bool) -> bool:
        """Whether a violation is new; with strict an advisory too."""
        worst = ("FAILED", "ADVISORY") if strict else ("FAILED",)
        return any(finding["verdict"] in worst for finding in self.new)

    def lines(self) -> Iterator[str]:
        """What is printed."""
        for title, findings in (
            ("new", self.new),
            ("gone", self.gone),
            ("still there", self.still),
            ("not judged again", self.unknown),
        ):
            if findings:
                yield f"{title}:"
                yield from (f"  {_line(finding)}" for finding in findings)
        counts = f"{len(self.new)} new, {len(self.gone)} gone, {len(self.still)} still there"
        yield counts + (f", {len(self.unknown)} not judged again" if self.unknown else "")
        yield f"cells reached: {_covered(self.before)} before, {_covered(self.after)} after"


def compare(before: Results, after: Results) -> Comparison:
    """What became of each finding."""
    first, second = before.findings, after.findings
    missing = [finding for name, finding in first.items() if name not in second]
    return Comparison(
        before,
        after,
        new=tuple(finding for name, finding in second.items() if name not in first),
        gone=tuple(finding for finding in missing if after.verdict_of(finding["rule"]) not in UNKNOWN),
        still=tuple(finding for name, finding in second.items() if name in first),
        unknown=tuple(finding for finding in missing if after.verdict_of(finding["rule"]) in UNKNOWN),
    )


def _line(finding: Found) -> str:
    kind = {"FAILED": "violation", "ADVISORY": "advisory", "WAIVED": "waived"}[finding["verdict"]]
    where = f" {finding['operation_id']}" if finding["operation_id"] else ""
    return (
        f"{finding['fingerprint']} {kind} {finding['rule']}{where}: "
        f"expected {finding['expected']}, got {finding['got']}"
    )


def _covered(results: Results) -> str:
    cells = results.document["summary"]["cells"]
    return f"{cells['reached']} of {cells['declared']}"
