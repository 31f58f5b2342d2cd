"""The command `evershell-conformance`; each subcommand imports what it needs, so that --help is quick."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.budget import BUDGETS, NORMAL
from conformance.commands.command_group import Commands
from conformance.custody.interrupt import terminate_like_interrupt, uninterrupted
from conformance.target.embedded import MOCK, launch

F = TypeVar("F", bound=Callable[..., Any])

ABOVE_0 = click.FloatRange(min=0, min_open=True)
TARGET_HELP = "What to judge: mock, a base URL, or a profile (TOML)."
CONTRACT = click.option("--contract", metavar="PATH", type=click.Path(path_type=Path), help="Use this contract.")

CONNECTION = (
    click.option("--cacert", metavar="FILE", help="Trust the certificates of this authority (PEM)."),
    click.option("--insecure", is_flag=True, help="Trust any certificate."),
    click.option(
        "--timeout",
        "answer_timeout",
        type=ABOVE_0,
        metavar="SECONDS",
        help="The longest wait for an answer; 10 without it.",
    ),
    click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Send this with every request."),
)
"""How the target is reached. Proxies are the environment's: HTTP_PROXY, HTTPS_PROXY, NO_PROXY."""

LIMITS = (
    click.option("--read-only", is_flag=True, help="Send nothing that could change the target."),
    click.option(
        "--probe-unsafe",
        is_flag=True,
        help="Send unsafe requests too that only a right server refuses: to collections, /me, packs of other orgs.",
    ),
    click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Send no more than this."),
    click.option("--requests-per-second", type=ABOVE_0, metavar="N", help="Send no faster than this."),
    click.option(
        "--time-limit", type=ABOVE_0, metavar="SECONDS", help="Start no test after this time; 3600 without it."
    ),
)

CHOICE = (
    click.option("--rule", multiple=True, metavar="ID", help="Judge this rule only."),
    click.option("--operation", multiple=True, metavar="ID", help="Judge this operation only."),
    click.option("--clause", multiple=True, metavar="NAME", help="Judge this clause only."),
    click.option("--case", multiple=True, metavar="ID", help="Run this case only, as a report names it."),
    click.option("--only", type=click.Choice(["generated", "directed"]), help="Judge these requests only."),
)


BUDGET = click.option(
    "--budget",
    type=click.Choice(list(BUDGETS)),
    help=f"How many requests are generated: {'; '.join(map(str, BUDGETS.values()))}. Without it: {NORMAL.name}.",
)


