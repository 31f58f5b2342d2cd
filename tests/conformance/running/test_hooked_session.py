"""What a session does with requests that Schemathesis makes: what callers sign in by is never taken from them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from schemathesis import Case

from conformance.http.connection import Connection
from conformance.running.hooked_session import HookedSession
from conformance.target.target import find_mock
from tests import plain
from tests.live import served_mock
from tests.openapi import DOCUMENT

WITHHELD = "callers may sign in by it"


@pytest.fixture
def session() -> Iterator[HookedSession]:
    """A session with a world of a mock that is nobody else's, where all else may be changed."""
    with served_mock() as mock:
        world = f"{mock}/_worlds/st/v1"
        profile = find_mock(f"{mock}/v1", Connection())
        assert profile is not None
        session = HookedSession(replace(profile, url=world, world_url=world, states_url=None))
        yield session
        assert session.close() == []


def request_of(session: HookedSession, method: str, path: str, values: dict[str, str], caller: str) -> Case[Any]:
    token = next(each.token for each in session.suite.profile.callers if each.name == caller)
    operation = schemathesis.openapi.from_dict({**DOCUMENT})[path][method]
    return operation.Case(path_parameters=values, headers={"Authorization": f"Bearer {token}"})


def test_no_request_takes_from_a_caller_what_he_signs_in_by(session: HookedSession) -> None:
    owner = next(each for each in session.suite.profile.callers if each.name == "acme-owner")
    headers = {"Authorization": f"Bearer {owner.token}"}
    keys = plain.get(f"{session.suite.profile.url}/api-keys", headers=headers).json()["api_keys"]
    assert keys
    ends = [("/api-keys/{id}", {"id": each["id"]}) for each in keys]
    ends.append(("/orgs/{id}/memberships/{user_id}", {"id": owner.org, "user_id": "usr_acme_operator"}))
    told = [session.begin(request_of(session, "DELETE", path, values, "acme-owner")) for path, values in ends]
    assert all(reason.endswith(WITHHELD) for reason in told)
    assert session.withheld.total() == len(ends)
    assert session.begin(request_of(session, "DELETE", "/packs/{id}", {"id": "pack_acme_pager"}, "acme-owner")) == ""
