"""The JSON report; results.schema.json is its schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from conformance.results.fault_codes import FAULT_CODES
from conformance.results.plain_text import as_json
from conformance.results.report.view import Defect, ShownGroup, format_headline, list_defects, split_groups
from conformance.results.verdict import DISTRIBUTION, Finding, RuleVerdict, Run, Verdict
from conformance.values import read_fields

FORMAT = 2  # the version of the format, which grows when an older reader would misread it


def read_schema() -> dict[str, Any]:
    """Return the published JSON Schema (2020-12) of the report."""
    text = files("conformance.results.report").joinpath("results.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def render(run: Run) -> str:
    """Return the report in ASCII, since a target may send invalid text."""
    return as_json(build_document(run))


def build_document(run: Run) -> dict[str, Any]:
    """Return the report as plain values."""
    worst, rest = split_groups(run)
    return {
        "format": FORMAT,
        "target": run.target,
        "named": run.named,
        "base_url": run.base_url,
        "seed": run.seed,
        "run_id": run.run_id,
        "budget": run.budget.name,
        "started": run.started_at,
        "suite": {"name": DISTRIBUTION, "version": run.suite_version},
        "contract": _build_contract(run),
        "strict": run.is_strict,
        "require_coverage": run.require_coverage,
        "require_rules": run.require_rules,
        "verdict": run.verdict.name,
        "verdicts": [verdict.name for verdict in run.verdicts],
        "exit_code": run.exit_code,
        "headline": format_headline(run),
        "interrupted": run.is_interrupted,
        "unusable": run.unusable,
        "cut_short": run.cut_short or None,
        "unjudged": list(run.unjudged),
        "groups": [_group(shown) for shown in worst],
        "other_groups": [_build_index_entry(shown) for shown in rest],
        "summary": _build_summary(run),
        **({"traffic": read_fields(run.traffic)} if run.traffic else {}),
        **({"load": run.load.to_json()} if run.load else {}),
        "rules": [_build_rule(verdict) for verdict in run.rules],
        "cells": _build_cells(run),
        "findings": [_build_defect(defect) for defect in list_defects(run)],
        "explored": [read_fields(each) for each in run.explored],
        "gains": [{**read_fields(each), "cells": [read_fields(cell) for cell in each.cells]} for each in run.gains],
        "cases": [{**each.to_json(), "findings": _list_fingerprints(each.findings)} for each in run.cases],
        "slowest": [{"case": each.id, "duration_ms": round(each.duration_ms, 3)} for each in run.slowest],
        "left_behind": list(run.left_behind),
        "notes": list(run.notes),
        "errors": list(run.errors),
    }


def _build_contract(run: Run) -> dict[str, Any]:
    info = run.contract.document.get("info", {})
    return {
        "title": str(info.get("title", "")),
        "version": run.contract_version,
        "sha256": run.contract.sha256,
        "owned": run.contract.is_owned,
    }


def _build_summary(run: Run) -> dict[str, Any]:
    reached, declared = run.covered
    return {
        "requests": run.requests,
        "throttled": run.throttled,
        "duration_s": round(run.duration_s, 3),
        "operations": {"asked": run.served[0], "declared": run.served[1]},
        "cells": {"reached": reached, "declared": declared},
        "coverage": round(run.coverage, 2),
        "rules": {"judged": run.judged[0], "all": run.judged[1]},
        "cases": {verdict.name: run.count(verdict) for verdict in Verdict},
    }


def _build_rule(verdict: RuleVerdict) -> dict[str, Any]:
    rule = verdict.rule
    return {
        "id": rule.id,
        "clause": rule.clause,
        "level": rule.level,
        "provenance": str(rule.provenance),
        "text": rule.text,
        "verdict": verdict.verdict.name,
        "cases": len(verdict.cases),
        "findings": _list_fingerprints(verdict.findings),
        "reasons": list(verdict.reasons),
    }


def _build_cells(run: Run) -> list[dict[str, Any]]:
    declared = frozenset(run.cells)
    return [
        {
            **read_fields(cell),
            "declared": cell in declared or run.contract.is_declared_by_range(cell),
            "count": reached.count,
            "by": reached.by or None,
        }
        for cell, reached in run.answers.items()
    ]


def _build_defect(defect: Defect) -> dict[str, Any]:
    finding = defect.finding
    return {
        "fingerprint": defect.fingerprint,
        "verdict": defect.verdict.name,
        "count": defect.occurrences.count,
        "cases": list(defect.occurrences.cases),
        **finding.cut_bodies().to_json(),
        "curl": defect.curl,
        "fault_code": FAULT_CODES.get(finding.rule),
    }


def _group(shown: ShownGroup) -> dict[str, Any]:
    group = shown.group
    return {
        **_build_index_entry(shown),
        "rules": list(group.rules),
        "operations": list(group.operations),
        "cases": group.cases,
        "effect": shown.effect,
        "names": list(group.lead.evidence.names),
        "before": shown.before,
        "after": shown.after,
    }


def _build_index_entry(shown: ShownGroup) -> dict[str, Any]:
    group = shown.group
    return {
        "fingerprint": group.fingerprint,
        "verdict": group.verdict.name,
        "title": shown.title,
        "findings": list(group.members),
        "lead": group.lead.fingerprint,
        "waiver": shown.waiver,
    }


def _list_fingerprints(findings: Iterable[Finding]) -> list[str]:
    return list(dict.fromkeys(finding.fingerprint for finding in findings))
