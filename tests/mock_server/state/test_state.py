"""State is a value: what it was stays what it was."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mock_server.access.callers import Credential, api_key
from mock_server.resources.models import Pack, Role
from mock_server.resources.packs.images import Image, build
from mock_server.resources.packs.registry import Reference
from mock_server.resources.packs.role_index import indexed
from mock_server.state.blobs import blob
from mock_server.state.state import State, settle, touched

NOW = datetime(2026, 5, 1, tzinfo=UTC)
REF = "registry.evershell.example/org_acme/sample:1.0.0"


def image(name: str = "sample") -> Image:
    return build({"pack.yaml": blob(f"name: {name}\nversion: 1.0.0\n".encode())})


def pack(pack_id: str, name: str = "sample", org_id: str | None = "org_acme") -> Pack:
    return Pack(pack_id, org_id, "community", "org", "upload", REF, image(name), NOW, NOW)


def test_a_change_makes_a_new_state_and_leaves_the_old() -> None:
    before = State().with_pack(pack("pack_1"))
    after = before.with_pack(replace(pack("pack_1"), visibility="community")).with_pack(pack("pack_2", "other"))
    assert before == State().with_pack(pack("pack_1"))
    assert set(after.packs) == {"pack_1", "pack_2"}
    assert after.packs["pack_1"].visibility == "community"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans()), max_size=20))
def test_the_index_by_name_follows_the_packs(steps: list[tuple[str, str, bool]]) -> None:
    state = State()
    for pack_id, org_id, added in steps:
        name = f"pack-{pack_id}"  # a pack keeps its name for life
        state = state.with_pack(pack(pack_id + org_id, name, org_id)) if added else state.without_pack(pack_id + org_id)
    assert dict(state.pack_names) == {(each.org_id, each.name): each.id for each in state.packs.values()}


def test_an_uploaded_pack_goes_with_its_images_and_its_failures() -> None:
    state = State().with_image(REF, image()).with_pack(pack("pack_1")).with_purge_failures("pack_1", 2)
    gone = state.without_pack("pack_1")
    assert gone.registry.pull(Reference.of(REF)) is None
    assert "pack_1" not in gone.purge_failures
    assert state.registry.pull(Reference.of(REF)) == image()
    assert gone.without_pack("pack_1") == gone


def test_the_image_of_any_other_pack_stays() -> None:
    state = State().with_image(REF, image()).with_pack(replace(pack("pack_1"), image_origin="image_ref"))
    assert state.without_pack("pack_1").registry.pull(Reference.of(REF)) == image()


def test_failures_that_are_used_up_leave_nothing() -> None:
    assert State().with_purge_failures("pack_1", 1).with_purge_failures("pack_1", 0) == State()


def test_roles_are_counted_archived_ones_too() -> None:
    roles = [
        Role("role_1", "org_acme", "one", ("pack_1", "pack_2")),
        Role("role_2", "org_globex", "two", ("pack_1",), NOW),
        Role("role_3", "org_globex", "three", ("pack_2",)),
    ]
    state = State()
    for role in roles:
        state = state.with_role(role)
    assert state.roles_with("pack_1") == 2
    assert state.roles_with("pack_1", other_than="org_acme") == 1
    assert state.roles_with("pack_3") == 0
    assert state.without_role("role_2").roles_with("pack_1", other_than="org_acme") == 0


ROLES = st.builds(
    Role,
    st.sampled_from(["role_1", "role_2", "role_3"]),
    st.sampled_from(["org_acme", "org_globex"]),
    st.just("one"),
    st.lists(st.sampled_from(["pack_1", "pack_2"]), max_size=3).map(tuple),
)


@given(st.lists(ROLES | st.sampled_from(["role_1", "role_2", "role_3"]), max_size=12))
def test_the_index_of_roles_follows_the_roles(steps: list[Role | str]) -> None:
    state = State()
    for step in steps:
        state = state.with_role(step) if isinstance(step, Role) else state.without_role(step)
    assert state.role_orgs.keys() == {pack_id for role in state.roles.values() for pack_id in role.pack_ids}
    for pack_id in ("pack_1", "pack_2"):
        orgs = [role.org_id for role in state.roles.values() if pack_id in role.pack_ids]
        assert state.roles_with(pack_id) == len(orgs)
        assert state.roles_with(pack_id, other_than="org_acme") == orgs.count("org_globex")
        assert sorted(indexed(state.roles.values()).get(pack_id, ())) == sorted(orgs)


def test_ids_come_from_the_state_they_are_counted_in() -> None:
    state = State(seed=3)
    once, first = state.next_id("pack")
    _, second = once.next_id("pack")
    _, of_another_kind = once.next_id("role")
    assert state.next_id("pack") == (once, first)
    assert first.startswith("pack_")
    assert of_another_kind.startswith("role_")
    assert len({first, second, State(seed=4).next_id("pack")[1]}) == 3


def test_a_token_is_known_and_not_kept() -> None:
    credential = Credential(api_key("org_acme", "read_only", "a key"))
    state = State().with_credential("sk_mock_secret", credential)
    assert state.credential("sk_mock_secret") == credential
    assert state.credential("sk_mock_other") is None
    assert "sk_mock_secret" not in repr(state)
    assert state.without_credential("sk_mock_secret") == State()


def test_a_state_says_what_was_touched_on_the_way_to_it() -> None:
    before = State().with_pack(pack("pack_1")).with_image(REF, image())
    settle(before, State())
    after = before.with_role(Role("role_1", "org_acme", "one", ())).without_pack("pack_1")
    settle(after, before)
    assert touched(after, before) == (
        ("roles", "role_1"),
        ("registry", "registry.evershell.example/org_acme/sample"),
        ("packs", "pack_1"),
    )
    once_more, _ = after.next_id("pack")
    settle(once_more, after)
    assert touched(once_more, after) == (("counters", "pack"),)
    assert touched(after, before)[0] == ("roles", "role_1")
    assert touched(once_more, once_more) == ()


def test_ids_given_out_before_a_step_back_are_not_given_out_again() -> None:
    start = State(seed=3)
    state, first = start.next_id("pack")
    state, second = state.next_id("pack")
    back = replace(start, given_out=state.highest_ids())
    assert back == start
    _, third = back.next_id("pack")
    assert len({first, second, third}) == 3
