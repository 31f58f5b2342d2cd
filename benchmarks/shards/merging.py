"""One shard judged and its file written, and the files of shards merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks.shards.file import A, ShardFile, ShardFileError, V, deal_out, list_of_shard, read, write
from benchmarks.shards.options import Share


def judge_shard(
    share: Share,
    command: str,
    asked: A,
    ids: Sequence[str],
    *,
    seconds: Mapping[str, float],
    sources: str,
    judge: Callable[[Sequence[str]], V],
) -> None:
    """Judge what one machine is dealt of all the ids; ClickException where its file cannot be written."""
    deal = deal_out(ids, seconds, share.shard.of)
    own = list_of_shard(deal, share.shard.number)
    found = judge(own)
    try:
        write(ShardFile(command, share.shard, asked, sources, deal, found), share.path)
    except OSError as error:
        raise click.ClickException(f"{share.path}: {error.strerror or error}") from error
    click.echo(f"shard {share.shard}: {len(own)} of {len(ids)} judged, written to {share.path}")


NAMED = 8
"""The number of missing shards that are named."""


class MergeError(click.ClickException):
    """The files are not all shards of one run."""

    exit_code = 2


def merge_files(
    paths: Sequence[Path], command: str, kind: type[ShardFile[A, V]], sources: str
) -> dict[Path, ShardFile[A, V]]:
    """Return what each file holds, in the order of the shards.

    MergeError for one that is no shard, is there twice, is missing, or is of another run.
    """
    held: dict[Path, ShardFile[A, V]] = {}
    for path in paths:
        try:
            file = read(path, command, kind)
        except ShardFileError as error:
            raise MergeError(f"{path}: {error}") from error
        if file.sources != sources:
            raise MergeError(f"{path}: it was judged with other sources than those here; one commit judges and merges")
        for other, before in held.items():
            if why := next(_list_differences(before, file, other), None):
                raise MergeError(f"{path}: {why}")
        held[path] = file
    _check_all_are_there(held)
    return dict(sorted(held.items(), key=lambda it: it[1].shard.number))


def _list_differences(before: ShardFile[A, V], file: ShardFile[A, V], path: Path) -> Iterator[str]:
    """Yield why a file is no other shard of the run of one before it, whose path is given."""
    if file.shard.of != before.shard.of:
        yield f"it is shard {file.shard}, and {path} is shard {before.shard}"
    options = asdict(before.asked)
    for name, value in asdict(file.asked).items():
        if value != options[name]:
            before_it = _format_option(name, options[name])
            yield f"it was judged with {_format_option(name, value)}, and {path} with {before_it}"
    if file.deal != before.deal:
        yield f"other things were dealt than in {path}: others were asked for, or other seconds were published there"
    if file.shard.number == before.shard.number:
        yield f"it is shard {file.shard}, as {path} is"


def _format_option(name: str, value: Any) -> str:
    """Return an option as it is given."""
    option = f"--{name.replace('_', '-')}"
    if value is None or value is False:
        return f"no {option}"
    return option if value is True else f"{option} {value}"


def _check_all_are_there(held: Mapping[Path, ShardFile[A, V]]) -> None:
    if not held:
        raise MergeError("--merge: name the files that --judged wrote, one for each shard")
    there, of = {file.shard.number for file in held.values()}, next(iter(held.values())).shard.of
    if missing := [str(number) for number in range(1, of + 1) if number not in there]:
        named = ", ".join(missing[:NAMED]) + (f" and {len(missing) - NAMED} more" if len(missing) > NAMED else "")
        raise MergeError(f"no file is shard {named} of {of}: --shard judges one, --merge takes all")
