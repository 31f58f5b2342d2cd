"""A state that is written and read again is the same state, whatever it holds, and nothing of it is left out."""

from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.access.callers import Caller, Credential, make_api_key, make_person
from mock_server.access.credentials import CREDENTIALS, digest_token
from mock_server.contract.document import load_document
from mock_server.control import CONTROL_CONTRACT
from mock_server.resources.agent_roles import ROLES, Role
from mock_server.resources.catalogue import find_collections
from mock_server.resources.members import MEMBERS, Member
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.packs.images import Image, UnusableImage, build
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.packs.registry import with_image
from mock_server.resources.providers import PROVIDERS, Provider
from mock_server.settings import find_own_contract
from mock_server.state.blobs import make_blob
from mock_server.state.changes import list_changes
from mock_server.state.clock import Clock, freeze
from mock_server.state.conformity import Conformity
from mock_server.state.portable import StateReader, with_collections, write
from mock_server.state.state import State
from mock_server.state.value import replace
from tests.mock_server.states import GRANTS, empty
from tests.openapi import DOCUMENT

OUTLINE = load_document(CONTROL_CONTRACT)["components"]["schemas"]["State"]
COLLECTIONS = find_collections(DOCUMENT)
READER = StateReader(
    with_collections(OUTLINE, COLLECTIONS), COLLECTIONS, Conformity(load_document(find_own_contract()))
)
ORG_IDS = [f"org_{name}" for name in ("one", "two", "three")]
TEXTS = st.text(min_size=1, max_size=8).filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text))
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(8999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC is put to them
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)


@st.composite
def images(draw: st.DrawFn) -> Image:
    name = draw(NAMES)
    files = {"pack.yaml": make_blob(f"name: '{name}'\nversion: 1.0.{draw(st.integers(0, 2))}\n".encode())}
    for path in draw(st.lists(TEXTS, max_size=2, unique=True)):
        files.setdefault(path, make_blob(draw(st.binary(max_size=8))))
    return build(files)


@st.composite
def packs(draw: st.DrawFn, number: int) -> Pack:
    org_id = draw(st.sampled_from([None, *ORG_IDS]))
    created_at = draw(MOMENTS)
    return Pack(
        id=f"pack_{number}",
        org_id=org_id,
        tier="community" if org_id else draw(st.sampled_from(["recommended", "verified"])),
        visibility=draw(st.sampled_from(["org", "community"])),
        image_origin=draw(st.sampled_from(["upload", "image_ref", "clone"])),
        image_ref=f"registry.example.com/{draw(NAMES.filter(lambda name: '--' not in name))}/pack:1.0.0",
        image=draw(images()),
        created_at=created_at,
        updated_at=draw(MOMENTS),
    )


CALLERS = st.one_of(
    st.builds(
        make_person, st.sampled_from(ORG_IDS), TEXTS, TEXTS, st.sampled_from(sorted(GRANTS.roles)), st.just(GRANTS)
    ),
    st.builds(
        make_api_key, st.sampled_from(ORG_IDS), st.sampled_from(sorted(GRANTS.permission_sets)), TEXTS, st.just(GRANTS)
    ),
    st.builds(
        Caller,
        st.just("session"),
        st.sampled_from(ORG_IDS),
        TEXTS,
        TEXTS,
        TEXTS,
        st.lists(TEXTS, max_size=2).map(tuple),
    ),
)
CREDENTIAL = st.builds(Credential, TEXTS.map(digest_token), CALLERS, st.none() | MOMENTS, st.booleans())
PROVIDER_OF = {org_id: f"provider_of_{org_id}" for org_id in ORG_IDS}
ROLE = st.builds(
    lambda role_id, org_id, *rest: Role(role_id, org_id, rest[0], PROVIDER_OF[org_id], *rest[1:4], archived_at=rest[4]),
    TEXTS,
    st.sampled_from(ORG_IDS),
    NAMES,
    MOMENTS,
    MOMENTS,
    st.lists(TEXTS, max_size=2).map(tuple),
    st.none() | MOMENTS,
)
CLOCKS = st.one_of(
    MOMENTS.map(freeze),
    st.integers(-(10**15), 10**15).map(lambda micro: Clock(offset=timedelta(microseconds=micro))),
)
STATUSES = st.sampled_from(["active", "trial", "past_due", "decommissioning"])


