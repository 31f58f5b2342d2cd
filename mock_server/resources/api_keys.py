"""API keys of an org: list, create, revoke. Of a key's value its SHA-256 alone is kept.

What each promises stands in openapi.yaml, in the rules of the clause keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

from msgspec import Meta

from mock_server.access.callers import Credential, make_api_key
from mock_server.access.credentials import CREDENTIALS, digest_token, find_known
from mock_server.operation import Reply, Request, operation
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value, replace

_BEGINNING = "sk_mock_"
_KIND = "api_key"
_DIGITS = 24
_MADE_AT = datetime(2026, 1, 2, tzinfo=UTC)  # of a key of the fixtures that does not say when


class ApiKey(Value):
    """An API key. What its bearer may do stands in the credential of its digest."""

    id: str
    org_id: str
    label: Annotated[str, Meta(min_length=1, max_length=64)]
    prefix: Annotated[str, Meta(min_length=1)]
    permission_set: str  # one of x-permission-sets
    created_at: datetime
    digest: str


class _GivenKey(Value):
    """An API key of the fixtures."""

    org_id: str
    permission_set: str  # one of x-permission-sets
    label: Annotated[str, Meta(min_length=1, max_length=64)]
    token: Annotated[str, Meta(pattern="^sk_mock_[A-Za-z0-9_]+$")]
    id: Annotated[str | None, Meta(extra_json_schema={"pattern": "^api_key_[A-Za-z0-9_]+$"})] = None
    created_at: datetime = _MADE_AT


def show_api_key(key: ApiKey, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a key in the list."""
    return {
        "id": key.id,
        "label": key.label,
        "prefix": key.prefix,
        "permission_set": key.permission_set,
        "created_at": key.created_at,
    }


def _add(state: State, given: _GivenKey) -> State:
    if find_known(given.token, state) is not None:
        raise ValueError("token: another API key has this token")
    state, key_id = (state, given.id) if given.id else state.assign_id_of_kind(_KIND)
    if key_id in state.all(API_KEYS):
        raise ValueError("another API key has this id")
    key = ApiKey(
        key_id,
        given.org_id,
        given.label,
        shorten_value(given.token),
        given.permission_set,
        given.created_at,
        digest_token(given.token),
    )
    return _put(state, key)


def _put(state: State, key: ApiKey) -> State:
    """The state with a key that works."""
    caller = make_api_key(key.org_id, key.permission_set, key.label, state.grants)
    return state.put(CREDENTIALS, Credential(key.digest, caller)).put(API_KEYS, key)


def _invent(some: Inventor) -> Mapping[str, Any]:
    return {
        "permission_set": some.choose(("full_access", "submit_observe", "read_only")),
        "label": some.make_name().replace("-", " ").capitalize(),
        "token": _BEGINNING + some.make_digits(_DIGITS),
    }


API_KEYS = Collection(
    ApiKey,
    "api_keys",
    refers={"org_id": ORGS, "digest": CREDENTIALS},
    indexes=("org_id",),
    schema="ApiKey",
    visible=is_same_org,
    view=show_api_key,
    description="By id. Whoever presents one is found by its digest, in `credentials`.",
    fixtures=Fixtures(
        item=_GivenKey,
        key=("token",),
        add=_add,
        persona=lambda state, given: (
            given.permission_set,
            make_api_key(given.org_id, given.permission_set, given.label, state.grants),
            given.token,
        ),
        invent=_invent,
    ),
)


def shorten_value(value: str) -> str:
    """Return how a value is shown: its beginning, and its last four characters."""
    return f"{_BEGINNING}...{value[-4:]}"


@operation("api_keys.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a key, and show its value this once."""
    state, key_id = state.assign_id_of_kind(_KIND)
    value = _make_value(state.seed, key_id)
    key = ApiKey(
        key_id,
        request.caller.org_id,
        request.body["label"],
        shorten_value(value),
        request.body["permission_set"],
        request.now,
        digest_token(value),
    )
    shown = show_api_key(key, key.org_id)
    body = {**{name: shown[name] for name in ("id", "label", "prefix", "permission_set")}, "value": value}
    return _put(state, key), Reply(201, body)


@operation("api_keys.revoke")
def revoke(state: State, request: Request) -> tuple[State, Reply]:
    """Revoke a key: nobody is let in by it from now on."""
    key = request.find(state, API_KEYS)
    credential = state.all(CREDENTIALS)[key.digest]
    state = state.put(CREDENTIALS, replace(credential, revoked=True)).drop(API_KEYS, key.id)
    return state, Reply(200, {"status": "revoked"})


def _make_value(seed: int, key_id: str) -> str:
    """The value of a key: the same for the same seed and key, as everything in a world is."""
    return _BEGINNING + sha256(f"the value of {key_id} in a mock of seed {seed}".encode()).hexdigest()[:_DIGITS]
