"""Shards of a run: the file of each, and how they are joined to the run that they are parts of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from conformance.contract.contract import Contract
from conformance.errors import SuiteError
from conformance.oracle.served import narrow
from conformance.results.verdict import Run
from conformance.running.dealing import DealtTests, Shard
from conformance.running.ending import ended
from conformance.running.run_info import RunInfo
from conformance.running.tally import Counts, Tally

PROCESSES = 2**32
"""A number of processes greater than a machine has: with it, those of several machines have numbers of their own."""


class ShardError(SuiteError):
    """An error of a shard's file: it cannot be read, or is none of the run; the message names the file."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """The results of a shard."""

    kind: Literal["evershell-conformance shard"]
    format: Literal[1]
    """The version of the format, which grows when an older reader would misread it."""
    shard: Shard
    digest: str
    """Equal in shards that were dealt together."""
    cases: int
    """The number of cases that it was dealt."""
    info: RunInfo
    before: Counts
    """The requests before the first test, which every shard asks."""
    results: list[Mapping[str, Any]]
    """The results of each case, as the processes of a run send them to each other."""
    unusable: str | None
    is_interrupted: bool
    errors: list[str]
    cut_short: str
    started: datetime
    duration_s: float

    @property
    def is_whole(self) -> bool:
        """Return whether it has a result of each of its cases, or says why not."""
        ended = self.unusable or self.is_interrupted or self.errors or self.cut_short
        return bool(ended) or len(self.results) == self.cases


def render_shard(shard: Shard, dealt: DealtTests | None, info: RunInfo, tally: Tally) -> str:
    """Return the content of the file, in ASCII. `dealt`: None where the run ended before that."""
    file = ShardFile(
        kind="evershell-conformance shard",
        format=1,
        shard=shard,
        digest=dealt.digest if dealt else "",
        cases=len(dealt.items) if dealt else 0,
        info=info,
        before=tally.before,
        results=tally.results,
        unusable=tally.unusable,
        is_interrupted=tally.is_interrupted,
        errors=tally.errors,
        cut_short=tally.cut_short,
        started=tally.started,
        duration_s=tally.duration_s,
    )
    # msgspec's own encoder refuses the invalid text that a target may send.
    return json.dumps(msgspec.to_builtins(file)) + "\n"


def read_shard(path: Path) -> ShardFile:
    """Return the results of a shard; raises ShardError."""
    try:
        file = msgspec.convert(json.loads(path.read_bytes()), ShardFile)
    except OSError as error:
        raise ShardError(f"{path}: cannot be read ({error.strerror})") from None
    except msgspec.ValidationError as error:
        raise ShardError(f"{path}: is no shard that this version of the suite can read ({error})") from None
    except (ValueError, RecursionError):
        raise ShardError(f"{path}: is not JSON; give what --report shard={path} wrote") from None
    if not file.is_whole:
        raise ShardError(f"{path}: has the results of {len(file.results)} of its {file.cases} cases; judge it again")
    return file


@dataclass(frozen=True, slots=True)
class _Read:
    path: Path
    file: ShardFile


def join_shards(
    paths: Sequence[Path],
    contract: Contract,
    *,
    strict: bool,
    require_coverage: float | None,
    require_rules: float | None,
) -> Run:
    """Return the run whose shards these files hold, with the demands of the options beside its own.

    Raises ShardError where one is missing, doubled or of another run.
    """
    shards = sorted((_Read(path, read_shard(path)) for path in paths), key=lambda read: read.file.shard.number)
    first = shards[0]
    for other in shards[1:]:
        _check_same_run(first, other)
    _check_complete(shards)
    if first.file.info.contract != contract.sha256:
        raise ShardError(f"{first.path}: was judged by another contract than {contract.path}; give it with --contract")
    info = first.file.info
    info = replace(
        info,
        is_strict=info.is_strict or strict,
        require_coverage=info.require_coverage if require_coverage is None else require_coverage,
        require_rules=info.require_rules if require_rules is None else require_rules,
        notes=tuple(dict.fromkeys(note for read in shards for note in read.file.info.notes)),
    )
    judged_by = narrow(contract, info.operations)
    run = ended(info, judged_by.as_owned() if info.is_owned else judged_by, _join_tallies(shards))
    return replace(run, duration_s=max(read.file.duration_s for read in shards))


def _join_tallies(shards: Sequence[_Read]) -> Tally:
    """Return the results of all; what each asked before its first test counts once."""
    files = [read.file for read in shards]
    tally = Tally(
        unusable=next((file.unusable for file in files if file.unusable), None),
        is_interrupted=any(file.is_interrupted for file in files),
        errors=[error for file in files for error in file.errors],
        started=min(file.started for file in files),
    )
    tally.prepare(files[0].before)
    for read in shards:
        for number, result in enumerate(read.file.results):
            try:
                process = read.file.shard.number * PROCESSES + result["process"]
                tally.add({**result, "process": process})
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ShardError(f"{read.path}: result {number} is none of a case ({error!r})") from None
    tally.cut_short = tally.cut_short or next((file.cut_short for file in files if file.cut_short), "")
    return tally


def _check_same_run(one: _Read, other: _Read) -> None:
    """Raise ShardError unless both are shards of one run."""
    for (what, first), (_, second) in zip(_list_equal_values(one.file), _list_equal_values(other.file), strict=True):
        if first != second:
            raise ShardError(f"{other.path}: is of another run than {one.path}: {what} {second}, not {first}")
    both = one.file.digest and other.file.digest  # one that could not begin was dealt nothing
    if both and one.file.digest != other.file.digest:
        why = "their cases were not dealt together; give all shards the same options and --durations"
        raise ShardError(f"{other.path}: is of another run than {one.path}: {why}")


def _list_equal_values(file: ShardFile) -> Iterator[tuple[str, object]]:
    """Yield what has to be equal in all shards of a run, with its name."""
    info = file.info
    yield "of how many shards it is one:", file.shard.of
    yield "--seed", info.seed
    yield "--budget", info.budget
    yield "--target", info.target
    yield "--run-id", info.run_id
    yield "--owned, or contract.owned of the profile:", info.is_owned
    yield "--strict", info.is_strict
    yield "--require-coverage", info.require_coverage
    yield "--require-rules", info.require_rules
    yield "the operations that are served:", info.operations
    yield "what is chosen of all tests:", info.asked
    yield "the suite's version", info.suite
    yield "the contract with the SHA-256", info.contract
    yield "the number of waivers,", len(info.waivers.every)
    yield "these waivers:", info.waivers.every


def _check_complete(shards: Sequence[_Read]) -> None:
    """Raise ShardError where a shard is missing, or is there twice."""
    found: dict[int, Path] = {}
    for read in shards:
        known = found.setdefault(read.file.shard.number, read.path)
        if known is not read.path:
            raise ShardError(f"{known} and {read.path} are both shard {read.file.shard}; leave one out")
    of = shards[0].file.shard.of
    if missing := [str(number) for number in range(1, of + 1) if number not in found]:
        parts = f"shard {missing[0]} is" if len(missing) == 1 else f"shards {', '.join(missing)} are"
        raise ShardError(f"{parts} missing of {of}: `run --shard {missing[0]}/{of} --report shard=FILE` writes one")
