"""The command `evershell-conformance`. What it runs is imported when it runs, so that --help is quick."""

from __future__ import annotations

import sys
from pathlib import Path

import click

TARGET_HELP = "What to judge: mock, a base URL, or a profile (TOML)."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Judge a server by the Evershell contract.

    Exit codes: 0 conforms; 1 violations; 2 usage, profile or contract; 3 target unreachable or unusable;
    4 coverage below --require-coverage; 5 an error of the suite; 130 interrupted.
    """


@main.command()
@click.option("--target", required=True, metavar="TARGET", help=TARGET_HELP)
@click.option("--seed", type=click.IntRange(min=0), help="Makes the run repeatable; random without it.")
@click.option(
    "--report", "reports", multiple=True, metavar="KIND=PATH", help="Write html, junit, json or markdown to a file."
)
@click.option("--request-log", metavar="FILE", help="Write each request as a line of JSON.")
@click.option("--strict", is_flag=True, help="Advisories fail the run.")
@click.option("--contract", metavar="PATH", help="Judge by this contract instead of the one that came along.")
@click.option("--rule", "rules_", multiple=True, metavar="ID", help="Judge this rule only.")
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Judge this operation only.")
@click.option("--clause", "clauses", multiple=True, metavar="NAME", help="Judge this clause only.")
@click.option(
    "--require-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 4 when less than this share of the declared cells was reached.",
)
@click.option("--workers", "-n", type=click.IntRange(min=1), metavar="N", help="Run the tests in N processes.")
def run(  # noqa: PLR0917  # click hands every option over by name
    target: str,
    seed: int | None,
    reports: tuple[str, ...],
    request_log: str | None,
    strict: bool,  # noqa: FBT001  # click hands flags over by name
    contract: str | None,
    rules_: tuple[str, ...],
    operations: tuple[str, ...],
    clauses: tuple[str, ...],
    require_coverage: float | None,
    workers: int | None,
) -> None:
    """Run the suite against a target and print what was found."""
    from conformance.command import run_suite  # noqa: PLC0415  # --help is quick without it

    single = {"--target": target, "--seed": seed, "--request-log": request_log, "--contract": contract}
    several = {"--report": reports, "--rule": rules_, "--operation": operations, "--clause": clauses}
    options = [f"{name}={value}" for name, value in single.items() if value is not None]
    options += [f"{name}={value}" for name, values in several.items() for value in values]
    options += ["--conformance-strict"] if strict else []
    options += ["-n", str(workers)] if workers else []
    sys.exit(run_suite(options, strict=strict, require_coverage=require_coverage))


@main.command()
@click.option("--contract", metavar="PATH", type=click.Path(path_type=Path), help="Of this contract.")
@click.option("--clause", metavar="NAME", help="Of this clause only.")
def rules(contract: Path | None, clause: str | None) -> None:
    """List the rules: id, level, provenance and sentence."""
    from conformance.command import print_rules  # noqa: PLC0415  # as above

    sys.exit(print_rules(contract, clause))


@main.command()
@click.option("--contract", metavar="PATH", type=click.Path(path_type=Path), help="Of this contract.")
@click.option("--operation", metavar="ID", help="Of this operation only.")
def cells(contract: Path | None, operation: str | None) -> None:
    """List the declared cells, operation, status and code, and what each needs of a target."""
    from conformance.command import print_cells  # noqa: PLC0415  # as above

    sys.exit(print_cells(contract, operation))


if __name__ == "__main__":
    main()
