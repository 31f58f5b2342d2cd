"""The suite's options for pytest; the plugin itself is loaded only where a target is named."""

from __future__ import annotations

import pytest

from conformance.budget import BUDGETS, NORMAL
from conformance.errors import explain_missing_extra

PLUGIN = "conformance.plugin"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; those whose name pytest has already carry the prefix."""
    group = parser.getgroup("conformance", "judging a server by its contract")
    add = group.addoption
    add("--target", metavar="TARGET", help="mock, a base URL or a profile (TOML)")
    add("--seed", type=int, metavar="N", help="makes the run repeatable (default: random)")
    add(
        "--run-id",
        metavar="ID",
        help="stands in the name of whatever the run makes (default: random where others use the server too)",
    )
    add("--contract", metavar="PATH", help="judge by this contract instead of the one that came along")
    add("--overlay", metavar="PATH", help="lay this OpenAPI Overlay over the contract")
    add("--request-log", metavar="FILE", help="write each request as a line of JSON")
    add(
        "--report",
        action="append",
        default=[],
        metavar="KIND=PATH",
        help="write a report: html, junit, json, markdown, arazzo, sarif or codequality, or with --shard a shard; "
        "`github`, without a path, prints annotations; may be given several times",
    )
    for name, kind in (("rule", "ID"), ("operation", "ID"), ("clause", "NAME"), ("case", "ID")):
        add(f"--{name}", action="append", default=[], metavar=kind, help=f"judge this {name} only")
    add("--only", choices=("generated", "directed"), help="judge generated requests only, or directed ones")
    add("--budget", choices=tuple(BUDGETS), default=NORMAL.name, help=f"how much is made up: {', '.join(BUDGETS)}")
    add("--shard", metavar="I/N", help="judge part I of N alone; evershell-conformance merge joins the parts")
    add(
        "--conformance-durations",
        metavar="FILE",
        help="deal the parts by the durations in a JSON report of an earlier run",
    )
    add(
        "--processes",
        type=int,
        default=1,
        metavar="N",
        help="judge in N copies of the process, where the system can copy one; 0: as many as suit",
    )
    add("--read-only", action="store_true", help="send nothing that could change the target")
    add("--probe-unsafe", action="store_true", help="send unsafe methods to what the run did not make too")
    add("--requests-per-second", type=float, metavar="N", help="send no faster")
    add("--max-requests", type=int, metavar="N", help="send no more; so many as are needed to clean up are kept back")
    add("--stream-seconds", type=float, metavar="N", help="read a stream for so long; above 310 it has to end")
    add("--time-limit", type=float, default=3600.0, metavar="SECONDS", help="start no test after this time")
    add("--cacert", metavar="FILE", help="trust the certificates of this authority (PEM)")
    add("--insecure", action="store_true", help="trust any certificate")
    add("--answer-timeout", type=float, default=10.0, metavar="SECONDS", help="the longest wait for an answer")
    add("--header", action="append", default=[], metavar="'NAME: VALUE'", help="send this with every request")
    add("--waivers", metavar="FILE", help="accept the findings that this file names (TOML)")
    add("--write-waivers", metavar="FILE", help="add a waiver to this file for each group that none covers")
    add(
        "--owned", action="store_true", help="judge the contract's own team: each statement binds, the assumed ones too"
    )
    add("--conformance-strict", action="store_true", help="advisories fail the run")
    add(
        "--require-coverage",
        type=float,
        metavar="PERCENT",
        help="fail the run below this share of declared cells",
    )
    add("--require-rules", type=float, metavar="PERCENT", help="fail the run where fewer of the rules are judged")


def pytest_configure(config: pytest.Config) -> None:
    """Load the plugin where a target is named."""
    for marker in (
        "conformance_rule(ids): the one rule that the test judges, or those of a law",
        "conformance_judges(id): of a case of a law, the rule that it judges",
        "conformance_over(names, values, need, by_rule)",
        "conformance_needs(need): what the profile lacks for the test",
        "conformance_about(names): the operations that the test is about",
        "conformance_whole_path: about every operation of its paths",
        "conformance_long: as long as a hundred others",
        "conformance_in_full: each budget judges every case",
        "conformance_sends(requests): about how many the test sends",
    ):
        config.addinivalue_line("markers", marker)
    named = config.getoption("--target") or getattr(config, "workerinput", {}).get("conformance")
    if named and not config.pluginmanager.has_plugin(PLUGIN):
        try:
            config.pluginmanager.import_plugin(PLUGIN)
        except ModuleNotFoundError as missing:
            if (advice := explain_missing_extra(missing)) is None:
                raise
            raise pytest.UsageError(advice) from missing
