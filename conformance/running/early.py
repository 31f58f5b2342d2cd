"""The tests that are judged before the others are collected, where a run ends at its first finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.running.selection import Selection

FIRST = (
    "test_configuration.py::test_what_was_sent_is_shown",
    "test_creation.py::test_a_pack_is_read_as_it_was_made",
    "test_configuration.py::test_of_one_name_there_is_one_in_an_org",
    "test_configuration.py::test_a_changed_field_is_shown",
)
"""The tests by which what is wrong at a write, or at a refusal of one, is found with the fewest requests."""
IS_EARLY = pytest.StashKey[bool]()
"""Whether the tests that are collected just now are those that are judged before the others are collected."""


def begins_early(config: pytest.Config) -> bool:
    """Return whether a run begins so: one of the whole suite in this process, which ends at its first finding."""
    option = config.getoption
    in_workers = option("dist", "no") != "no" or hasattr(config, "workerinput")
    return option("maxfail") == 1 and Selection.from_config(config).whole and not (in_workers or option("--shard"))


def judge_early(session: pytest.Session, folder: Path) -> frozenset[str]:
    """Judge the first tests of a folder, and return their node ids; raises session.Failed where one found something."""
    stash = session.config.stash
    stash[IS_EARLY] = True
    items = [*session.perform_collect([f"{folder / each}" for each in FIRST])]
    stash[IS_EARLY] = False
    for place, item in enumerate(items):
        following = next(iter(items[place + 1 :]), None)
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            session.items.clear()  # the others have not been collected, so nobody knows how many are left
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    return frozenset(item.nodeid for item in items)
