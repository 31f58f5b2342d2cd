"""The file of one shard: what was asked, how all of it was dealt, and what this shard found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import msgspec

from conformance.running.dealing import Shard, deal_by_weight

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


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


class Verdicts(Protocol):
    """The findings on each thing that was judged."""

    @property
    def ids(self) -> Sequence[str]:
        """Return what was judged."""


A = TypeVar("A", bound="DataclassInstance")
V = TypeVar("V", bound=Verdicts)


class ShardFileError(Exception):
    """A file is no shard of such a run; the message says why."""


@dataclass(frozen=True, slots=True)
class ShardFile(Generic[A, V]):
    """The content of a shard's file."""

    command: str
    """The module whose run it is."""
    shard: Shard
    asked: A
    """The options that decide what is found, each a field."""
    sources: str
    """A digest of what a verdict depends on."""
    deal: Deal
    found: V


@dataclass(frozen=True, slots=True)
class _Named:
    command: str


def write(file: ShardFile[A, V], path: Path) -> None:
    """Write the file of a shard; OSError where it cannot be written."""
    encoded = msgspec.json.Encoder(order="deterministic").encode(file)
    path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")


def read(path: Path, command: str, kind: type[ShardFile[A, V]]) -> ShardFile[A, V]:
    """Return what a file holds; ShardFileError where that is no shard of this command's runs."""
    try:
        content = path.read_bytes()
        named = msgspec.json.decode(content, type=_Named).command
        if named != command:
            raise ShardFileError(f"`python -m {named}` wrote it")
        file = msgspec.json.decode(content, type=kind)
    except OSError as error:
        raise ShardFileError(error.strerror or str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ShardFileError(f"it is no file that `python -m {command} --shard` wrote: {error}") from error
    _check(file)
    return file


def _check(file: ShardFile[A, V]) -> None:
    """Raise ShardFileError for what no run writes."""
    shard = file.shard
    if not all(1 <= number <= shard.of for number in (shard.number, *(number for _, number in file.deal))):
        raise ShardFileError(f"it has a shard with another number than 1 to {shard.of}")
    own, held = list_of_shard(file.deal, shard.number), file.found.ids
    for it in own:
        if held.count(it) != 1:
            raise ShardFileError(f"it has {held.count(it)} verdicts on {it}, which is of shard {shard}")
    for it in held:
        if it not in own:
            raise ShardFileError(f"it has a verdict on {it}, which is not of shard {shard}")
