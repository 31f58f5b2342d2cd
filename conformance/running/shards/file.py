"""The file of a shard: what `merge` needs of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from conformance.errors import SuiteError
from conformance.running.run_info import RunInfo
from conformance.running.shards.dealing import Dealt, Shard
from conformance.running.tally import Counts, Tally


class ShardError(SuiteError):
    """An error of a shard's file: it cannot be read, or is none of the run; the message names the file."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """The results of a shard."""

    kind: Literal["evershell-conformance shard"]
    format: Literal[1]
    """Grows when an older reader would misread it."""
    shard: Shard
    digest: str
    """Equal in shards that were dealt together."""
    cases: int
    """How many it was dealt."""
    info: RunInfo
    before: Counts
    """What was asked before the first test, which every shard asks."""
    results: list[Mapping[str, Any]]
    """The results of each case, as the processes of a run send them to each other."""
    unusable: str | None
    interrupted: bool
    errors: list[str]
    cut_short: str
    started: datetime
    duration_s: float

    @property
    def whole(self) -> bool:
        """Whether it has a result of each of its cases, or says why not."""
        ended = self.unusable or self.interrupted or self.errors or self.cut_short
        return bool(ended) or len(self.results) == self.cases


def render(shard: Shard, dealt: Dealt | None, info: RunInfo, tally: Tally) -> str:
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
        interrupted=tally.interrupted,
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
    if not file.whole:
        raise ShardError(f"{path}: has the results of {len(file.results)} of its {file.cases} cases; judge it again")
    return file
