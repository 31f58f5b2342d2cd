"""The command `evershell-conformance`; each subcommand imports what it needs, so that --help is quick."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import click

from conformance.commands.command_line import (
    BUDGET,
    CHOICE,
    COMPARISON,
    CONNECTION,
    CONTRACT,
    COVERAGE,
    DESCRIBED,
    JUDGED_BY,
    JUDGED_TRAFFIC,
    LAID_OVER,
    LIMITS,
    LOAD,
    OWNED,
    PROXY,
    QUIET,
    READ_ONLY,
    REPORTS,
    RULES,
    SHARDS,
    STRICT,
    TARGET_HELP,
    TRUST,
    VERBOSE,
    WAIVERS,
    Commands,
    build_pytest_options,
    with_options,
)
from conformance.custody.interrupt import delay_interrupts, terminate_like_interrupt
from conformance.target.embedded import MOCK, launch


def _launch_mock(given: dict[str, Any]) -> None:
    """Start the mock in the background with the seed of the run, while the suite loads."""
    if given["seed"] is None:
        given["seed"] = secrets.randbelow(2**32)
    with delay_interrupts():  # so that the process is known, and ended, in any case
        contract, overlay = (Path(each) if each else None for each in (given["contract"], given["overlay"]))
        launch(seed=given["seed"], contract=contract, overlay=overlay)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Judge a server by the Evershell contract.

    Exit codes: 0 conforms; 1 violations; 2 wrong usage; 3 unusable target; 4 too little was judged; 5 error of the
    suite; 130 interrupted.
    """


@main.command()
@click.option("--target", required=True, metavar="TARGET", help=TARGET_HELP)
@click.option("--seed", type=click.IntRange(min=0), help="Makes the run repeatable; random without it.")
@click.option("--run-id", metavar="ID", help="The id in all names that the run gives; random on a shared server.")
@REPORTS
@click.option("--request-log", metavar="FILE", help="Write each request as a line of JSON.")
@OWNED
@STRICT
@click.option("--waivers", metavar="FILE", help="Accept the findings that this file names (TOML).")
@click.option(
    "--write-waivers", metavar="FILE", help="Add a waiver to this file for all that is found, to be given a reason."
)
@COVERAGE
@RULES
@JUDGED_BY
@LAID_OVER
@with_options(*CHOICE, BUDGET, *SHARDS, *LIMITS, *CONNECTION)
@click.option("--exitfirst", "-x", is_flag=True, help="Stop at the first finding.")
@click.option("--workers", "-n", type=click.IntRange(min=1), metavar="N", help="Judge in N processes.")
@click.option("--dry-run", is_flag=True, help="Send nothing; print what would be sent and what is missing.")
@click.option("--verbose", "-v", is_flag=True, help="Print what was reached; of a dry run list every case.")
@QUIET
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
    if given["target"] == MOCK and not (given["shard"] and given["seed"] is None):  # that is a usage error
        _launch_mock(given)
    from conformance.commands.run import run_suite  # noqa: PLC0415  # --help is quick without it
    from conformance.running.processes import build_processes_option  # noqa: PLC0415  # as above

    options = (
        build_pytest_options(given) + (["--conformance-strict"] if strict else []) + build_processes_option(workers)
    )
    if dry_run:
        from conformance.commands.dry_run import print_plan  # noqa: PLC0415  # as above

        sys.exit(print_plan(options, verbose=verbose))
    sys.exit(run_suite(options, quiet=quiet, verbose=verbose))


@main.command()
@click.option("--target", required=True, metavar="TARGET", help=TARGET_HELP)
@click.option("--seed", type=click.IntRange(min=0), help="Draws the same again; random without it.")
@with_options(*LOAD, *CHOICE, READ_ONLY)
@REPORTS
@OWNED
@STRICT
@WAIVERS
@CONTRACT
@LAID_OVER
@with_options(*CONNECTION)
@QUIET
def load(**given: Any) -> None:
    """Put load on a target, and judge each answer.

    The suite's own cases and random walks are the load, each in a world of its own. A target without worlds is sent
    reads alone. Needs the extra `load`.
    Exit codes: as for a run; 3 where not every request was answered.
    """
    terminate_like_interrupt()
    from conformance.commands.load import take_load  # noqa: PLC0415  # as above

    sys.exit(take_load(**given))


@main.command()
@click.argument("shards", nargs=-1, required=True, metavar="SHARD...", type=click.Path(path_type=Path))
@REPORTS
@STRICT
@COVERAGE
@RULES
@CONTRACT
@VERBOSE
@QUIET
def merge(shards: tuple[Path, ...], **given: Any) -> None:
    """Join the shards of a run, and print what was found.

    SHARD is what `run --shard I/N --report shard=SHARD` wrote; all N are needed.

    Exit codes: as the whole run would have; 2 where a shard is missing, doubled, or of another run.
    """
    from conformance.commands.comparing import merge_shards  # noqa: PLC0415  # as above

    sys.exit(merge_shards(shards, **given))


