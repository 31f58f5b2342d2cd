"""An operation is declared once: what is written of it, completed by what is derived."""

from __future__ import annotations

import pytest

from conformance.oracle.declaration.behavior import Behavior, join, refuse_nothing
from conformance.oracle.declaration.registry import list_written_resources, register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import AllowedChange


def test_what_is_written_wins_and_what_is_derived_completes_it() -> None:
    law = AllowedChange(frozenset({"name"}))
    written = Behavior("badges.update", applies="BADGE-APPLIES", blames={"badge_exists": "BADGE-TAKEN"})
    derived = (
        Behavior("badges.list", part="list"),
        Behavior(
            "badges.update",
            part="update",
            refuses=refuse_nothing,
            may_change=law,
            applies="CONFIG-PATCH-APPLIES",
            blames={"badge_exists": "CONFIG-NAME-TAKEN", "not_archived": "ARCHIVE-NOT-ARCHIVED"},
        ),
    )
    update, listing = join([written], derived)
    assert listing is derived[0]
    assert (update.part, update.refuses, update.may_change) == ("update", refuse_nothing, law)
    assert update.applies == "BADGE-APPLIES"
    assert update.blames == {"badge_exists": "BADGE-TAKEN", "not_archived": "ARCHIVE-NOT-ARCHIVED"}


def test_the_parts_of_operations_say_what_each_is_to_a_resource() -> None:
    badge = Resource(
        name="badge",
        operations=(
            Behavior("badges.upload", part="create"),
            Behavior("badges.list", part="list"),
            Behavior("badges.create", part="create"),
            Behavior("badges.count", refuses=refuse_nothing),
        ),
    )
    assert (badge.listed_by, badge.made_by) == ("badges.list", ("badges.upload", "badges.create"))
    assert (badge.shown_by, badge.updated_by, badge.removed_by, badge.listed_in) == (None,) * 4
    assert badge.find_behavior("badges.count").refuses is refuse_nothing
    assert badge.find_behavior("badges.absent").refuses is badge.find_behavior(None).refuses is None


def test_an_operation_that_is_declared_twice_is_refused_by_name() -> None:
    twice = (Behavior("badges.list", part="list"), Behavior("badges.list", refuses=refuse_nothing))
    with pytest.raises(ValueError, match=r"declares badges\.list twice"):
        register(Resource(name="badge", operations=twice))
    assert "badge" not in list_written_resources()
