"""The JSON report of a comparison; changes.schema.json is its schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from conformance.changes.change import Change, Grade, Met
from conformance.changes.diff import ComparedTraffic
from conformance.changes.outcome import SIDES, DiffOutcome
from conformance.contract.contract import Contract
from conformance.results.report.json_text import as_json

FORMAT = 1  # the version of the format, which grows when an older reader would misread it


def schema() -> dict[str, Any]:
    """Return the published JSON Schema (2020-12) of the report."""
    text = files("conformance.changes.report").joinpath("changes.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def render(outcome: DiffOutcome) -> str:
    """Return the report."""
    return as_json(document(outcome))


def document(outcome: DiffOutcome) -> dict[str, Any]:
    """Return the report as plain values."""
    diff = outcome.diff
    return {
        "format": FORMAT,
        "old": _contract(diff.old, outcome.versions[0]),
        "new": _contract(diff.new, outcome.versions[1]),
        "fail_on": outcome.fail_on,
        "strict": outcome.strict,
        "exit_code": outcome.exit_code,
        "step": outcome.step,
        "summary": {side: {str(grade): diff.count(side, grade) for grade in reversed(Grade)} for side in SIDES},
        "changes": [_change(each, fails=outcome.fails(each)) for each in outcome.changes],
        "traffic": _traffic(diff.traffic) if diff.traffic else None,
        "notes": list(outcome.notes),
    }


def _contract(contract: Contract, version: str) -> dict[str, str]:
    return {"source": str(contract.path), "version": version, "sha256": contract.sha256}


def _traffic(traffic: ComparedTraffic) -> dict[str, Any]:
    return {
        "recordings": list(traffic.recordings),
        "exchanges": traffic.exchanges,
        "judged": traffic.judged,
        "refused": traffic.refused,
        "forbidden": traffic.forbidden,
    }


def _change(change: Change, *, fails: bool) -> dict[str, Any]:
    return {
        "fingerprint": change.fingerprint,
        "kind": change.kind,
        "where": change.where,
        "text": change.text,
        "clients": str(change.clients),
        "servers": str(change.servers),
        "operations": list(change.operations),
        "lost": change.lost,
        "gained": change.gained,
        "waived": change.waived,
        "fails": fails,
        "recorded": _met(change.met) if change.met else None,
    }


def _met(met: Met) -> dict[str, Any]:
    return {
        "refused": dict(met.refused),
        "forbidden": dict(met.forbidden),
        "example": asdict(met.example) if met.example else None,
    }
