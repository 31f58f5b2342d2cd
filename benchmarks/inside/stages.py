"""The CPU time of a request by stage: samples of the running code, which none of it notices."""

import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

REST = "the rest"

STAGES: Mapping[str, tuple[str, ...]] = {
    "address, world, call": (
        *("pipeline/address.py", "pipeline/cors.py", "pipeline/destination.py", "access/origins.py"),
        *("worlds/call.py", "worlds/world.py", "worlds/worlds.py", "state/clock.py"),
        *("state/state.py:make_request_id", "state/state.py:make_object_id"),
    ),
    "routing": ("contract/router.py", "pipeline/gates/target.py"),
    "faults, Prefer": ("pipeline/gates/simulated.py", "worlds/faults.py", "pipeline/prefer.py"),
    "credential, scopes, billing": ("pipeline/gates/access.py", "access/"),
    "parameters": ("pipeline/gates/parameters.py",),
    "body: read, parsed, validated": (
        *("pipeline/gates/body.py", "pipeline/gates/form.py", "contract/texts.py", "pipeline/waiting.py"),
        "worlds/epoch.py",
    ),
    "operation and state": ("resources/", "state/", "pipeline/performing.py", "worlds/world.py:admit"),
    "serialisation": ("worlds/answer.py:render", "worlds/answer.py:date", "state/rendered.py"),
    "response validation": ("worlds/answer.py", "pipeline/response_check.py"),
    "journal": (
        *("worlds/journal.py", "worlds/memory.py", "state/blobs.py", "state/tally.py"),
        *("worlds/world.py:record", "worlds/call.py:release"),
    ),
    "pipeline": ("pipeline/middleware.py", "pipeline/sending.py"),
    "Connexion": ("connexion/",),
}
"""A stage → its modules or folders, or `module:function`; functions count first, then modules, then folders."""

_EVERY_S = 0.001


class Samples:
    """The number of times that each stage was seen at work."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Look at what runs: the innermost frame of a stage names it, so that a library counts to who calls it."""
        while frame is not None:
            if (stage := _find_stage(frame.f_code.co_filename, frame.f_code.co_name)) is not None:
                self.seen[stage] += 1
                return
            frame = frame.f_back
        self.seen[REST] += 1

    def compute_shares(self) -> Mapping[str, float]:
        """Return the share of each stage, in the order of `STAGES`; none was taken: none."""
        total = sum(self.seen.values())
        return {stage: self.seen[stage] / total for stage in (*STAGES, REST) if self.seen[stage]}


@contextmanager
def sample() -> Iterator[Samples]:
    """Sample the CPU time of this process for as long as the block runs."""
    samples = Samples()
    before = signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)
    try:
        yield samples
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _find_stage(file: str, function: str) -> str | None:
    return _known.get((file, function)) or _known.setdefault((file, function), _find_stage_of(file, function))


def _find_stage_of(file: str, function: str) -> str | None:
    _, own, below = file.partition("/mock_server/")
    place = below if own else file[file.find("connexion/") :] if "/connexion/" in file else None
    if place is None:
        return None
    exact = f"{place}:{function}"
    for stage, places in STAGES.items():
        if exact in places:
            return stage
    for stage, places in STAGES.items():
        if place in places:
            return stage
    for stage, places in STAGES.items():
        if any(each.endswith("/") and place.startswith(each) for each in places):
            return stage
    return None


_known: dict[tuple[str, str], str | None] = {}
