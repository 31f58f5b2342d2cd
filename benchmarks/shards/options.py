"""The options with which several machines judge one run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.errors import SuiteError
from conformance.running.dealing import Shard, parse_shard

Command = Callable[..., None]
_FILE = click.Path(path_type=Path)
PARAMETERS = ("shard", "judged", "files", "merge")
OF_A_MERGE = ("files", "merge", "publish")


def _read_shard(_context: click.Context, _option: click.Parameter, given: str | None) -> Shard | None:
    try:
        return None if given is None else parse_shard(given)
    except SuiteError as error:
        raise click.UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Share:
    """The shard that one machine judges, and where its file goes."""

    shard: Shard
    path: Path


@dataclass(frozen=True, slots=True)
class Sharing:
    """The share of one machine of several; empty where one judges all."""

    share: Share | None = None
    files: tuple[Path, ...] | None = None
    """The files that are merged."""


def add_sharing_options(*spellings: str) -> Callable[[Command], Command]:
    """Give a command that has --publish the options, and the argument `sharing`; spellings: those of --judged."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_sharing(*args: Any, **given: Any) -> None:
            own = {name: given.pop(name) for name in PARAMETERS}
            command(*args, sharing=_read_sharing(**own, publish=given["publish"]), **given)

        for option in (
            click.argument("files", nargs=-1, type=_FILE),
            click.option("--merge", is_flag=True, help="Judge nothing: tell what the shards in FILES found."),
            click.option(*spellings, "judged", type=_FILE, metavar="FILE", help="Write the shard's verdicts here."),
            click.option(
                "--shard", callback=_read_shard, metavar="I/N", help="Judge this part of the run, such as 2/8."
            ),
        ):
            with_sharing = option(with_sharing)
        return with_sharing

    return decorate


def _read_sharing(
    *, shard: Shard | None, judged: Path | None, files: tuple[Path, ...], merge: bool, publish: bool
) -> Sharing:
    """Return what was asked; UsageError for what does not go together."""
    if merge:
        for option in _list_not_of_a_merge():
            raise click.UsageError(f"{option} is not for --merge: the files say what was asked")
        return Sharing(files=files)
    if files:
        raise click.UsageError(f"{files[0]}: files are there to be merged; say --merge")
    if shard is None and judged is None:
        return Sharing()
    if shard is None or judged is None:
        raise click.UsageError("--shard says what is judged, and --judged where the verdicts go: give both")
    if publish:
        raise click.UsageError("--publish is for a whole run: give it with --merge")
    if judged.is_dir() or not os.access(judged if judged.exists() else judged.parent, os.W_OK):
        raise click.UsageError(f"--judged {judged}: no file can be written there")
    return Sharing(Share(shard, judged))


def _list_not_of_a_merge() -> list[str]:
    """Return the options on the command line that a merge does not take."""
    context = click.get_current_context()
    return [
        it.opts[0]
        for it in context.command.params
        if it.name not in OF_A_MERGE and context.get_parameter_source(it.name or "") is ParameterSource.COMMANDLINE
    ]
