"""The dealing of things to shards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from conformance.running.dealing import deal_by_weight

Deal = tuple[tuple[str, int], ...]
"""The things that are judged, in the order of the run, each with the number of its shard."""


def deal_out(ids: Sequence[str], seconds: Mapping[str, float], of: int) -> Deal:
    """Deal to so many shards, the longest first, each to the shard with the least so far.

    What nobody knows the seconds of is taken to be as long as the others in the mean.
    """
    known = [seconds[it] for it in ids if it in seconds]
    usual = fmean(known) if known else 1.0
    numbers = deal_by_weight({it: seconds.get(it, usual) for it in ids}, of)
    return tuple((it, numbers[it]) for it in ids)


def list_of_shard(deal: Deal, number: int) -> list[str]:
    """Return what one shard judges."""
    return [it for it, dealt_to in deal if dealt_to == number]
