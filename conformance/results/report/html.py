"""The HTML report: one file without scripts that needs no network."""

from __future__ import annotations

from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.results.plain_text import plain, plain_line
from conformance.results.report import view
from conformance.results.report.view import remarks, shortened, shown_groups
from conformance.results.verdict import DISTRIBUTION, Run, Verdict

LINE_FEED = Markup("&#10;")
"""A line feed that ends no line of the file."""


def render(run: Run) -> str:
    """Return the page; every value in it is escaped, since a target may answer anything."""
    info = run.contract.document.get("info", {})
    shown = {rule.verdict for rule in run.rules}
    worst, rest = shown_groups(run)
    return (
        _environment(run)
        .get_template("report.html.j2")
        .render(
            run=run,
            title=info.get("title", "the contract"),
            version=view.judged_by(run),
            suite=f"{DISTRIBUTION} {run.suite_version}",
            headline=view.headline(run),
            groups=worst,
            other_groups=rest,
            defects=view.defects(run),
            matrix=view.matrix(run),
            shared_reasons=list(view.shared_reasons(run).items()),
            gains_title=view.GAINS,
            verdicts=tuple(reversed(Verdict)),
            rule_verdicts=[verdict for verdict in reversed(Verdict) if verdict in shown],
        )
    )


def _escaped(value: Any) -> Any:
    """Escape a text for the page; only the template makes markup, and the lines of the file."""
    return escape(plain(value)).replace("\n", LINE_FEED) if type(value) is str else value


def _environment(run: Run) -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.results.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escaped,
    )
    filters: dict[str, Any] = {
        "body": view.body,
        "gained": view.gained,
        "plain_line": plain_line,
        "request_lines": partial(view.request_lines, variables=run.variables),
        "remarks": remarks,
        "response_lines": view.response_lines,
        "shortened": shortened,
    }
    environment.filters.update(filters)
    return environment
