"""What an expedition remembers of lists."""

from __future__ import annotations

from conformance.explorer.memory import SeenObjects


def test_what_came_after_a_state_had_made_objects_may_be_one_of_them() -> None:
    """A state makes what it needs, and names what it is asked for: a provider beside a role, say."""
    memory = SeenObjects()
    assert memory.compare_list("owner", "", ["role_1", "role_2"], 0) == (set(), set())
    assert memory.compare_list("owner", "", ["role_1", "role_3"], 1) == (set(), {"role_2"})
    assert memory.compare_list("owner", "", ["role_1", "role_4"], 1) == ({"role_4"}, {"role_3"})
