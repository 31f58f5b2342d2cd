"""`evershell-mock mcp` as an agent uses it: the SDK's own client, which starts the command, and a real mock."""

import base64
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from click.testing import CliRunner
from mcp import Client, StdioServerParameters

from mock_server import Mock, Settings, create_app
from mock_server.cli import main
from mock_server.mcp.server import make_server
from tests import plain
from tests.archives import zipped
from tests.mock_server.serving import served
from tests.openapi import control_contract
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs" / "coding-agents.md").read_text(encoding="utf-8")
[CONFIGURED] = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])["mcpServers"].values()
CONTRACT = control_contract()
TOKEN = "s3cret"
METHODS = {"get", "put", "post", "delete", "patch"}
OPERATIONS = {
    operation["operationId"]: (method, operation, [*item.get("parameters", []), *operation.get("parameters", [])])
    for item in CONTRACT["paths"].values()
    for method, operation in item.items()
    if method in METHODS
}


class Agent:
    """An agent that has started the command as the page on agents tells it to, for a mock at some URL."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal, self._client = portal, client

    def tools(self) -> dict[str, Any]:
        """The tools by name, as they came over the wire."""
        listed = self._portal.call(self._client.list_tools).tools
        return {tool.name: tool.model_dump(by_alias=True, exclude_none=True) for tool in listed}

    def _called(self, name: str, arguments: dict[str, Any]) -> tuple[bool, str]:
        result = self._portal.call(self._client.call_tool, name, arguments)
        [content] = result.content
        assert content.type == "text"
        return result.is_error, content.text

    def says(self, name: str, **arguments: Any) -> str:
        """The text of a call that succeeds."""
        is_error, text = self._called(name, arguments)
        assert not is_error, text
        return text

    def gives(self, name: str, **arguments: Any) -> Any:
        """The same as JSON."""
        return json.loads(self.says(name, **arguments))

    def refuses(self, name: str, **arguments: Any) -> str:
        """The text of a call that is an error."""
        is_error, text = self._called(name, arguments)
        assert is_error, text
        return text


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The URL of a mock that asks for a control token."""
    with served(create_app(Settings(control_token=TOKEN))) as url:
        yield url


@pytest.fixture(scope="module")
def agent(portal: BlockingPortal, origin: str) -> Iterator[Agent]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"EVERSHELL_MOCK_URL": origin, "EVERSHELL_MOCK_CONTROL_TOKEN": TOKEN, "PATH": path}
    command = StdioServerParameters(
        command=CONFIGURED["command"], args=CONFIGURED["args"], env={**CONFIGURED["env"], **own}
    )
    with portal.wrap_async_context_manager(Client(command)) as client:
        yield Agent(portal, client)


def test_each_operation_of_the_control_api_is_a_tool_and_judge_is_one_more(agent: Agent) -> None:
    assert sorted(agent.tools()) == sorted([*(name.replace(".", "_") for name in OPERATIONS), "judge"])
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in agent.tools()), "agents take no other names"


def test_a_tool_says_what_its_operation_says_and_takes_what_it_takes(agent: Agent) -> None:
    tools = agent.tools()
    for operation_id, (method, operation, parameters) in OPERATIONS.items():
        tool = tools[operation_id.replace(".", "_")]
        assert tool["description"].startswith(f"{operation['summary']}.")
        assert operation.get("description", "").strip() in tool["description"]
        assert tool["annotations"]["readOnlyHint"] is (method == "get")
        named = [
            CONTRACT["components"]["parameters"][each["$ref"].rpartition("/")[2]]
            for each in parameters
            if "$ref" in each
        ]
        named += [each for each in parameters if "$ref" not in each]
        body = operation.get("requestBody")
        assert tool["inputSchema"]["properties"].keys() == {each["name"] for each in named} | (
            {"body"} if body else set()
        )
        required = {each["name"] for each in named if each.get("required")} | ({"body"} if body else set())
        assert set(tool["inputSchema"]["required"]) == required


