"""State is a value: what it was stays what it was."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mock_server.access.callers import Credential, make_api_key
from mock_server.access.credentials import CREDENTIALS, digest_token, find_known
from mock_server.resources.agent_roles.role import ROLES, Role, count_roles_with
from mock_server.resources.packs.images import Image, build
from mock_server.resources.packs.pack import PACKS, PURGE_FAILURES, Pack, with_purge_failures, without_pack
from mock_server.resources.packs.registry import Reference, pull, with_image
from mock_server.resources.workspaces.task import ENDED, STATUSES, TASKS, Status, Task
from mock_server.state.blobs import make_blob
from mock_server.state.state import list_touched, settle
from mock_server.state.table import make_table
from mock_server.state.value import replace
from tests.mock_server.states import GRANTS, empty

NOW = datetime(2026, 5, 1, tzinfo=UTC)
REF = "registry.evershell.example/org_acme/sample:1.0.0"


def image(name: str = "sample") -> Image:
    return build({"pack.yaml": make_blob(f"name: {name}\nversion: 1.0.0\n".encode())})


def pack(pack_id: str, name: str = "sample", org_id: str | None = "org_acme") -> Pack:
    return Pack(pack_id, org_id, "community", "org", "upload", REF, image(name), NOW, NOW)


def test_a_change_makes_a_new_state_and_leaves_the_old() -> None:
    before = empty().put(PACKS, pack("pack_1"))
    after = before.put(PACKS, replace(pack("pack_1"), visibility="community")).put(PACKS, pack("pack_2", "other"))
    assert before == empty().put(PACKS, pack("pack_1"))
    assert set(after.all(PACKS)) == {"pack_1", "pack_2"}
    assert after.all(PACKS)["pack_1"].visibility == "community"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans()), max_size=20))
def test_the_index_by_name_follows_the_packs(steps: list[tuple[str, str, bool]]) -> None:
    state = empty()
    for pack_id, org_id, added in steps:
        name = f"pack-{pack_id}"  # a pack keeps its name for life
        state = (
            state.put(PACKS, pack(pack_id + org_id, name, org_id)) if added else without_pack(state, pack_id + org_id)
        )
    packs = state.all(PACKS).values()
    assert dict(state.tables["packs"].entries[0]) == {(each.org_id, each.name): (each.id,) for each in packs}
    for each in packs:
        assert state.select(PACKS, org_id=each.org_id, name=each.name) == [each]


def test_an_uploaded_pack_goes_with_its_images_and_its_failures() -> None:
    state = with_purge_failures(with_image(empty(), REF, image()).put(PACKS, pack("pack_1")), "pack_1", 2)
    gone = without_pack(state, "pack_1")
    assert pull(gone, Reference.parse(REF)) is None
    assert "pack_1" not in gone.all(PURGE_FAILURES)
    assert pull(state, Reference.parse(REF)) == image()
    assert without_pack(gone, "pack_1") == gone


def test_the_image_of_any_other_pack_stays() -> None:
    state = with_image(empty(), REF, image()).put(PACKS, replace(pack("pack_1"), image_origin="image_ref"))
    assert pull(without_pack(state, "pack_1"), Reference.parse(REF)) == image()


def test_failures_that_are_used_up_leave_nothing() -> None:
    assert with_purge_failures(with_purge_failures(empty(), "pack_1", 1), "pack_1", 0) == empty()


def role_of(
    role_id: str, org_id: str, name: str, pack_ids: tuple[str, ...], archived_at: datetime | None = None
) -> Role:
    return Role(role_id, org_id, name, "provider_1", NOW, NOW, pack_ids, archived_at=archived_at)


def test_roles_are_counted_archived_ones_too() -> None:
    roles = [
        role_of("role_1", "org_acme", "one", ("pack_1", "pack_2")),
        role_of("role_2", "org_globex", "two", ("pack_1",), NOW),
        role_of("role_3", "org_globex", "three", ("pack_2",)),
    ]
    state = empty()
    for role in roles:
        state = state.put(ROLES, role)
    assert count_roles_with(state, "pack_1") == 2
    assert count_roles_with(state, "pack_1", other_than="org_acme") == 1
    assert count_roles_with(state, "pack_3") == 0
    assert count_roles_with(state.drop(ROLES, "role_2"), "pack_1", other_than="org_acme") == 0


STEPS = st.builds(
    role_of,
    st.sampled_from(["role_1", "role_2", "role_3"]),
    st.sampled_from(["org_acme", "org_globex"]),
    st.just("one"),
    st.lists(st.sampled_from(["pack_1", "pack_2"]), max_size=3).map(tuple),
)


@given(st.lists(STEPS | st.sampled_from(["role_1", "role_2", "role_3"]), max_size=12))
def test_the_index_of_roles_follows_the_roles(steps: list[Role | str]) -> None:
    state = empty()
    for step in steps:
        state = state.put(ROLES, step) if isinstance(step, Role) else state.drop(ROLES, step)
    roles = state.all(ROLES).values()
    of_packs = state.tables["roles"].entries[ROLES.index_at[("pack_ids",)]]
    assert set(of_packs) == {pack_id for role in roles for pack_id in role.pack_ids}
    for pack_id in ("pack_1", "pack_2"):
        orgs = [role.org_id for role in roles if pack_id in role.pack_ids]
        assert count_roles_with(state, pack_id) == len(orgs)
        assert count_roles_with(state, pack_id, other_than="org_acme") == orgs.count("org_globex")
    assert make_table(ROLES, roles) == state.tables["roles"]


def test_ids_come_from_the_state_they_are_counted_in() -> None:
    state = empty(seed=3)
    once, first = state.assign_id_of_kind("pack")
    _, second = once.assign_id_of_kind("pack")
    _, of_another_kind = once.assign_id_of_kind("role")
    assert state.assign_id_of_kind("pack") == (once, first)
    assert first.startswith("pack_")
    assert of_another_kind.startswith("role_")
    assert len({first, second, empty(seed=4).assign_id_of_kind("pack")[1]}) == 3


def test_a_token_is_known_and_not_kept() -> None:
    credential = Credential(digest_token("sk_mock_secret"), make_api_key("org_acme", "read_only", "a key", GRANTS))
    state = empty().put(CREDENTIALS, credential)
    assert find_known("sk_mock_secret", state) == credential
    assert find_known("sk_mock_other", state) is None
    assert "sk_mock_secret" not in repr(state)
    assert state.drop(CREDENTIALS, credential.digest) == empty()


def test_a_state_says_what_was_touched_on_the_way_to_it() -> None:
    before = with_image(empty().put(PACKS, pack("pack_1")), REF, image())
    settle(before, empty())
    after = without_pack(before.put(ROLES, role_of("role_1", "org_acme", "one", ())), "pack_1")
    settle(after, before)
    assert list_touched(after, before) == (
        ("roles", "role_1"),
        ("registry", "registry.evershell.example/org_acme/sample"),
        ("packs", "pack_1"),
    )
    once_more, _ = after.assign_id_of_kind("pack")
    settle(once_more, after)
    assert list_touched(once_more, after) == (("counters", "pack"),)
    assert list_touched(after, before)[0] == ("roles", "role_1")
    assert list_touched(once_more, once_more) == ()


def test_ids_given_out_before_a_step_back_are_not_given_out_again() -> None:
    start = empty(seed=3)
    state, first = start.assign_id_of_kind("pack")
    state, second = state.assign_id_of_kind("pack")
    back = replace(start, highest=state.find_highest_ids())
    assert back == start
    _, third = back.assign_id_of_kind("pack")
    assert len({first, second, third}) == 3


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.sampled_from(STATUSES)), max_size=30))
def test_a_queue_is_in_its_order_whatever_the_keys_are(steps: list[tuple[str, int, Status]]) -> None:
    state = empty()
    for key, minutes, status in steps:
        made = NOW - timedelta(minutes=minutes)
        state = state.put(TASKS, Task(f"task_{key}", "org_acme", "ws_1", "Do it.", made, status=status))
        waiting = sorted((each for each in state.all(TASKS).values() if each.status not in ENDED), key=lambda t: t.age)
        assert state.select(TASKS, unfinished_in="ws_1") == waiting
        assert state.select_first(TASKS, unfinished_in="ws_1") == (waiting[0] if waiting else None)
        assert make_table(TASKS, state.all(TASKS).values()) == state.tables["tasks"]
