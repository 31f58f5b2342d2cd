"""Settings with which a mock is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

MIB = 1024 * 1024
MOST_WORLDS = 10_000
MOST_ENTRIES = 1000
MAX_MEMORY = 512 * MIB
TIMEOUT_S = 60
MOST_CONNECTIONS = 4000
USUAL_BODY = MIB
"""The most bytes of a body where the contract says nothing of it."""


def find_own_file(name: str) -> Path:
    """The file that came with the package: beside it in a checkout, in a folder beside it when installed."""
    beside = Path(__file__).parent.parent
    installed = beside / "evershell_contract" / name
    return installed if installed.exists() else beside / name


def find_own_contract() -> Path:
    """The contract that came with the package."""
    return find_own_file("openapi.yaml")


class StreamTimes(NamedTuple):
    """The times of streams, in seconds of the machine's time, whatever the clock of the world says."""

    heartbeat: float = 15
    """The time from one comment to the next."""
    longest: float = 300
    """Until a stream is ended."""


class PassedCaller(NamedTuple):
    """A caller of a server that operations are passed on to."""

    org: str
    token: str


class PassRule(NamedTuple):
    """Operations, by an id or a pattern of ids, and the base URL of the server that they are passed on to."""

    pattern: str
    url: str


@dataclass(frozen=True, slots=True)
class PassSettings:
    """Settings of passing on: the rules, and the callers of the other server by the names of personas."""

    rules: tuple[PassRule, ...]
    callers: Mapping[str, PassedCaller] = field(default_factory=dict, repr=False)
    writes: bool = False  # whether operations that change something are passed on too
    timeout: float = 30  # seconds until an answer has come, or the head of a stream


@dataclass(frozen=True, slots=True)
class Settings:
    """The contract, the seed of every id, data laid over the seed data, the deliberate defects, and the bounds."""

    contract: Path = field(default_factory=find_own_contract)
    seed: int = 0
    fixtures: tuple[Path, ...] = ()
    scale: tuple[tuple[str, int], ...] = ()  # by the kind of seed data, how many more of it are made up
    seed_must_fit: bool = True  # else seed data that break the contract are served all the same, as after a reload
    deviations: tuple[str, ...] = ()
    overlays: tuple[Path, ...] = ()  # files of changes to the contract
    modules: tuple[Path, ...] = ()  # files with functions for operations
    state: Path | None = None  # a file with the state from which the world `default` starts
    max_worlds: int = MOST_WORLDS
    journal: int = MOST_ENTRIES  # the entries that each world keeps; 0: none
    max_memory: int = MAX_MEMORY  # bytes of packs, file contents, journals and snapshots together
    max_body: int | None = None  # bytes of any one body, where the contract allows more
    cors_origins: tuple[str, ...] = ()  # whose pages are let in beside those of this machine
    cors_headers: tuple[str, ...] = ()  # that pages of those origins may send beside the usual ones
    allow_hosts: tuple[str, ...] = ()  # names by which the mock is reached, beside those of this machine and network
    stream_times: StreamTimes = StreamTimes()  # noqa: RUF009  # a constant
    passing: PassSettings | None = None  # which operations another server answers
    node: str | None = None  # what this mock is called among several behind one front
    control_token: str | None = field(default=None, repr=False)  # what control calls must bring; None: nothing