@main.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.argument("finding")
@click.option("--target", metavar="TARGET", help="Where to run it; the report's own target without it.")
@JUDGED_BY
@LAID_OVER
@with_options(BUDGET, *LIMITS, *CONNECTION)
def replay(report: Path, finding: str, target: str | None, **given: Any) -> None:
    """Run one finding of a JSON report again.

    FINDING is its fingerprint, or that of a group: its first digits will do. The output says whether it still holds.

    Exit codes: 1 it still holds; 0 it holds no longer; 2 and 3 as for a run.
    """
    from conformance.commands.run import replay as again  # noqa: PLC0415  # as above

    sys.exit(again(report, finding, target, build_pytest_options(given)))


@main.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="A new advisory counts like a new violation.")
def compare(before: Path, after: Path, strict: bool) -> None:  # noqa: FBT001  # as above
    """Print which findings are new since another report.

    BEFORE and AFTER are JSON reports; findings that are gone or still there are printed too.

    Exit codes: 1 a violation is new; 0 none is; 2 a report cannot be read.
    """
    from conformance.commands.comparing import print_comparison  # noqa: PLC0415  # as above

    sys.exit(print_comparison(before, after, strict=strict))


@main.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@with_options(*COMPARISON)
@QUIET
def diff(old: str, new: str, **given: Any) -> None:
    """Print what a change of the contract breaks.

    OLD and NEW are contracts: paths, or REV:PATH of git, such as HEAD~1:openapi.yaml. BRANCH...:PATH is of the merge
    base of a branch and HEAD: origin/main...:openapi.yaml in a pull request. Each change has two grades: what it does
    to clients that are right by OLD, and what it does to such servers.

    Exit codes: 0 nothing of that kind; 1 some; 2 a contract or recording cannot be read; 4 both are one commit, so
    that nothing was compared; 5 an error of the suite.
    """
    from conformance.commands.comparing import print_diff  # noqa: PLC0415  # as above

    sys.exit(print_diff(old, new, **given))


@main.command()
@click.argument("source", metavar="FILE.har|FILE.zip|DIR|-")
@with_options(*JUDGED_TRAFFIC)
@VERBOSE
@QUIET
def traffic(source: str, **given: Any) -> None:
    """Judge recorded traffic (HAR), and send nothing.

    A rule passes by an exchange that decides it, and fails where no possible state makes an answer right.

    Exit codes: as for a run; 3 where no exchange could be judged.
    """
    from conformance.commands.traffic import judge_traffic  # noqa: PLC0415  # as above

    sys.exit(judge_traffic(source, **given))


@main.command()
@with_options(*PROXY, *JUDGED_TRAFFIC, *TRUST)
@VERBOSE
@QUIET
def proxy(**given: Any) -> None:
    """Pass requests on to a server, and judge what passes.

    Give its URL to a client in the place of the server's. Answers pass unchanged, and are judged after they have left.
    Ctrl-C, SIGTERM or POST /_conformance/end ends it with the report.

    Exit codes: as for a run; 3 where no exchange could be judged.
    """
    from conformance.commands.traffic import serve_proxy  # noqa: PLC0415  # as above

    sys.exit(serve_proxy(**given))


@main.command()
@click.option("--target", metavar="TARGET", help="Only this target; every target without it.")
@click.option("--dry-run", is_flag=True, help="Send nothing; print what would be asked of which target.")
@CONTRACT
@LAID_OVER
@with_options(*CONNECTION)
def cleanup(**given: Any) -> None:
    """Remove what earlier runs left on a server.

    It says first what it will ask of which target, and asks nothing of you.

    Exit codes: 0 nothing is left; 3 something is left, and listed; 2 a profile cannot be read.
    """
    from conformance.commands.cleaning import clean_up  # noqa: PLC0415  # as above

    sys.exit(clean_up(**given))


@main.command()
@with_options(*DESCRIBED)
@CONTRACT
@LAID_OVER
@with_options(*CONNECTION)
def init(**given: Any) -> None:
    """Write a commented profile of a server.

    It asks who the callers are (GET /me/session for each credential) and what each org sees (GET /packs), no more.

    Exit codes: 0 the file is written; 2 a wrong option, or the file is there; 3 the server cannot be asked.
    """
    from conformance.commands.init import write_profile  # noqa: PLC0415  # as above

    sys.exit(write_profile(**given))


@main.group(invoke_without_command=True)
@CONTRACT
@LAID_OVER
@click.option("--clause", metavar="NAME", help="Only this clause.")
@click.pass_context
def rules(context: click.Context, contract: Path | None, overlay: Path | None, clause: str | None) -> None:
    """List the rules: id, level, provenance, sentence."""
    from conformance.commands.listing import print_rules  # noqa: PLC0415  # as above

    if context.invoked_subcommand is None:
        sys.exit(print_rules(contract, overlay, clause))


@rules.command("show")
@click.argument("rule", metavar="ID")
@CONTRACT
@LAID_OVER
def show_rule(rule: str, contract: Path | None, overlay: Path | None) -> None:
    """Print one rule: sentence, provenance, and how it is judged."""
    from conformance.commands.listing import print_rule  # noqa: PLC0415  # as above

    sys.exit(print_rule(contract, overlay, rule))


@main.command()
@CONTRACT
@LAID_OVER
@click.option("--operation", metavar="ID", help="Only this operation.")
def cells(contract: Path | None, overlay: Path | None, operation: str | None) -> None:
    """List the declared answers, and what each needs."""
    from conformance.commands.listing import print_cells  # noqa: PLC0415  # as above

    sys.exit(print_cells(contract, overlay, operation))


if __name__ == "__main__":
    main()
