"""Where the front sends what: every request of a world to the node of that world."""

import re
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server import Mock, MockError
from mock_server.cli import main
from tests import plain
from tests.deploy.front import Front, set_state
from tests.openapi import control_contract

pytestmark = pytest.mark.needs_haproxy

CONTROL = control_contract()
NODE = "X-Mock-Node"


def printed(words: list[str]) -> tuple[int, str]:
    """Exit code and output of a command."""
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


METHODS = ("get", "put", "post", "patch", "delete")


def test_a_world_has_one_node_however_it_is_named(behind: Front) -> None:
    nodes = set()
    with plain.Client(base_url=behind.origin) as client:
        for number in range(20):
            name = f"placed-{number}"
            found = {
                client.post("/_mock/worlds", json={"name": name}).headers[NODE],
                client.get(f"/_worlds/{name}/v1/packs").headers[NODE],
                client.get("/v1/packs", headers={"X-Mock-World": name}).headers[NODE],
                client.get(f"/_mock/worlds/{name}").headers[NODE],
                client.get(f"/_worlds/{name}.more/v1/packs").headers[NODE],
                client.get(f"/_mock/worlds/{name}").json()["node"],
            }
            assert len(found) == 1, name
            nodes |= found
    assert nodes == {"n1", "n2"}


def control_calls() -> list[tuple[str, str]]:
    """Method and path of each call of the control API that is about a world."""
    return [
        (method.upper(), path)
        for path, operations in CONTROL["paths"].items()
        for method in METHODS
        if method in operations and "{world}" in path
    ]


def test_each_control_call_reaches_the_node_of_its_world(behind: Front) -> None:
    calls = control_calls()
    assert len(calls) > 30
    with plain.Client(base_url=f"{behind.origin}/_mock") as client:
        for name in ("shop-1", "shop-2", "shop-3"):
            node = client.get("/health", headers={"X-Mock-World": name}).json()["node"]
            for method, path in calls:
                asked = re.sub(r"\{\w+\}", "unknown", path.replace("{world}", name))
                with client.stream(method, asked, json=_body(path, name)) as answer:
                    assert answer.headers[NODE] == node, (method, path)
                    assert answer.status_code < 500, (method, path)


def _body(path: str, name: str) -> dict[str, Any] | None:
    return {"name": f"{name}.fork"} if path.endswith("/fork") else None


def test_a_fork_stays_at_its_node_or_is_refused(mock: Mock) -> None:
    base = mock.create("forked.base")
    assert mock.find_node("forked.base") == mock.find_node("forked.7") == mock.find_node("forked")
    base.fork("forked.7")
    with pytest.raises(MockError, match="begins with the name of its world up to the first dot"):
        base.fork("elsewhere.7")


def test_the_nodes_are_listed_and_each_is_reached(behind: Front, mock: Mock) -> None:
    assert mock.nodes == ("n1", "n2")
    mock.check_nodes()
    for node in mock.nodes:
        assert mock.ask_node(node, "GET", "/health")["node"] == node
    answer = plain.get(f"{behind.origin}/_nodes/n3/_mock/health")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    made = {mock.create(f"listed-{number}").name for number in range(6)}
    listed = mock.worlds()
    assert made <= {each["name"] for each in listed}
    assert [each["name"] for each in listed].count("default") == 1
    assert {each["node"] for each in listed} == {"n1", "n2"}
    code, said = printed(["worlds", "--url", behind.origin])
    assert code == 0
    assert re.search(r"^listed-0 .* n[12]$", said, re.MULTILINE)


def test_a_drained_node_gives_its_worlds_to_the_other(behind: Front, mock: Mock) -> None:
    for each in mock.worlds():
        mock.world(each["name"]).delete()
    names = [f"moved-{number}" for number in range(6)]
    for name in names:
        answer = mock.world(name).client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": "community"})
        assert answer.status_code == 200
    assert {mock.find_node(name) for name in names} == {"n1", "n2"}
    before = {name: mock.world(name).export() for name in names}
    code, said = printed(["worlds", "move", "--url", behind.origin, "--from", "n2", "--socket", str(behind.socket)])
    assert code == 0, said
    assert {mock.find_node(name) for name in names} == {"n1"}
    assert {name: mock.world(name).export() for name in names} == before
    assert {each["name"] for each in mock.list_worlds_at("n2")} == {"default"}
    set_state(behind, "n2", "ready")
    code, said = printed(["worlds", "move", "--url", behind.origin])
    assert code == 0, said
    assert {mock.find_node(name) for name in names} == {"n1", "n2"}
    assert {name: mock.world(name).export() for name in names} == before
    assert all(each["node"] == mock.find_node(each["name"]) for each in mock.worlds())


def test_what_cannot_be_moved_is_said(behind: Front) -> None:
    for options, said in (
        (("--from", "n3"), "there is no node n3: n1, n2"),
        (("--from", "n1", "--socket", "/nowhere"), "--socket /nowhere: No such file or directory"),
        (("--from", "n1", "--socket", str(behind.socket), "--proxy", "other"), "No such backend"),
    ):
        code, printed_ = printed(["worlds", "move", "--url", behind.origin, *options])
        assert code == 1
        assert said in printed_
