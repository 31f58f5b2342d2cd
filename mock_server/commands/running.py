"""A command's way to a running mock: its options, its output as tables or JSON, its errors and exit codes."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mock_server.client import DEFAULT, Mock, MockError, MockWorld, Refused, Unreachable

URL = "http://127.0.0.1:4010"
REFUSED, WRONG, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130
_ENDLESS = 10_000

Command = Callable[..., None]


class WrongFile(MockError):
    """A named file cannot be read, or does not hold a state; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Prints the result of a command as text, or as JSON with --json."""

    as_json: bool

    def print_table(self, data: Any, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
        """Print rows, or `data` as JSON; `empty` says that there are none."""
        if self.as_json:
            self.print_data(data)
            return
        shown = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            shown.add_column(column)
        for row in rows:
            shown.add_row(*(Text(_write_cell(cell)) for cell in row))
        self._print(shown if shown.row_count else Text(empty))

    def print(self, data: Any, text: str) -> None:
        """Print a sentence, or `data` as JSON."""
        if self.as_json:
            self.print_data(data)
        else:
            click.echo(text)

    def print_error(self, data: Any, text: str) -> None:
        """Print an error to standard error, or `data` as JSON in the form of the envelope."""
        shown = json.dumps({"error": data}, ensure_ascii=False) if self.as_json else f"evershell-mock: {text}"
        click.echo(shown, err=True)

    def print_data(self, data: Any) -> None:
        """Print data as JSON."""
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))

    def _print(self, what: Table | Text) -> None:
        if sys.stdout.isatty():
            Console(highlight=False).print(what)
            return
        # A file or a pipe has no width: no line is cut or folded, and none ends in blanks.
        console = Console(highlight=False, width=_ENDLESS)
        with console.capture() as printed:
            console.print(what)
        click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def _write_cell(cell: object) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


class _Inherited(click.Option):
    """An option that may stand before the name of a subcommand as well as after it."""

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, ParameterSource]:
        value, source = super().consume_value(ctx, opts)
        above, name = ctx.parent, self.name or ""
        if source is not ParameterSource.COMMANDLINE and above is not None and name in above.params:
            return above.params[name], above.get_parameter_source(name) or source
        return value, source


_inherited = functools.partial(click.option, cls=_Inherited)


def make_completion(
    names: Callable[[MockWorld], list[str]],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return a completion of names that the running mock knows; it is empty where no mock runs."""

    def complete(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        given = {**(ctx.parent.params if ctx.parent else {}), **ctx.params}
        found: list[str] = []
        with suppress(MockError), Mock(given.get("url") or URL, control_token=given.get("control_token")) as mock:
            found = names(mock.world(given.get("world_name") or DEFAULT))
        return [CompletionItem(name) for name in found if name.startswith(begun)]

    return complete


complete_worlds = make_completion(lambda world: [each["name"] for each in world.mock.worlds()])


def _with_address(command: Command) -> Command:
    """Give a command the options that say where a mock is, and with which token it is asked."""
    url = _inherited(
        "--url", default=URL, envvar="EVERSHELL_MOCK_URL", show_default=True, show_envvar=True, help="The mock."
    )
    token = _inherited(
        "--control-token",
        metavar="TOKEN",
        envvar="EVERSHELL_MOCK_CONTROL_TOKEN",
        show_envvar=True,
        help="The token that it was started with, if any.",
    )
    return url(token(command))


@contextmanager
def _reach(terminal: Terminal, url: str, control_token: str | None) -> Iterator[Mock]:
    """Yield a mock; end the command, with the exit code, where it could not do what was asked."""
    try:
        with Mock(url, control_token=control_token) as mock:
            yield mock
    except MockError as error:
        terminal.print_error(error.error if isinstance(error, Refused) else {"message": str(error)}, str(error))
        sys.exit({Unreachable: UNREACHABLE, WrongFile: WRONG}.get(type(error), REFUSED))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def on_address(command: Command) -> Command:
    """Give a command the argument `mock`, which need not run yet."""

    @_with_address
    @functools.wraps(command)
    def run_at_address(*, url: str, control_token: str | None, **arguments: Any) -> None:
        with _reach(Terminal(as_json=False), url, control_token) as mock:
            command(mock=mock, **arguments)

    return run_at_address


def on_mock(command: Command) -> Command:
    """Give a command the arguments `mock`, a running mock, and `terminal`; a group runs only without a subcommand."""

    @_with_address
    @_inherited("--json", "as_json", is_flag=True, help="As JSON, for programs.")
    @functools.wraps(command)
    def run_on_mock(*, url: str, control_token: str | None, as_json: bool, **arguments: Any) -> None:
        if click.get_current_context().invoked_subcommand:
            return
        terminal = Terminal(as_json=as_json)
        with _reach(terminal, url, control_token) as mock:
            command(mock=mock, terminal=terminal, **arguments)

    return run_on_mock


def on_world(command: Command) -> Command:
    """Give a command the arguments `world`, of a running mock, and `terminal`."""

    @_inherited(
        "--world",
        "world_name",
        default=DEFAULT,
        envvar="EVERSHELL_MOCK_WORLD",
        metavar="NAME",
        show_default=True,
        show_envvar=True,
        shell_complete=complete_worlds,
        help="The world.",
    )
    @functools.wraps(command)
    def run_in_world(*, mock: Mock, world_name: str, **arguments: Any) -> None:
        command(world=mock.world(world_name), **arguments)

    return on_mock(run_in_world)


def list_operations(world: MockWorld) -> list[str]:
    """Return the ids of the operations that a mock serves."""
    return list(dict.fromkeys(cell["operation_id"] for cell in world.coverage()))