def _with(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _options(given: dict[str, Any]) -> list[str]:
    """The options as pytest takes them: a flag where it is set, and one option for each of several values."""
    options = []
    for name, value in given.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            options.append(option)
        elif isinstance(value, tuple):
            options += [f"{option}={each}" for each in value]
        elif value is not None and value is not False:
            options.append(f"{option}={value}")
    return options


def _launch_mock(given: dict[str, Any]) -> None:
    """Start the mock in the background with the seed of the run, while the suite loads."""
    if given["seed"] is None:
        given["seed"] = secrets.randbelow(2**32)
    with uninterrupted():  # so that the process is known, and ended, in any case
        launch(seed=given["seed"], contract=Path(given["contract"]) if given["contract"] else None)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Judge a server by the Evershell contract.

    Exit codes: 0 conforms; 1 violations; 2 usage, profile or contract; 3 target unreachable or unusable;
    4 coverage below --require-coverage; 5 an error of the suite; 130 interrupted.
    """


@main.command()
@click.option("--target", required=True, metavar="TARGET", help=TARGET_HELP)
@click.option("--seed", type=click.IntRange(min=0), help="Makes the run repeatable; random without it.")
@click.option("--run-id", metavar="ID", help="The id in all names that the run gives; random on a shared server.")
@click.option("--report", multiple=True, metavar="KIND=PATH", help="Write html, junit, json or markdown to a file.")
@click.option("--request-log", metavar="FILE", help="Write each request as a line of JSON.")
@click.option("--strict", is_flag=True, help="Advisories fail the run.")
@click.option("--waivers", metavar="FILE", help="Accept the findings that this file names (TOML).")
@click.option(
    "--require-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 4 when less than this share of the declared cells was reached.",
)
@click.option("--contract", metavar="PATH", help="Judge by this contract instead of the one that came along.")
@_with(*CHOICE, BUDGET, *LIMITS, *CONNECTION)
@click.option("--exitfirst", "-x", is_flag=True, help="Stop at the first finding.")
@click.option("--workers", "-n", type=click.IntRange(min=1), metavar="N", help="Judge in N processes.")
@click.option("--dry-run", is_flag=True, help="Send nothing; print what would be sent and what is missing.")
@click.option("--verbose", "-v", is_flag=True, help="List every case of a dry run.")
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict line alone.")
def run(
    strict: bool,  # noqa: FBT001  # click hands flags over by name
    workers: int | None,
    dry_run: bool,  # noqa: FBT001  # as above
    verbose: bool,  # noqa: FBT001  # as above
    quiet: bool,  # noqa: FBT001  # as above
    **given: Any,
) -> None:
    """Judge a target and print what was found."""
    terminate_like_interrupt()
    if given["target"] == MOCK:
        _launch_mock(given)
    from conformance.commands.verbs import run_suite  # noqa: PLC0415  # --help is quick without it
    from conformance.running.processes import processes_option  # noqa: PLC0415  # as above

    options = _options(given) + (["--conformance-strict"] if strict else []) + processes_option(workers)
    if dry_run:
        from conformance.commands.dry_run import print_plan  # noqa: PLC0415  # as above

        sys.exit(print_plan(options, verbose=verbose))
    sys.exit(run_suite(options, quiet=quiet))


@main.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.argument("finding")
@click.option("--target", metavar="TARGET", help="Where to run it; the report's own target without it.")
@click.option("--contract", metavar="PATH", help="Judge by this contract instead of the one that came along.")
@_with(BUDGET, *LIMITS, *CONNECTION)
def replay(report: Path, finding: str, target: str | None, **given: Any) -> None:
    """Run one finding of a JSON report again.

    FINDING is its fingerprint; the output says whether it still holds.

    Exit codes: 1 it still holds; 0 it holds no longer; 2 and 3 as for a run.
    """
    from conformance.commands.replay import replay as again  # noqa: PLC0415  # as above

    sys.exit(again(report, finding, target, _options(given)))


@main.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="A new advisory counts like a new violation.")
def compare(before: Path, after: Path, strict: bool) -> None:  # noqa: FBT001  # as above
    """Print which findings are new since another report.

    BEFORE and AFTER are JSON reports; findings that are gone or still there are printed too.

    Exit codes: 1 a violation is new; 0 none is; 2 a report cannot be read.
    """
    from conformance.commands.verbs import print_comparison  # noqa: PLC0415  # as above

    sys.exit(print_comparison(before, after, strict=strict))


@main.command()
@click.option("--target", metavar="TARGET", help="Only this target; every target without it.")
@_with(*CONNECTION)
def cleanup(target: str | None, **given: Any) -> None:
    """Remove what earlier runs left on a server.

    Exit codes: 0 nothing is left; 3 something is left, and listed; 2 a profile cannot be read.
    """
    from conformance.commands.cleaning import clean_up  # noqa: PLC0415  # as above

    sys.exit(clean_up(target, **given))


@main.command()
@click.option("--target", required=True, metavar="URL", help="The server's base URL.")
@click.option(
    "--caller",
    "callers",
    multiple=True,
    metavar="[NAME=]env:VARIABLE",
    help="A credential, in a variable of the environment; may be given several times.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("target.toml"),
    show_default=True,
    metavar="FILE",
    help="Where to write the profile.",
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@CONTRACT
@_with(*CONNECTION)
def init(
    target: str,
    callers: tuple[str, ...],
    output: Path,
    force: bool,  # noqa: FBT001  # as above
    contract: Path | None,
    **given: Any,
) -> None:
    """Write a commented profile of a server.

    It asks who the callers are (GET /me/session for each credential) and what each org sees (GET /packs), no more.

    Exit codes: 0 the file is written; 2 a wrong option, or the file is there; 3 the server cannot be asked.
    """
    from conformance.commands.write_profile import write_profile  # noqa: PLC0415  # as above

    sys.exit(write_profile(target, callers, output, force=force, contract=contract, **given))


@main.group(invoke_without_command=True)
@CONTRACT
@click.option("--clause", metavar="NAME", help="Only this clause.")
@click.pass_context
def rules(context: click.Context, contract: Path | None, clause: str | None) -> None:
    """List the rules: id, level, provenance, sentence."""
    from conformance.commands.verbs import print_rules  # noqa: PLC0415  # as above

    if context.invoked_subcommand is None:
        sys.exit(print_rules(contract, clause))


@rules.command("show")
@click.argument("rule", metavar="ID")
@CONTRACT
def show_rule(rule: str, contract: Path | None) -> None:
    """Print one rule: sentence, provenance, and how it is judged."""
    from conformance.commands.verbs import print_rule  # noqa: PLC0415  # as above

    sys.exit(print_rule(contract, rule))


@main.command()
@CONTRACT
@click.option("--operation", metavar="ID", help="Only this operation.")
def cells(contract: Path | None, operation: str | None) -> None:
    """List the declared answers, and what each needs."""
    from conformance.commands.verbs import print_cells  # noqa: PLC0415  # as above

    sys.exit(print_cells(contract, operation))


if __name__ == "__main__":
    main()