def test_what_tools_take_is_json_schema_without_references(agent: Agent) -> None:
    for tool in agent.tools().values():
        schema = tool["inputSchema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        assert (schema["type"], "$ref" in json.dumps(schema)) == ("object", False)
        assert schema.keys().isdisjoint({"oneOf", "anyOf", "allOf"}), "agents take none at the top"
    body = agent.tools()["faults_create"]["inputSchema"]["properties"]["body"]
    assert body["properties"]["operation_id"]["description"] == "An operation of the API, or `*` for all."


def test_a_world_is_made_a_fault_armed_and_the_journal_says_why(agent: Agent, origin: str) -> None:
    assert agent.gives("worlds_create", body={"name": "agents-own"}) == {"name": "agents-own"}
    fault = {"operation_id": "packs.list", "status": 503, "undeclared": True}
    assert agent.gives("faults_create", world="agents-own", body=fault)["left"] == 1
    api = f"{origin}/_worlds/agents-own/v1/packs"
    callers = {each["name"]: each["token"] for each in agent.gives("personas_list")["personas"]}
    reader = {"Authorization": f"Bearer {callers['acme-read-only']}"}
    assert plain.get(api, headers=reader).status_code == 503
    assert plain.patch(f"{api}/pack_acme_pager", headers=reader, json={"visibility": "org"}).status_code == 403
    failed, refused = agent.gives("journal_list", world="agents-own", last=2)["entries"]
    assert (failed["gate"], failed["faults"]) == ("fault", [1])
    assert (refused["gate"], refused["reason"]) == ("scope", "The operation asks for caps:write.")
    assert agent.gives("journal_count", world="agents-own", caller="acme-read-only", status=403) == {"count": 1}
    first = agent.says("journal_stream", world="agents-own", **{"Last-Event-ID": 0})
    assert re.match(r"id: 1\ndata: \{.*\"status\":503", first)


def test_billing_clock_states_and_images_are_as_the_control_api_has_them(agent: Agent, origin: str) -> None:
    world = {"world": "agents-other"}
    agent.says("billing_replace", **world, org_id="org_acme", body={"posture": "past_due"})
    assert {"org_acme": "past_due"}.items() <= {
        each["id"]: each["posture"] for each in agent.gives("orgs_list", **world)["orgs"]
    }.items()
    now = "2030-01-01T00:00:00Z"
    assert agent.gives("clock_replace", **world, body={"mode": "frozen", "now": now})["now"].startswith(
        "2030-01-01T00:00"
    )
    control = plain.Client(base_url=f"{origin}/_mock", headers={"Authorization": f"Bearer {TOKEN}"})
    with control:
        assert agent.gives("states_list", **world) == control.get("/worlds/agents-other/states").json()
    image = base64.b64encode(zipped({"pack.yaml": b"name: agents\nversion: 1.0.0\n"})).decode()
    put = agent.gives("images_replace", **world, image_ref="registry.example/agents/own:1.0.0", body=image)
    assert put["image_ref"] == "registry.example/agents/own:1.0.0"
    assert "is not in base64" in agent.refuses("images_replace", **world, image_ref="agents/own:1", body="?")
    page = "http://localhost:5173/"
    signed_in = agent.gives("login_get", persona="acme-owner", return_to=page)
    assert signed_in == {"status": 302, "location": page}


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("worlds_create", {"body": {"name": "default"}}, 'There is a world "default" already.'),
        (
            "faults_create",
            {"world": "default", "body": {"operation_id": "packs.lst", "status": 404}},
            'There is no operation "packs.lst". Did you mean packs.list?',
        ),
        ("worlds_fork", {"world": "default"}, "The arguments of worlds_fork are not valid.\n  body: It is required."),
        (
            "billing_replace",
            {"world": "default", "org_id": "org_acme", "body": {"posture": "broke"}, "org": 1},
            "  org: It is not a known field.",
        ),
        ("worlds_forc", {}, "There is no tool worlds_forc: did you mean worlds_fork?"),
        (
            "judge",
            {"target": "https://api.example/v1"},
            "https://api.example/v1: is not on this machine, so it is judged by a profile",
        ),
        ("judge", {"target": "nowhere.toml"}, "nowhere.toml: cannot be read (No such file or directory)"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_an_error_comes_with_its_sentence(agent: Agent, tool: str, arguments: dict[str, Any], sentence: str) -> None:
    assert sentence in agent.refuses(tool, **arguments)


def test_a_url_is_judged_and_each_group_of_findings_has_the_one_that_leads_it(agent: Agent) -> None:
    with served(create_app(Settings(deviations=("session-operator-overstated",)))) as url:
        found = agent.gives("judge", target=f"{url}/v1", operations=["session.get"], rules=["SESSION-CALLER"], seed=1)
    assert (found["verdict"], found["exit_code"], found["budget"], found["seed"]) == ("FAILED", 1, "quick", 1)
    [group] = found["groups"]
    assert group["lead"]["rule"] == "SESSION-CALLER"
    assert group["lead"]["request"].startswith("GET http")
    assert {"sentence", "expected", "got", "caller"} <= group["lead"].keys()


def test_the_tools_are_listed_before_a_mock_runs_and_a_call_says_how_to_start_one(portal: BlockingPortal) -> None:
    with served(create_app()) as ended:
        pass
    with Mock(ended) as mock, portal.wrap_async_context_manager(Client(make_server(mock))) as client:
        agent = Agent(portal, client)
        assert "worlds_list" in agent.tools()
        assert "start one with `evershell-mock serve`" in agent.refuses("worlds_list")


def test_without_its_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "mock_server.mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    result = CliRunner().invoke(main, ["mcp"])
    assert (result.exit_code, result.stdout) == (2, "")
    needed = "evershell-mock: mcp is not installed: this command needs the extra `mcp`."
    assert result.stderr == f"{needed} In a clone run: pip install '.[mcp]'\n"
