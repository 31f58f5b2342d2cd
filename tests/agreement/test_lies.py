"""Lies about the answers of a correct mock are found: a fixed few of `make lies`, and without one nothing is."""

import pytest

from benchmarks.kinds import draw
from benchmarks.lies.draw import Asked
from benchmarks.lies.judge import judge, lies, make_truth
from benchmarks.lies.lie import Lie
from conformance.budget import QUICK

MET = ("error-null", "error-key-added", "field-null", "header-left-out", "media-type")
"""Kinds that are about answers which a run meets early."""
TOLD = {it.operation: it for it in draw([it for it in lies().values() if it.kind in MET], 0, 40)}
DRAWN = list(TOLD.values())[:5]
EARLY = (
    "error-emptied:packs.create:415:error.message",
    "field-of-another:session.get",
)
LATE = (
    "refusal-swapped:packs.replace_image:404-400",
    "bytes-stored:packs.replace_file:mark-stripped",
    "write-lost:packs.replace_file:again",
    "field-left-out:packs.create:suggested_packs",
    "field-left-out:packs.update_visibility:category",
    "field-other-value:packs.update_visibility:category",
    "field-kept:workspaces.get:updated_at",
    "field-left-out:audit.list:events[].latency_ms",
    "field-of-another:activity.list",
    "hidden-shown:snapshots.download",
    "list-cut:agent_roles.list:agent_roles[].pack_ids",
    "list-value-left-out:sandbox.list_files:is_dir=False",
    "stale-after:tasks.get:tasks.cancel",
    "write-lost:agent_roles.update:thinking_effort=low",
)
"""What runs once passed over, by how soon it is found."""


@pytest.mark.parametrize(
    "lie",
    [
        *(pytest.param(lie, marks=pytest.mark.long if number else ()) for number, lie in enumerate(DRAWN)),
        *(lies()[name] for name in EARLY),
    ],
    ids=lambda lie: lie.id,
)
def test_a_lie_is_found(lie: Lie) -> None:
    """A small budget judges some cases of a rule: of two seeds one meets it."""
    assert any(judge(lie, Asked(seed, 1, budget=QUICK.name)).rules for seed in (1, 2))


@pytest.mark.long
@pytest.mark.parametrize("name", LATE)
def test_a_lie_that_was_once_passed_over_is_found(name: str) -> None:
    assert any(judge(lies()[name], Asked(seed, 1, budget=QUICK.name)).rules for seed in (1, 2))


@pytest.mark.long
def test_the_proxy_brings_no_finding_of_its_own() -> None:
    told = judge(make_truth(), Asked(1, 1, budget=QUICK.name))
    assert (told.rules, told.acted, told.unjudged) == ((), 0, "")
