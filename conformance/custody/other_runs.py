"""Other runs that have a ledger on this machine, and what each of them made."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.custody.ledger import Standing, standing
from conformance.custody.run_files import RunFiles, left_runs


def others_here(files: RunFiles, url: str, states_url: str | None) -> Iterator[Standing]:
    """The runs that judge the same place at this moment; `files`: those of the run that asks."""
    for other, found in _others(files):
        same = found.url == url or (states_url is not None and found.states_url == states_url)
        if same and other.alive:
            yield found


def made_by_others(files: RunFiles | None) -> frozenset[str]:
    """The ids of what other runs made and have not removed."""
    return frozenset(object_id for _, found in _others(files) for object_id in found.objects)


def _others(files: RunFiles | None) -> Iterator[tuple[RunFiles, Standing]]:
    for other in left_runs():
        if files is None or other.folder != files.folder:
            try:
                yield other, standing(other.ledger)
            except OSError:
                continue  # it has just ended, and taken its folder along
