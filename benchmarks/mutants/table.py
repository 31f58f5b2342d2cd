"""The kills for a terminal."""

from collections.abc import Iterator, Sequence

from benchmarks.mutants.power import Kill, Tally, by_group, tally

_ROW = "{:<26} {:>8} {:>7} {:>9} {:>9} {:>10} {:>7}"


def rendered(kills: Sequence[Kill]) -> Iterator[str]:
    """Yield a line a group, and one for all."""
    yield _ROW.format("group", "planted", "killed", "own rule", "directed", "generated", "blamed")
    for name, counted in by_group(kills).items():
        yield _line(name, counted)
    yield _line("all", tally(kills))


def _line(name: str, it: Tally) -> str:
    return _ROW.format(name, it.planted, it.killed, it.named, it.directed, it.generated, it.blamed)
