"""Options of several commands, and the group of `evershell-conformance`: exit codes, errors, the order of the help."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.budget import BUDGETS, NORMAL
from conformance.errors import INTERRUPTED, OURS, USAGE, SuiteError, explain_missing_extra

F = TypeVar("F", bound=Callable[..., Any])

ABOVE_0 = click.FloatRange(min=0, min_open=True)
TARGET_HELP = "What to judge: mock, a base URL, or a profile (TOML)."
CONTRACT = click.option("--contract", metavar="PATH", type=click.Path(path_type=Path), help="Use this contract.")

JUDGED_BY = click.option(
    "--contract", metavar="PATH", help="Judge by this contract instead of the one that came along."
)
LAID_OVER = click.option(
    "--overlay",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Lay this OpenAPI Overlay 1.0 over the contract.",
)
REPORTS = click.option(
    "--report",
    multiple=True,
    metavar="KIND=PATH",
    help="Write html, junit, json, markdown, arazzo, sarif or codequality to a file; `github` prints annotations.",
)
STRICT = click.option("--strict", is_flag=True, help="Advisories fail the run.")
RULES = click.option(
    "--require-rules",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 4 when less than this share of the rules was judged.",
)
OWNED = click.option(
    "--owned",
    is_flag=True,
    help="The server is of the contract's own team: each statement binds, the assumed ones too.",
)
COVERAGE = click.option(
    "--require-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 4 when less than this share of the declared cells was reached.",
)
WAIVERS = click.option(
    "--waivers", metavar="FILE", type=click.Path(path_type=Path), help="Accept the findings of this file."
)
VERBOSE = click.option("--verbose", "-v", is_flag=True, help="Print what was reached, and each cell that was not.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Print the verdict line alone.")

SHARDS = (
    click.option(
        "--shard",
        metavar="I/N",
        help="Judge part I of N alone, for `merge`; --report shard=FILE writes what it needs. Needs --seed.",
    ),
    click.option(
        "--durations",
        "conformance_durations",
        metavar="FILE",
        help="Deal the parts by the durations in an earlier JSON report.",
    ),
)
"""The options that divide the judging of a run among several machines."""

TRUST = (
    click.option("--cacert", metavar="FILE", help="Trust the certificates of this authority (PEM)."),
    click.option("--insecure", is_flag=True, help="Trust any certificate."),
)
CONNECTION = (
    *TRUST,
    click.option(
        "--timeout",
        "answer_timeout",
        type=ABOVE_0,
        metavar="SECONDS",
        help="The longest wait for an answer; 10 without it.",
    ),
    click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Send this with every request."),
)
"""The options for reaching the target. Proxies are the environment's: HTTP_PROXY, HTTPS_PROXY, NO_PROXY."""

PROXY = (
    click.option("--to", required=True, metavar="URL", help="The server to pass on to."),
    click.option(
        "--port", type=click.IntRange(0, 65535), default=4040, show_default=True, help="Listen here; 0: a free one."
    ),
    click.option("--host", default="127.0.0.1", show_default=True, help="Listen here; loopback is for this machine."),
    click.option(
        "--host-header",
        metavar="keep|target|HOST",
        help="The Host that requests have: the client's, that of --to, or this one. Without it: keep for a server on "
        "loopback, else target.",
    ),
    click.option(
        "--record", metavar="OUT.har", type=click.Path(path_type=Path), help="Write what passes, without credentials."
    ),
)
"""The options that say where a proxy stands."""

DESCRIBED = (
    click.option("--target", required=True, metavar="URL", help="The server's base URL."),
    click.option(
        "--caller",
        "callers",
        multiple=True,
        metavar="[NAME=]env:VARIABLE",
        help="A credential, in a variable of the environment; may be given several times.",
    ),
    click.option(
        "--output",
        type=click.Path(path_type=Path),
        default=Path("target.toml"),
        show_default=True,
        metavar="FILE",
        help="Where to write the profile.",
    ),
    OWNED,
    click.option("--force", is_flag=True, help="Overwrite an existing file."),
)
"""The options that say of which server a profile is written, and where to."""

READ_ONLY = click.option("--read-only", is_flag=True, help="Send nothing that could change the target.")
LIMITS = (
    READ_ONLY,
    click.option(
        "--probe-unsafe",
        is_flag=True,
        help="Send unsafe requests too that only a right server refuses: to collections, /me, packs of other orgs.",
    ),
    click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Send no more than this."),
    click.option("--requests-per-second", type=ABOVE_0, metavar="N", help="Send no faster than this."),
    click.option(
        "--stream-seconds",
        type=ABOVE_0,
        metavar="SECONDS",
        help="Read a stream for so long at most; above 310 it is judged whether it ends. 45 without it.",
    ),
    click.option(
        "--time-limit", type=ABOVE_0, metavar="SECONDS", help="Start no test after this time; 3600 without it."
    ),
)

