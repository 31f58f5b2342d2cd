"""Which steps before a finding led to it, by the names that they share."""

import pytest

from conformance.http.exchange import Exchange, Request
from conformance.results.relevant import list_names, select_relevant


def asked(content: bytes, number: int = 1) -> Exchange:
    request = Request("packs.create", "POST", "/packs", {}, content=content)
    return Exchange("owner", request, "http://127.0.0.1/v1/packs", 201, (), b"{}", 0.0, None, number, None)


@pytest.mark.parametrize("name", ["conformance-67ca57-9a8b7c", "team-conformance-67ca57", "a-b-c-conformance-67ca57"])
def test_a_name_with_the_mark_is_found(name: str) -> None:
    for around in (f"{name}", f'"{name}"', f"registry.example/{name}:1.0.0", f"--{name} "):
        assert list(list_names(asked(around.encode()))) == [name]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", [b"a", b"a-", b"-conformance-"])
def test_a_long_body_is_looked_through_in_time(text: bytes) -> None:
    long = asked(text * 200_000)
    assert select_relevant([long], asked(b"conformance-67ca57-9a8b7c", 2)) == []
