"""Reads back what `--report json=PATH` wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.results.report.json_ import schema


class ResultsError(Exception):
    """A file holds no results of a run, or not what is asked of them; the message names it."""


@dataclass(frozen=True, slots=True)
class Results:
    """One run's results, as its report has them."""

    path: Path
    document: Mapping[str, Any]

    @property
    def findings(self) -> Mapping[str, Mapping[str, Any]]:
        """By fingerprint, in the report's order."""
        return {finding["fingerprint"]: finding for finding in self.document["findings"]}

    def finding(self, named: str) -> Mapping[str, Any]:
        """The one finding whose fingerprint begins so; ResultsError where there is none, or more than one."""
        found = [finding for name, finding in self.findings.items() if name.startswith(named.lower())]
        if len(found) == 1:
            return found[0]
        known = ", ".join(self.findings) or "none"
        what = "no finding" if not found else f"{len(found)} findings"
        raise ResultsError(f"{self.path}: {what} with a fingerprint that begins {named}; it has {known}")

    def verdict_of(self, rule: str) -> str:
        """The verdict on a rule; UNTESTED where the run's contract did not have it."""
        return next((str(it["verdict"]) for it in self.document["rules"] if it["id"] == rule), "UNTESTED")


def read_results(path: Path) -> Results:
    """The results in a JSON report; ResultsError where it is none."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise ResultsError(f"{path}: is not JSON; give what --report json={path} wrote") from None
    try:
        jsonschema_rs.validate(schema(), document)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(map(str, error.instance_path)) or "the top"
        raise ResultsError(f"{path}: holds no results of this version of the suite ({place} does not fit)") from None
    return Results(path, document)
