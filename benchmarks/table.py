"""What the rounds gave, as a table of ratios with their spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load import Measured

OURS = "mock"
STARLETTE = "raw Starlette"
CONNEXION = "bare Connexion"
SILENT = "mock without its journal"

LEAST_TIMES_CONNEXION = 5.0
"""How many times bare Connexion the mock must answer, reading one pack, with everything on."""
LEAST_WITH_JOURNAL = 0.85
"""Of its rate without a journal, what the mock must keep with the journal at its bound."""


@dataclass(frozen=True, slots=True)
class Row:
    """One call, on every server, round by round."""

    call: str
    rounds: dict[str, list[Measured]]

    def ratios(self, peer: str) -> list[float]:
        """The mock's requests a second over the peer's, one figure a round."""
        pairs = zip(self.rounds[OURS], self.rounds[peer], strict=True)
        return [ours.requests_per_second / theirs.requests_per_second for ours, theirs in pairs]


def rendered(rows: Sequence[Row]) -> str:
    """The table: requests a second and p99 of each server, then the mock beside each peer."""
    peers = tuple(name for name in rows[0].rounds if name != OURS)
    head = f"{'':<12}" + "".join(f"{name:>26}" for name in (*peers, OURS))
    head += "".join(f"{f'{OURS} / {peer}':>34}" for peer in peers)
    return "\n".join([head, *(_line(row, peers) for row in rows)])


def _line(row: Row, peers: Sequence[str]) -> str:
    cells = [f"{row.call:<12}"]
    for name in (*peers, OURS):
        rate = median(one.requests_per_second for one in row.rounds[name])
        p99 = median(one.p99_ms for one in row.rounds[name])
        cells.append(f"{f'{rate:,.0f}/s  p99 {p99:.1f} ms':>26}")
    for peer in peers:
        ratios = row.ratios(peer)
        cells.append(f"{f'{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})':>34}")
    return "".join(cells)


def journal_costs_too_much(row: Row) -> str | None:
    """Why the journal slows the mock down too much on this call; None where it does not."""
    share = median(row.ratios(SILENT))
    if share >= LEAST_WITH_JOURNAL:
        return None
    return f"{row.call}: with its journal the mock keeps {share:.2f} of its rate, {LEAST_WITH_JOURNAL:g} are promised"


def falls_short(row: Row) -> str | None:
    """Why the mock is too slow on this call; None where it is fast enough."""
    times = median(row.ratios(CONNEXION))
    if times >= LEAST_TIMES_CONNEXION:
        return None
    return f"{row.call}: the mock answers {times:.2f} times bare Connexion, {LEAST_TIMES_CONNEXION:g} are promised"
