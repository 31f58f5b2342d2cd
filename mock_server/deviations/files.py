"""Defects of files."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_pack_after, with_transition
from mock_server.errors import ApiError
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State


@deviation("files-line-ends", "FILE-BYTES")
def line_ends(seams: Seams) -> Seams:
    """A file is read with a line end added."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            if isinstance(outcome, ApiError):
                return after, outcome
            return after, replace(outcome, body=outcome.body + b"\n")

        return spoilt

    return with_transition(seams, "packs.read_file", change)


@deviation("files-digest-stays", "FILE-DIGEST-VERSION")
def digest_stays(seams: Seams) -> Seams:
    """A replaced file leaves the digest of the pack as it was."""
    return with_pack_after(
        seams,
        "packs.replace_file",
        lambda before, right, _request: replace(right, image=replace(right.image, digest=before.image.digest)),
    )
