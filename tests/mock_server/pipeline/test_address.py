"""Worlds, named by header and by base URL."""

import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

SLACK = "/v1/packs/pack_01HZ"


def share(mock: Mock, prefix: str) -> None:
    assert mock.send("PATCH", f"{prefix}{SLACK}", "acme-owner", json={"visibility": "community"}).status_code == 200


def visibility(mock: Mock, prefix: str = "", **headers: str) -> str:
    answer = mock.send("GET", f"{prefix}{SLACK}", "acme-owner", headers=headers)
    assert answer.status_code == 200
    shown: str = answer.json()["visibility"]
    return shown


def test_a_world_is_the_same_by_header_and_by_base_url(mock: Mock) -> None:
    share(mock, f"/_worlds/{mock.world}")
    assert visibility(mock) == "community"
    assert visibility(mock, f"/_worlds/{mock.world}") == "community"
    assert visibility(mock, **{"X-Mock-World": f"{mock.world}-other"}) == "org"


def test_the_world_without_a_name_is_default(mock: Mock) -> None:
    named = mock.send("GET", SLACK, "acme-owner", headers={"X-Mock-World": "default"})
    unnamed = mock.send("GET", f"/_worlds/default{SLACK}", "acme-owner", headers={"X-Mock-World": "default"})
    assert named.json() == unnamed.json()


def test_two_different_worlds_in_one_request_are_a_400(mock: Mock) -> None:
    answer = mock.send("GET", f"/_worlds/elsewhere{SLACK}", "acme-owner")
    assert wrong_fields(answer).keys() == {"X-Mock-World"}


@pytest.mark.parametrize("name", ["-a", ".a", "a" * 65, "a b", "a/b", "é".encode().decode("latin-1"), "a,a", ""])
def test_a_name_that_no_world_can_have_is_a_400(mock: Mock, name: str) -> None:
    answer = mock.send("GET", SLACK, "acme-owner", headers={"X-Mock-World": name.encode("latin-1")})  # type: ignore[dict-item]
    assert wrong_fields(answer).keys() == {"X-Mock-World"}


@pytest.mark.parametrize("path", ["/_worlds/%2Fa/v1/packs", "/_worlds//v1/packs"])
def test_a_base_url_of_no_world_is_a_400(mock: Mock, path: str) -> None:
    assert wrong_fields(mock.exactly("GET", path, "acme-owner")).keys() == {"world"}


@pytest.mark.parametrize("path", ["/packs", "/_mock/health", "/v1", "/_worlds/b/v1/packs"])
def test_a_world_has_the_api_below_its_root_and_nothing_else(mock: Mock, path: str) -> None:
    assert refusal(mock.send("GET", f"/_worlds/{mock.world}{path}", "acme-owner")) == (404, "not_found")
