"""The comparison of two runs: which findings are new, gone, and still there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.results.reading import Results
from conformance.results.verdict import UNJUDGED, Verdict

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of two runs in four lists, matched by fingerprint."""

    before: Results
    after: Results
    new: tuple[Found, ...]
    gone: tuple[Found, ...]
    still: tuple[Found, ...]
    unknown: tuple[Found, ...]  # found in the first run only, and the second did not judge their rule

    def worse(self, *, strict: bool) -> bool:
        """Whether a violation is new, or with `strict` an advisory."""
        worst = ("FAILED", "ADVISORY") if strict else ("FAILED",)
        return any(finding["verdict"] in worst for finding in self.new)

    def lines(self) -> Iterator[str]:
        """Yield the lines that are printed."""
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
    """Compare the findings of two runs."""
    first, second = before.findings, after.findings
    missing = [finding for name, finding in first.items() if name not in second]
    unknown = [finding for finding in missing if Verdict[after.verdict_of(finding["rule"])] in UNJUDGED]
    return Comparison(
        before,
        after,
        new=tuple(finding for name, finding in second.items() if name not in first),
        gone=tuple(finding for finding in missing if finding not in unknown),
        still=tuple(finding for name, finding in second.items() if name in first),
        unknown=tuple(unknown),
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
