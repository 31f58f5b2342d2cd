"""Parameters of path, query and headers, on an operation made up for them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import Mock, contract_with, json_response, refusal, refusals, served, wrong_fields
from tests.repo.sources import ROOT

QUERY: dict[str, Any] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "ratio": {"type": "number"},
    "archived": {"type": "boolean"},
    "name": {"type": "string", "minLength": 1},
    "tier": {"type": "array", "items": {"type": "string", "enum": ["verified", "community"]}},
}
SEARCH = {
    "get": {
        "operationId": "packs.search",
        "x-billing": "read",
        "parameters": [
            *({"name": name, "in": "query", "schema": schema} for name, schema in QUERY.items()),
            {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
            {"name": "X-Depth", "in": "header", "required": True, "schema": {"type": "integer"}},
        ],
        "responses": {"200": json_response({"type": "object"}), **refusals()},
    }
}
DEPTH = {"X-Depth": "2", "Authorization": "Bearer sk_mock_acme_read_only_1003"}


def search(state: State, request: Request) -> tuple[State, Reply]:
    return state, Reply(200, {"path": dict(request.path), "query": dict(request.query)})


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    contract = contract_with(tmp_path_factory.mktemp("contract"), {"/search/{number}": SEARCH})
    with served(create_app(Settings(contract=contract), {"packs.search": Handler(search)})) as url:
        yield f"{url}/v1/search"


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("limit=5", {"limit": 5}),
        ("ratio=0.5&archived=true", {"ratio": 0.5, "archived": True}),
        ("ratio=-2e3&archived=false", {"ratio": -2000.0, "archived": False}),
        ("name=a%20b%2Fc", {"name": "a b/c"}),
        ("tier=verified&tier=community", {"tier": ["verified", "community"]}),
        ("tier=verified", {"tier": ["verified"]}),
    ],
)
def test_values_are_read_as_their_schema_means_them(searched: str, query: str, values: dict[str, Any]) -> None:
    answer = plain.get(f"{searched}/7?{query}", headers=DEPTH)
    assert (answer.status_code, answer.json()) == (200, {"path": {"number": 7}, "query": values})


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("/7?limit=0", {"limit"}),
        ("/7?limit=many", {"limit"}),
        ("/7?limit=5&limit=6", {"limit"}),
        ("/7?limit=", {"limit"}),
        (f"/7?limit={'9' * 5000}", {"limit"}),
        ("/7?ratio=NaN", {"ratio"}),
        ("/7?archived=yes", {"archived"}),
        ("/7?name=", {"name"}),
        ("/7?tier=verified&tier=best", {"tier"}),
        ("/7?page=2&limit=5&cursor", {"page", "cursor"}),
        ("/7?%ff=1", {"�"}),
        ("/seven", {"number"}),
        ("/0?limit=0", {"number", "limit"}),
    ],
)
def test_each_parameter_that_is_wrong_is_named(searched: str, url: str, named: set[str]) -> None:
    assert wrong_fields(plain.get(searched + url, headers=DEPTH)).keys() == named


@pytest.mark.parametrize("depth", [None, "deep"])
def test_a_header_is_a_parameter_too(searched: str, depth: str | None) -> None:
    headers = {name: value for name, value in DEPTH.items() if name != "X-Depth"}
    if depth is not None:
        headers["X-Depth"] = depth
    assert wrong_fields(plain.get(f"{searched}/7", headers=headers)).keys() == {"X-Depth"}


@pytest.mark.parametrize(
    "path", ["/v1/packs", "/v1/me/session", "/v1/packs/pack_01HZ", "/v1/packs/pack_01HZ/files/pack.yaml"]
)
def test_every_operation_names_a_query_parameter_that_it_does_not_have(mock: Mock, path: str) -> None:
    assert wrong_fields(mock.send("GET", f"{path}?page=1", "acme-owner")).keys() == {"page"}


@pytest.mark.parametrize(
    "path", ["a%2Fb", "a%2fb", "a%00b", "./a", "a/../b", "%2e%2e/a", "a//b", "a/", "", "..", "a/%2E"]
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_file_path_that_none_can_have_is_a_400_on_path(mock: Mock, method: str, path: str) -> None:
    answer = mock.exactly(method, f"/v1/packs/pack_acme_release_notes/files/{path}", "acme-owner")
    assert wrong_fields(answer).keys() == {"path"}


@pytest.mark.parametrize("pack_id", ["%00", "%FF", "a%2Fb", "..%2F..", "%F0%9F%8E%81", "x" * 5000])
def test_an_id_that_no_pack_has_is_a_404(mock: Mock, pack_id: str) -> None:
    assert refusal(mock.exactly("GET", f"/v1/packs/{pack_id}", "acme-owner")) == (404, "pack_not_found")


FILE = "/v1/packs/pack_01HZ/files/"


@pytest.mark.parametrize("sent", ["docs%2Fguide.md", "docs%2fguide.md", "docs/a%2Fb.md"])
def test_a_slash_that_a_generated_client_encoded_is_a_400_that_says_what_to_do(mock: Mock, sent: str) -> None:
    [(field, text)] = wrong_fields(mock.exactly("GET", FILE + sent, "acme-owner")).items()
    assert field == "path"
    assert "send it bare, as in guides/x.md" in text
    assert "pathSerializer" in text


def test_the_hook_of_the_guide_sends_them_bare(mock: Mock) -> None:
    guide = (ROOT / "docs" / "mock.md").read_text(encoding="utf-8")
    [line] = re.findall(r"`(request\.url = [^`]+)`", guide)

    def bare(request: httpx.Request) -> None:
        exec(line, {"request": request})  # noqa: S102 - the line that readers copy

    headers = {"Authorization": f"Bearer {mock.tokens['acme-owner']}"}
    with plain.Client(base_url=mock.origin, headers=headers, event_hooks={"request": [bare]}) as client:
        answer = client.get("/v1/packs/pack_01HZ/files/guides%2Ffirst-steps.md")
    assert (answer.status_code, answer.request.url.raw_path[-22:]) == (200, b"/guides/first-steps.md")
