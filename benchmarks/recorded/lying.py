"""Random sessions with a lie in one answer, judged: `python -m benchmarks.recorded.lying --seed N [--count M]`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import click

from benchmarks.lies.contract import Contract
from benchmarks.lies.contract import load as load_operations
from benchmarks.lies.draw import list_lies
from benchmarks.lies.lie import Lie
from benchmarks.recorded import shown
from benchmarks.recorded.power import judge
from benchmarks.recorded.record import Recording
from benchmarks.recorded.session import Session
from benchmarks.recorded.single import ToldOnce, tell_once
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from tests.live import served_mock

SESSIONS = 6
PLAUSIBLE: Mapping[str, str] = {
    r"bytes-read:activity\.stream.*": "nobody promises how much of a stream has come when it is left, or how lines end",
    r"(refusal-swapped:.*-|refused-though-done:.*:)401": "a credential may run out at any time",
    r"(refusal-swapped:.*-|refused-though-done:.*:)50\d": "what is behind a server may fail, or be off, at any time",
    r"field-(kept|other-value):.*_at": "a plausible time",
    r"(error-other-value:(tasks|snapshots|sandbox|activity|workspaces\.(?!get:)).*:403:error\.code"
    r"|code-swapped:(?!workspaces\.get:).*:403:workspace_not_visible-permission_denied)": (
        "the contract leaves free which of the two keeps somebody from what is in another's workspace"
    ),
    r".*:session\.get:memberships": "an org may take a person, or let one go, at any time",
}
"""Lies that nobody can tell from the truth, by a pattern of their ids, with the reason."""


def draw_lies(contract: Contract, documents: Sequence[Mapping[str, Any]], seed: int, count: int) -> Iterator[ToldOnce]:
    """Yield so many lies, as many of each kind while there are any, each in an answer of a session."""
    random = Random(seed)  # noqa: S311  # reproducible, not secret
    lies = [*list_lies(contract), *shown.lies(contract)]
    kinds = sorted({it.kind for it in lies})
    left = {kind: random.sample(its := [it for it in lies if it.kind == kind], len(its)) for kind in kinds}
    found = 0
    while any(left.values()):
        for kind in random.sample(kinds, len(kinds)):
            told = _draw_next(contract, left[kind], documents, random)
            if told is not None and found < count:
                found += 1
                yield told
        if found == count:
            return


def _draw_next(
    contract: Contract, left: list[Lie], documents: Sequence[Mapping[str, Any]], random: Random
) -> ToldOnce | None:
    while left:
        if told := tell_once(contract, left.pop(), random.choice(documents), random):
            return told
    return None


def is_plausible(lie: Lie) -> bool:
    """Return whether nobody can tell the lie from the truth."""
    return any(re.fullmatch(pattern, lie.id) for pattern in PLAUSIBLE)


def record(contract: Contract, seed: int) -> Mapping[str, Any]:
    """Return the HAR of the session of a seed on a mock."""
    with served_mock() as origin:
        recording = Recording(origin)
        recording.begin()
        Session(contract, seed, recording.send).run()
    return recording.document


@click.command()
@click.option("--seed", type=int, required=True)
@click.option("--count", type=click.IntRange(min=1), default=200, show_default=True)
def main(seed: int, count: int) -> None:
    """Judge six random sessions on the mock, then one with a lie in one answer for each that is drawn.

    Exit codes: 0; 2 where something is found in a session without a lie, so that the figures mean nothing.
    """
    contract, operations = use_contract(load()), load_operations()
    documents = [record(operations, seed + number) for number in range(SESSIONS)]
    for alone in (False, True):
        if found := [rule for document in documents for rule in judge(contract, document, alone=alone).rules]:
            click.echo(f"found without a lie: {found}")
            sys.exit(2)
    told = list(draw_lies(operations, documents, seed, count))
    judged = [it for it in told if not is_plausible(it.lie)]
    click.echo(f"{len(told)} lies, of which nobody can tell {len(told) - len(judged)}")
    for alone in (False, True):
        missed = [it for it in judged if not judge(contract, it.document, alone=alone).rules]
        share = 100 * (len(judged) - len(missed)) / max(len(judged), 1)
        how = "alone" if alone else "open"
        click.echo(f"{how}: found {len(judged) - len(missed)} of {len(judged)} ({share:.0f} %)")
        for each in missed:
            click.echo(f"  missed {each.lie.id}, #{each.place}")


if __name__ == "__main__":
    main()
