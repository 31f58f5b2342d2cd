"""What a request leaves behind, and what never leaves the mock."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.errors import ApiError, PackInUse, RegistryCleanupFailed
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.state.value import replace
from tests import plain
from tests.mock_server.serving import contract_with, json_response, refusal, refusals, served

TOKEN = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}


def operation(name: str) -> dict[str, Any]:
    return {
        "post": {
            "operationId": name,
            "x-billing": "wind-down",
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": {
                "200": {
                    **json_response({"type": "object", "required": ["count"]}),
                    "headers": {"X-Count": {"required": True, "schema": {"type": "integer"}}},
                },
                "409": {"$ref": "#/components/responses/PackExists"},
                "502": json_response({"$ref": "#/components/schemas/RegistryCleanupFailedError"}),
                **refusals("413", "415"),
            },
        }
    }


def orgs(state: State) -> Reply:
    return Reply(200, {"count": len(state.all(ORGS))}, headers=(("X-Count", str(len(state.all(ORGS)))),))


def read(state: State, _request: Request) -> tuple[State, Reply]:
    return state, orgs(state)


def grown(state: State) -> State:
    org = state.all(ORGS)["org_acme"]
    return state.put(ORGS, replace(org, id=f"org_{len(state.all(ORGS))}"))


def grow(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), orgs(grown(state))


def crash(state: State, _request: Request) -> tuple[State, Reply]:
    grown(state)
    raise ZeroDivisionError("half-way")


def refuse_undeclared(_state: State, _request: Request) -> tuple[State, Reply]:
    raise PackInUse("Not declared for this operation.")


def refuse_and_keep(state: State, _request: Request) -> tuple[State, ApiError]:
    return grown(state), RegistryCleanupFailed("The registry did not purge the image.")


def wrong_body(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(200, {"counts": 1}, headers=(("X-Count", "1"),))


def wrong_status(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(202, {"count": 1}, headers=(("X-Count", "1"),))


def wrong_type(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(200, b"count: 1", "application/yaml", headers=(("X-Count", "1"),))


def no_header(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(200, {"count": 1})


def wrong_header(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(200, {"count": 1}, headers=(("X-Count", "many"),))


def no_json(state: State, _request: Request) -> tuple[State, Reply]:
    return grown(state), Reply(200, {"count": object()}, headers=(("X-Count", "1"),))


BREACHES = (crash, refuse_undeclared, wrong_body, wrong_status, wrong_type, no_header, wrong_header, no_json)
FUNCTIONS = (read, grow, refuse_and_keep, *BREACHES)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    names = {function.__name__: f"made.{function.__name__}" for function in FUNCTIONS}
    paths = {f"/{name}": operation(each) for name, each in names.items()}
    paths["/slow"] = operation("made.slow")
    handlers = {names[function.__name__]: Handler(function) for function in FUNCTIONS}
    handlers["made.slow"] = Handler(grow, prepare=wait)
    contract = contract_with(tmp_path_factory.mktemp("contract"), paths)
    with served(create_app(Settings(contract=contract), handlers)) as url:
        yield url


async def wait(request: Request) -> Request:
    await asyncio.sleep(0)
    return request._replace(body="prepared")


def post(origin: str, name: str, world: str) -> httpx.Response:
    return plain.post(f"{origin}/v1/{name}", headers=TOKEN | {"X-Mock-World": world})


def count(origin: str, world: str) -> int:
    answer = post(origin, "read", world)
    assert answer.status_code == 200
    number: int = answer.json()["count"]
    return number


def test_what_an_operation_makes_of_the_state_stays(origin: str) -> None:
    before = count(origin, "grow")
    assert post(origin, "grow", "grow").json() == {"count": before + 1}
    assert post(origin, "slow", "grow").json() == {"count": before + 2}
    assert count(origin, "grow") == before + 2
    assert count(origin, "other") == before


@pytest.mark.parametrize("name", [function.__name__ for function in BREACHES])
def test_an_answer_outside_the_contract_is_a_logged_500_and_leaves_nothing(
    origin: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = count(origin, name)
    answer = post(origin, name, name)
    assert refusal(answer) == (500, "contract_breach")
    assert answer.headers["x-request-id"] in caplog.text
    assert count(origin, name) == before


def test_a_refusal_that_is_returned_keeps_the_state(origin: str) -> None:
    before = count(origin, "keep")
    assert refusal(post(origin, "refuse_and_keep", "keep")) == (502, "registry_cleanup_failed")
    assert count(origin, "keep") == before + 1


def test_request_ids_never_repeat_in_a_world_and_are_the_same_in_another(origin: str) -> None:
    ids = {world: [post(origin, "read", world).headers["x-request-id"] for _ in range(50)] for world in ("a", "b")}
    assert len(set(ids["a"])) == 50
    assert ids["a"] == ids["b"]
    assert all(len(each) == 8 and set(each) <= set("0123456789abcdef") for each in ids["a"])


def test_many_requests_at_once_are_each_counted(origin: str) -> None:
    before = count(origin, "crowd")

    async def crowd() -> list[httpx.Response]:
        headers = TOKEN | {"X-Mock-World": "crowd"}
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            calls = [client.post(f"{origin}/v1/{name}") for name in ("grow", "slow") * 40]
            return await asyncio.gather(*calls)

    answers = asyncio.run(crowd())
    assert sorted(answer.json()["count"] for answer in answers) == list(range(before + 1, before + 81))