@st.composite
def peopled(draw: st.DrawFn) -> State:
    """A state with orgs, and whoever is in them."""
    state = empty(seed=draw(st.integers(0, 3)), clock=draw(CLOCKS))
    for org_id in ORG_IDS:
        state = state.put(ORGS, Org(org_id, draw(TEXTS), draw(STATUSES), draw(st.none() | MOMENTS)))
    for number, org_id in enumerate(draw(st.lists(st.sampled_from(ORG_IDS), max_size=3))):
        user = draw(st.sampled_from([None, "", f"usr_{number}"]))
        state = state.put(MEMBERS, Member(draw(TEXTS), org_id, f"somebody-{number}@one.example", "owner", user))
    moment = draw(MOMENTS)
    for org_id, provider_id in PROVIDER_OF.items():
        state = state.put(
            PROVIDERS, Provider(provider_id, org_id, "main", "openai", "api.first.example", moment, moment)
        )
    for role in draw(st.lists(ROLE, max_size=2)):
        if not state.select(ROLES, org_id=role.org_id, name=role.name):
            state = state.put(ROLES, role)
    for credential in draw(st.lists(CREDENTIAL, max_size=2)):
        state = state.put(CREDENTIALS, credential)
    for kind in draw(st.lists(st.sampled_from(["pack", "key"]), max_size=3)):
        state, _ = state.assign_id_of_kind(kind)
    return state


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state that holds something of everything."""
    state = draw(peopled())
    for number in range(draw(st.integers(0, 3))):
        pack = draw(packs(number))
        if not state.select(PACKS, org_id=pack.org_id, name=pack.name):
            state = state.put(PACKS, pack)
    for position, image in enumerate(draw(st.lists(images(), max_size=2))):
        state = with_image(state, f"registry.example.com/some/image:{position}", image)
        state = with_image(state, f"registry.example.com/some/image@{image.digest}", image)
    if draw(st.booleans()):
        state = with_image(state, "registry.example.com/no/pack:1", UnusableImage(f"sha256:{'0' * 64}", draw(TEXTS)))
    return state


@settings(deadline=None, max_examples=200)
@given(states())
def test_what_is_read_is_what_was_written(state: State) -> None:
    document = write(state)
    read = READER.read(orjson.loads(document), empty(seed=state.seed))
    assert read == state
    assert write(read) == document
    assert list_changes(state, read) == []


@settings(deadline=None, max_examples=100)
@given(states(), states())
def test_two_states_differ_in_their_documents_just_where_there_are_changes(one: State, other: State) -> None:
    other = replace(other, seed=one.seed)
    found = list_changes(one, other)
    same_of_packs_and_registry = {
        name: orjson.loads(write(one))[name] == orjson.loads(write(other))[name]
        for name in ("clock", "counters", "orgs", "members", "providers", "roles", "packs", "registry", "credentials")
    }
    changed = {change["object"].partition("/")[0] for change in found}
    assert changed == {name for name, same in same_of_packs_and_registry.items() if not same}


@settings(deadline=None, max_examples=100)
@given(states())
def test_objects_that_are_known_already_are_the_same_objects(state: State) -> None:
    read = READER.read(orjson.loads(write(state)), state)
    for name, table in read.tables.items():
        known = state.tables[name].objects
        assert all(value is known[key] for key, value in table.objects.items()), name


def test_every_collection_of_a_state_is_written_unless_it_is_of_the_world_alone() -> None:
    document = orjson.loads(write(empty()))
    told = {each.name for each in COLLECTIONS if not each.transient}
    assert document.keys() == {"format", "clock", "counters", "images", "contents"} | told