LOAD = (
    click.option(
        "--users", type=click.IntRange(min=1), default=16, show_default=True, help="How many ask at the same time."
    ),
    click.option("--rate", type=ABOVE_0, metavar="N", help="Requests a second; without it as many as it goes."),
    click.option("--duration", type=ABOVE_0, default=60.0, show_default=True, metavar="SECONDS", help="For how long."),
    click.option(
        "--ramp", is_flag=True, help="Find the highest rate at which the contract holds; each step takes --duration."
    ),
    click.option(
        "--workers", "-n", type=click.IntRange(min=1), default=1, show_default=True, help="Processes on this machine."
    ),
    click.option(
        "--master", type=click.IntRange(min=1), metavar="N", help="Wait for N workers of other machines instead."
    ),
    click.option(
        "--bind", default="127.0.0.1:0", show_default=True, metavar="HOST:PORT", help="Where workers find the master."
    ),
    click.option("--worker", metavar="HOST:PORT", help="Be a worker of the master there."),
    click.option(
        "--allow-host",
        multiple=True,
        metavar="HOST",
        help="Load a server on this host, which is not this machine: others may use it.",
    ),
)
"""The options that say how much a load sends, and from where."""

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
    help=f"How much is judged: {'; '.join(map(str, BUDGETS.values()))}. Without it: {NORMAL.name}.",
)

JUDGED_TRAFFIC = (
    click.option("--base", metavar="URL", help="The base URL of the API; without it, every one that requests show."),
    click.option(
        "--profile", metavar="FILE", type=click.Path(path_type=Path), help="Name the callers by this profile."
    ),
    click.option("--alone", is_flag=True, help="Nobody but whom the recording has changed anything meanwhile."),
    click.option(
        "--side",
        type=click.Choice(["server", "client", "both"]),
        default="server",
        show_default=True,
        help="Judge who answers, who asks, or both.",
    ),
    REPORTS,
    OWNED,
    STRICT,
    WAIVERS,
    COVERAGE,
    click.option(
        "--show-values", is_flag=True, help="Reports show values; without it, their lengths. Never credentials."
    ),
    CONTRACT,
    LAID_OVER,
)
COMPARISON = (
    click.option(
        "--overlay",
        multiple=True,
        metavar="PATH",
        help="Lay this OpenAPI Overlay 1.0 over both; given twice, the first over OLD and the second over NEW.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(["any", "clients", "servers", "recorded", "never"]),
        default="any",
        show_default=True,
        help="Exit 1 where either side breaks, or this one alone, or where a recording shows that one does.",
    ),
    click.option("--strict", is_flag=True, help="What may break counts like what breaks."),
    click.option(
        "--report",
        multiple=True,
        metavar="KIND=PATH",
        help="Write markdown (at most 60 lines), json, junit, sarif or codequality to a file; `github` prints.",
    ),
    click.option(
        "--waivers",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Accept the changes that this file names (TOML).",
    ),
    click.option("--traffic", metavar="FILE.har|FILE.zip|DIR|-", help="Say what of this recording each change breaks."),
    click.option(
        "--profile", metavar="FILE", type=click.Path(path_type=Path), help="Name the recording's callers by it."
    ),
)


def with_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that gives a command these options, in this order."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def build_pytest_options(given: dict[str, Any]) -> list[str]:
    """Return the options as pytest takes them: a flag where it is set, and one option for each of several values."""
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


FIRST_DAY = ("run", "init", "replay")


class Commands(click.Group):
    """A group that ends with the exit codes of the suite, and whose help begins with the most used commands.

    An interrupt is 130, however early it comes: click's own 1 would mean violations. A missing extra is 2, and
    whatever else goes wrong here is 5: it says nothing of what was to be judged.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*FIRST_DAY, *(name for name in super().list_commands(ctx) if name not in FIRST_DAY)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options, unlike click."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SuiteError as error:
            from conformance.results.plain_text import escape_lines  # noqa: PLC0415  # --help is quick without it

            click.echo(escape_lines(f"evershell-conformance: {error}"), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("evershell-conformance: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except ModuleNotFoundError as missing:
            if (advice := explain_missing_extra(missing)) is None:
                _tell_own_error()
                ctx.exit(OURS)
            click.echo(f"evershell-conformance: {advice}", err=True)
            ctx.exit(USAGE)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click says how each of them ends
        except Exception:  # noqa: BLE001  # whatever it is, it is of the suite
            _tell_own_error()
            ctx.exit(OURS)


def _tell_own_error() -> None:
    from conformance.results.plain_text import escape_lines  # noqa: PLC0415  # --help is quick without it

    click.echo(escape_lines(f"evershell-conformance: an error of the suite\n{traceback.format_exc()}"), err=True)
