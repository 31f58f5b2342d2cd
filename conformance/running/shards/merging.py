"""Shards of a run, joined to the run that they are parts of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.contract.contract import Contract
from conformance.oracle.served import narrowed
from conformance.results.verdict import Run
from conformance.running.ending import ended
from conformance.running.shards.file import ShardError, ShardFile, read_shard
from conformance.running.tally import Tally

PROCESSES = 2**32
"""More than a machine has: with it, processes of several machines have numbers of their own."""


@dataclass(frozen=True, slots=True)
class _Read:
    path: Path
    file: ShardFile


def merged(
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
        strict=info.strict or strict,
        require_coverage=info.require_coverage if require_coverage is None else require_coverage,
        require_rules=info.require_rules if require_rules is None else require_rules,
        notes=tuple(dict.fromkeys(note for read in shards for note in read.file.info.notes)),
    )
    judged_by = narrowed(contract, info.operations)
    run = ended(info, judged_by.as_owned() if info.owned else judged_by, _tally(shards))
    return replace(run, duration_s=max(read.file.duration_s for read in shards))


def _tally(shards: Sequence[_Read]) -> Tally:
    """The results of all; what each asked before its first test counts once."""
    files = [read.file for read in shards]
    tally = Tally(
        unusable=next((file.unusable for file in files if file.unusable), None),
        interrupted=any(file.interrupted for file in files),
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
    for (what, first), (_, second) in zip(_told(one.file), _told(other.file), strict=True):
        if first != second:
            raise ShardError(f"{other.path}: is of another run than {one.path}: {what} {second}, not {first}")
    both = one.file.digest and other.file.digest  # one that could not begin was dealt nothing
    if both and one.file.digest != other.file.digest:
        why = "their cases were not dealt together; give all shards the same options and --durations"
        raise ShardError(f"{other.path}: is of another run than {one.path}: {why}")


def _told(file: ShardFile) -> Iterator[tuple[str, object]]:
    """Yield what has to be equal in all shards of a run, with its name."""
    info = file.info
    yield "of how many shards it is one:", file.shard.of
    yield "--seed", info.seed
    yield "--budget", info.budget
    yield "--target", info.target
    yield "--run-id", info.run_id
    yield "--owned, or contract.owned of the profile:", info.owned
    yield "--strict", info.strict
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
