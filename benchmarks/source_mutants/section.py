"""The part of the page on judging power that is of mutants of source, before all else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.source_mutants.equivalent import Equivalent
from benchmarks.source_mutants.results import (
    MOST_EQUIVALENT,
    Draw,
    Published,
    Tally,
    count_by,
    count_verdicts,
    list_missed,
)
from benchmarks.source_mutants.servers import SERVERS, Server
from benchmarks.source_mutants.unseen import SKIPPED, UNSEEN
from benchmarks.source_mutants.verdict import MutantVerdict
from conformance.budget import NORMAL

_COLUMNS = "drawn | broken | found | undecided | survived | equivalent | found of all | found of mistakes"


def list_lines(published: Published, equivalent: Mapping[str, Equivalent]) -> Iterator[str]:
    """Yield the lines of the section; nothing where nothing was published."""
    if not published.last:
        return
    yield "## Mutants of source"
    yield ""
    yield (
        "Nobody chose these mistakes. mutmut's operators make every small change that they can of the source of a "
        "right server; of these a seed draws so many, as many of each operator as of any other. The server is "
        "started with one change at a time, and the suite judges it as it judges a stranger's: with the quick budget, "
        "and where that finds nothing, and the draw does not say otherwise, with the normal one. "
        '`make mutants-source` draws others with `ARGS="--seed N"`.'
    )
    yield ""
    yield (
        "*Broken* are those with which the server does not start, which are counted apart. *Undecided* are those on "
        "which the suite gave no verdict; they count as missed. *Equivalent* are those that no client can tell, read "
        f"one by one (`benchmarks/source_mutants/equivalent.toml`); beyond {MOST_EQUIVALENT:.0%} of a draw they count "
        "as missed. *Mistakes* are all but the broken and the equivalent."
    )
    yield ""
    yield f"| server | draw | {_COLUMNS} |"
    yield "|---" * (2 + _COLUMNS.count("|") + 1) + "|"
    for name, draws in (("first try", published.first), ("last", published.last)):
        for draw in draws:
            yield _format_row(draw, name, count_verdicts(draw.verdicts, equivalent))
    yield ""
    for draw in published.last:
        yield from _list_draw_lines(draw, equivalent)


def _format_row(draw: Draw, name: str, it: Tally) -> str:
    worlds = ", without worlds" if draw.asked.without_worlds else ""
    cells = [
        f"{draw.asked.server}{worlds}",
        f"{name}: {it.drawn} of {draw.possible}, seed {draw.asked.seed}{_describe_budget(draw)}",
        *(it.drawn, it.broken, it.found, it.undecided, it.judged - it.found - it.undecided, it.equivalent),
        _share(it.found, it.judged),
        f"**{_share(it.found, it.real)}**",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _describe_budget(draw: Draw) -> str:
    return "" if draw.asked.budget == NORMAL.name else f", {draw.asked.budget} budget alone"


def _share(found: int, of: int) -> str:
    return f"{found / of:.1%} ({found} of {of})" if of else "-"


def _list_draw_lines(draw: Draw, equivalent: Mapping[str, Equivalent]) -> Iterator[str]:
    """Yield the tables of the last draw of a server."""
    worlds = ", without worlds" if draw.asked.without_worlds else ""
    yield f"### The {draw.asked.server} server{worlds}"
    yield ""
    yield from _list_table_lines("operator", count_by(draw.verdicts, lambda one: [one.kind], equivalent))
    yield from _list_table_lines("module", count_by(draw.verdicts, lambda one: [one.module], equivalent))
    yield "Found first by a finding about this operation:"
    yield ""
    yield "| operation | mutants |"
    yield "|---|---|"
    found = [it for it in draw.verdicts if it.is_found]
    for operation, it in count_by(found, lambda one: one.operations or ("none, or several",), equivalent).items():
        yield f"| {operation} | {it.found} |"
    yield ""
    yield from _list_missed_lines(list_missed(draw.verdicts, equivalent))
    yield from _list_left_out(SERVERS[draw.asked.server])


def _list_table_lines(what: str, tallies: Mapping[str, Tally]) -> Iterator[str]:
    yield f"| {what} | drawn | broken | found | equivalent | missed |"
    yield "|---|---|---|---|---|---|"
    for name, it in tallies.items():
        yield f"| {name} | {it.drawn} | {it.broken} | {it.found} | {it.equivalent} | {it.missed} |"
    yield ""


def _list_missed_lines(left: Sequence[MutantVerdict]) -> Iterator[str]:
    yield "These are missed:" if left else "None is missed."
    yield ""
    for it in left:
        undecided = f" (undecided: {it.unjudged})" if it.unjudged else ""
        yield f"- `{it.id}`{undecided}"
        yield ""
        yield "  ```diff"
        yield from (f"  {line}" for line in it.diff.splitlines())
        yield "  ```"
    yield from [""] if left else []


def _list_left_out(server: Server) -> Iterator[str]:
    yield "Not drawn:"
    yield ""
    for reason in dict.fromkeys(server.left_out.values()):
        places = [f"`{place}`" for place, why in server.left_out.items() if why == reason]
        yield f"- {', '.join(places)}: {reason}."
    for reason in (*SKIPPED.values(), *UNSEEN.values()):
        yield f"- {reason[0].upper()}{reason[1:]}."
    yield ""
