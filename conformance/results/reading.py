"""A reader of JSON reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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

    @property
    def groups(self) -> Mapping[str, str]:
        """The finding that shows each group best, by the group's fingerprint."""
        every = (*self.document.get("groups", ()), *self.document.get("other_groups", ()))
        return {group["fingerprint"]: group.get("lead", group["findings"][0]) for group in every}

    def finding(self, named: str) -> Mapping[str, Any]:
        """Return the finding whose fingerprint, or whose group's, begins so: of a group the one that shows it best.

        Raises ResultsError where there is none, or several.
        """
        begins = named.lower()
        found = {name for name in self.findings if name.startswith(begins)}
        found |= {lead for name, lead in self.groups.items() if name.startswith(begins)}
        if len(found) == 1:
            return self.findings[found.pop()]
        what = "no finding or group" if not found else f"{len(found)} findings or groups"
        known = f"findings {_listed(self.findings)}; groups {_listed(self.groups)}"
        raise ResultsError(f"{self.path}: {what} with a fingerprint that begins {named}; it has {known}")

    def verdict_of(self, rule: str) -> str:
        """Return the verdict on a rule; UNTESTED where the contract of the run did not have it."""
        return next((str(it["verdict"]) for it in self.document["rules"] if it["id"] == rule), "UNTESTED")


def _listed(names: Iterable[str]) -> str:
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
        jsonschema_rs.validate(schema(), document)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(map(str, error.instance_path)) or "the top"
        raise ResultsError(f"{path}: holds no results of this version of the suite ({place} does not fit)") from None
    return Results(path, document)
