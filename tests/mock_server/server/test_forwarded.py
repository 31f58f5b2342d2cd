"""What a proxy says is believed only by a mock that was told of one."""

from collections.abc import Iterator

import pytest

from mock_server import create_app
from mock_server.server import Limits
from tests import plain
from tests.mock_server.serving import served

INSIDE = [{"X-Forwarded-Host": "localhost"}, {"Forwarded": "for=192.0.2.1;host=localhost;proto=https"}]
OUTSIDE = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "localhost, evil.example"},
    {"Forwarded": 'host="evil.example"'},
    {"Forwarded": "host=localhost, host=evil.example"},
]


@pytest.fixture(scope="module")
def behind_a_proxy() -> Iterator[str]:
    with served(create_app(), Limits(proxy_headers=True)) as url:
        yield url


def asked(origin: str, host: str, headers: dict[str, str]) -> int:
    return plain.get(f"{origin}/_mock/worlds", headers={"Host": host, **headers}).status_code


@pytest.mark.parametrize("headers", [*INSIDE, *OUTSIDE], ids=str)
def test_usually_it_is_not_believed(origin: str, headers: dict[str, str]) -> None:
    assert asked(origin, "evil.example", headers) == 403
    assert asked(origin, "localhost", headers) == 200


@pytest.mark.parametrize(("headers", "status"), [*((each, 200) for each in INSIDE), *((each, 403) for each in OUTSIDE)])
def test_of_a_proxy_it_is(behind_a_proxy: str, headers: dict[str, str], status: int) -> None:
    assert asked(behind_a_proxy, "inner.example", headers) == status


def test_without_a_word_of_a_proxy_the_host_stays(behind_a_proxy: str) -> None:
    assert asked(behind_a_proxy, "evil.example", {"Forwarded": "for=192.0.2.1"}) == 403
    assert asked(behind_a_proxy, "localhost", {}) == 200


@pytest.mark.parametrize(
    ("headers", "console"),
    [
        ({"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https"}, "https://localhost"),
        ({"Forwarded": "for=192.0.2.1;host=localhost;proto=https"}, "https://localhost"),
        ({"X-Forwarded-Host": "localhost:8080", "X-Forwarded-Proto": "https, http"}, "http://localhost:8080"),
        ({"X-Forwarded-Host": "localhost"}, "http://localhost"),
    ],
    ids=str,
)
def test_links_are_as_the_client_asked(behind_a_proxy: str, headers: dict[str, str], console: str) -> None:
    link = plain.get(f"{behind_a_proxy}/v1/packs", headers=headers).headers["x-mock-journal"]
    assert link.startswith(f"{console}/_mock/#/default/journal?entry=")
