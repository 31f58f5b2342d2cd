"""The HTML report: one file without scripts that needs no network."""

from __future__ import annotations

from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.results.plain_text import escape_line, escape_text
from conformance.results.report import view
from conformance.results.report.view import list_remarks, shorten, split_groups
from conformance.results.verdict import DISTRIBUTION, Run, Verdict

LINE_FEED = Markup("&#10;")
"""A line feed that ends no line of the file."""


def render(run: Run) -> str:
    """Return the page; every value in it is escaped, since a target may answer anything."""
    info = run.contract.document.get("info", {})
    shown = {rule.verdict for rule in run.rules}
    worst, rest = split_groups(run)
    return (
        _build_environment(run)
        .get_template("report.html.j2")
        .render(
            run=run,
            title=info.get("title", "the contract"),
            version=view.describe_contract(run),
            suite=f"{DISTRIBUTION} {run.suite_version}",
            headline=view.format_headline(run),
            groups=worst,
            other_groups=rest,
            defects=view.list_defects(run),
            matrix=view.build_matrix(run),
            shared_reasons=list(view.group_by_reason(run).items()),
            gains_title=view.GAINS,
            verdicts=tuple(reversed(Verdict)),
            rule_verdicts=[verdict for verdict in reversed(Verdict) if verdict in shown],
        )
    )


def _escape_value(value: Any) -> Any:
    """Escape a text for the page; only the template makes markup, and the lines of the file."""
    return escape(escape_text(value)).replace("\n", LINE_FEED) if type(value) is str else value


def _build_environment(run: Run) -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.results.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escape_value,
    )
    filters: dict[str, Any] = {
        "body": view.format_body,
        "gained": view.describe_gain,
        "plain_line": escape_line,
        "request_lines": partial(view.request_lines, variables=run.variables),
        "remarks": list_remarks,
        "response_lines": view.format_response,
        "shortened": shorten,
    }
    environment.filters.update(filters)
    return environment
