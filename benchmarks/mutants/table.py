"""The kills for a terminal."""

from collections.abc import Iterator, Sequence

from benchmarks.mutants.power import Kill, Tally, count_by_group, count_kills

_ROW = "{:<26} {:>8} {:>7} {:>9} {:>9} {:>10} {:>7}"


def render(kills: Sequence[Kill]) -> Iterator[str]:
    """Yield a line a group, and one for all."""
    yield _ROW.format("group", "planted", "killed", "own rule", "directed", "generated", "blamed")
    for name, counted in count_by_group(kills).items():
        yield _format_line(name, counted)
    yield _format_line("all", count_kills(kills))


def _format_line(name: str, it: Tally) -> str:
    return _ROW.format(name, it.planted, it.killed, it.named, it.directed, it.generated, it.blamed)
