"""One shard judged, and its file written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import click

from benchmarks.shards.dealing import deal_out, list_of_shard
from benchmarks.shards.file import A, ShardFile, V, write
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
