"""A reader of JSON reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.errors import SuiteError
from conformance.results.report.json_ import schema


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

    def finding(self, named: str) -> Mapping[str, Any]:
        """Return the finding whose fingerprint begins so; raises ResultsError where there is none or several."""
        found = [finding for name, finding in self.findings.items() if name.startswith(named.lower())]
        if len(found) == 1:
            return found[0]
        known = ", ".join(self.findings) or "none"
        what = "no finding" if not found else f"{len(found)} findings"
        raise ResultsError(f"{self.path}: {what} with a fingerprint that begins {named}; it has {known}")

    def verdict_of(self, rule: str) -> str:
        """Return the verdict on a rule; UNTESTED where the contract of the run did not have it."""
        return next((str(it["verdict"]) for it in self.document["rules"] if it["id"] == rule), "UNTESTED")


def read_results(path: Path) -> Results:
    """Return the results in a JSON report; raises ResultsError."""
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
