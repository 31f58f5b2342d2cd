"""What goes wrong with the next calls of an operation, as a client on a connection sees it."""

import asyncio
import http.client
import json
import socket
import time
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server import create_app, in_process
from mock_server.pipeline.connection import ConnectionEnded
from tests import plain
from tests.mock_server.serving import DOCUMENT, Mock, refusal, wrong_fields

LIST = ("GET", "/v1/packs", "acme-owner")
GET = ("GET", "/v1/packs/pack_01HZ", "acme-owner")


def arm(mock: Mock, operation_id: str, **fault: Any) -> dict[str, Any]:
    answer = mock.control("POST", "/faults", json={"operation_id": operation_id, **fault})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def left(mock: Mock) -> dict[int, int]:
    """How often each fault is still to happen."""
    return {fault["id"]: fault["left"] for fault in mock.control("GET", "/faults").json()["faults"]}


def uploaded_pack(mock: Mock) -> str:
    params = {"org_id": "org_acme", "image_origin": "upload"}
    made = mock.control("POST", "/states", json={"action": "setup", "state": "pack exists", "params": params})
    pack_id: str = made.json()["pack_id"]
    return pack_id


def test_a_declared_error_comes_as_often_as_it_says_and_to_no_other_operation(mock: Mock) -> None:
    fault = arm(mock, "packs.list", status=401, times=2)
    assert fault == {"id": 1, "operation_id": "packs.list", "status": 401, "times": 2, "left": 2}
    assert mock.send(*GET).status_code == 200
    answers = [mock.send(*LIST) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 200]
    assert refusal(answers[0]) == (401, "unauthenticated")
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert left(mock) == {}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"code": "file_not_found"}, (404, "file_not_found")),
        ({"code": "pack_not_found"}, (404, "pack_not_found")),
        ({"status": 404}, (404, "file_not_found")),
        ({"status": 400.0, "times": 1.0}, (400, "validation_error")),
    ],
)
def test_status_or_code_is_enough(mock: Mock, fault: dict[str, Any], expected: tuple[int, str]) -> None:
    arm(mock, "packs.read_file", **fault)
    path = "/v1/packs/pack_01HZ/files/pack.yaml"
    assert refusal(mock.send("GET", path, "acme-owner")) == expected
    assert mock.send("GET", path, "acme-owner").status_code == 200


def test_a_fault_stands_before_credentials_and_changes_nothing(mock: Mock) -> None:
    arm(mock, "packs.update_visibility", status=423, times=2)
    assert refusal(mock.send("PATCH", "/v1/packs/pack_01HZ")) == (423, "billing_inactive")
    body = {"visibility": "community"}
    assert mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json=body).status_code == 423
    assert mock.send(*GET).json()["visibility"] == "org"


def test_a_star_stands_for_every_operation_that_declares_the_error(mock: Mock) -> None:
    arm(mock, "*", code="pack_not_found")
    assert mock.send(*LIST).status_code == 200
    assert refusal(mock.send(*GET)) == (404, "pack_not_found")
    assert mock.send(*GET).status_code == 200


def test_faults_are_listed_and_removed(mock: Mock) -> None:
    first = arm(mock, "packs.list", status=400, times=5)
    second = arm(mock, "*", delay_ms=1, drop=False)
    assert mock.control("GET", "/faults").json() == {"faults": [first, second]}
    assert second == {"id": 2, "operation_id": "*", "delay_ms": 1, "times": 1, "left": 1}
    assert mock.control("DELETE", "/faults/1").json() == {"status": "deleted"}
    assert refusal(mock.control("DELETE", "/faults/1")) == (404, "fault_unknown")
    assert left(mock) == {2: 1}
    assert mock.send(*LIST).status_code == 200
    third = arm(mock, "packs.list", status=400)
    assert third["id"] == 3
    assert mock.control("DELETE", "/faults").status_code == 200
    assert left(mock) == {}
    assert mock.send(*LIST).status_code == 200


def test_a_fault_is_of_one_world_and_does_not_go_into_a_fork(mock: Mock) -> None:
    arm(mock, "packs.list", status=400)
    other = {"X-Mock-World": f"{mock.world}-fork"}
    assert mock.control("POST", "/fork", json={"name": other["X-Mock-World"]}).status_code == 201
    assert mock.send(*LIST, headers=other).status_code == 200
    assert mock.send(*LIST).status_code == 400


def test_a_reset_leaves_no_fault_and_an_upstream_that_works(mock: Mock) -> None:
    pack_id = "pack_globex_ledger"
    arm(mock, "packs.list", status=400, times=3)
    arm(mock, "packs.delete", status=502, times=2)
    failing = {"action": "setup", "state": "registry purge fails", "params": {"pack_id": pack_id, "times": 2}}
    assert mock.control("POST", "/states", json=failing).status_code == 200
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "globex-owner").status_code == 502
    other = {"X-Mock-World": f"{mock.world}-other"}
    mock.send("POST", f"/_mock/worlds/{other['X-Mock-World']}/faults", json={"operation_id": "*", "status": 401})
    assert mock.control("POST", "/reset").status_code == 200
    assert left(mock) == {}
    assert mock.send(*LIST).status_code == 200
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "globex-owner").status_code == 200
    assert mock.send(*LIST, headers=other).status_code == 401
    assert arm(mock, "packs.list", status=400)["id"] == 3, "the journal may still speak of the earlier ones"


def test_a_delay_makes_the_answer_late(mock: Mock) -> None:
    arm(mock, "packs.list", delay_ms=120)
    begin = time.monotonic()
    assert mock.send(*LIST).status_code == 200
    assert time.monotonic() - begin >= 0.12
    [entry] = mock.entries
    assert entry["duration_ms"] >= 120
    assert (entry["status"], entry["faults"]) == (200, [1])


def test_nobody_else_waits_for_a_delayed_answer(mock: Mock) -> None:
    """The delay ends long after this test; the client goes before."""
    arm(mock, "packs.list", delay_ms=60_000)
    where = urlsplit(mock.origin)
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        connection.sendall(f"GET /v1/packs HTTP/1.1\r\nhost: x\r\nx-mock-world: {mock.world}\r\n\r\n".encode())
        while left(mock):
            pass  # until the call is under way
        assert mock.send(*LIST).status_code == 200
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)


def test_delays_add_up_and_go_with_an_error(mock: Mock) -> None:
    arm(mock, "*", delay_ms=100, times=10)
    arm(mock, "packs.list", delay_ms=100, status=400)
    begin = time.monotonic()
    assert mock.send(*LIST).status_code == 400
    assert time.monotonic() - begin >= 0.2
    assert left(mock) == {1: 9}
    assert mock.entries[0]["faults"] == [1, 2]


def test_of_two_errors_the_older_counts_and_the_other_stays(mock: Mock) -> None:
    arm(mock, "packs.list", status=400)
    arm(mock, "*", status=401)
    assert [mock.send(*LIST).status_code for _ in range(3)] == [400, 401, 200]


def test_a_dropped_connection_has_no_answer_at_all(mock: Mock) -> None:
    arm(mock, "packs.update_visibility", drop=True, times=2)
    patch = ("PATCH", "/v1/packs/pack_01HZ", "acme-owner")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        mock.send(*patch, json={"visibility": "community"})
    with pytest.raises(http.client.RemoteDisconnected):
        mock.exactly(*patch, body=b"{}")
    assert mock.send(*GET).json()["visibility"] == "org"
    assert mock.send(*patch, json={"visibility": "community"}).status_code == 200
    first, second, *_ = mock.entries
    assert (first["status"], first["code"], first["gate"], first["faults"]) == (0, None, "fault", [1])
    assert (first["response"], first["operation_id"]) == (None, "packs.update_visibility")
    assert second["status"] == 0


def test_a_large_upload_can_be_dropped_too(mock: Mock) -> None:
    arm(mock, "packs.upload", drop=True)
    with pytest.raises(httpx.TransportError):
        mock.send("POST", "/v1/packs/upload", "acme-owner", files={"archive": ("a.tar.gz", b"\0" * 2**23)})
    assert mock.send(*LIST).status_code == 200


def half(mock: Mock, path: str = "/v1/packs") -> tuple[http.client.HTTPResponse, bytes]:
    """The head of an answer, and as much of its body as comes."""
    headers = {"X-Mock-World": mock.world, "Authorization": f"Bearer {mock.tokens['acme-owner']}"}
    with closing(http.client.HTTPConnection(mock.origin.removeprefix("http://"), timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        try:
            return answer, answer.read()
        except http.client.IncompleteRead as cut:
            return answer, cut.partial


@pytest.mark.parametrize("sent", [0, 1, 100])
def test_a_truncated_body_ends_after_so_many_bytes_of_what_was_announced(mock: Mock, sent: int) -> None:
    whole = mock.send(*LIST).content
    arm(mock, "packs.list", truncate=sent)
    answer, part = half(mock)
    assert answer.status == 200
    assert answer.headers["content-length"] == str(len(whole))
    assert part == whole[:sent]
    assert mock.send(*LIST).content == whole


def test_a_truncated_body_is_never_whole(mock: Mock) -> None:
    whole = mock.send(*LIST).content
    arm(mock, "packs.list", truncate=10**9)
    assert half(mock)[1] == whole[:-1]


def test_a_truncated_answer_was_earned_all_the_same(mock: Mock) -> None:
    arm(mock, "packs.update_visibility", truncate=5)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": "community"})
    assert mock.send(*GET).json()["visibility"] == "community"
    entry = mock.entries[0]
    assert (entry["status"], entry["gate"], entry["faults"]) == (200, None, [1])
    assert json.loads(entry["response"]["body"])["visibility"] == "community"


def take(answer: httpx.Response, into: bytearray) -> None:
    for chunk in answer.iter_raw():
        into += chunk


def test_a_client_that_reads_as_it_comes_is_cut_off_where_the_fault_says(mock: Mock) -> None:
    """The whole is more than one write to a socket takes."""
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    content = bytes(range(256)) * 8000
    binary = {"Content-Type": "application/octet-stream"}
    assert mock.send("PUT", path, "acme-owner", content=content, headers=binary).status_code == 200
    arm(mock, "packs.read_file", truncate=1_500_001)
    headers = {"X-Mock-World": mock.world, "Authorization": f"Bearer {mock.tokens['acme-owner']}"}
    got = bytearray()
    with plain.stream("GET", mock.origin + path, headers=headers, timeout=30) as answer:
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(content)))
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            take(answer, got)
    assert got == content[:1_500_001]
    entry = mock.entries[-1]
    assert (entry["status"], entry["faults"], entry["response"]["bytes"]) == (200, [1], len(content))


def test_a_client_that_sends_as_it_goes_can_be_dropped(mock: Mock) -> None:
    arm(mock, "packs.replace_file", drop=True)
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    before = mock.send("GET", path, "acme-owner").content
    binary = {"Content-Type": "application/octet-stream"}
    with pytest.raises(httpx.TransportError):
        mock.send("PUT", path, "acme-owner", content=(b"x" * 65_536 for _ in range(100)), headers=binary)
    assert mock.send("GET", path, "acme-owner").content == before
    dropped = mock.entries[1]
    assert (dropped["operation_id"], dropped["status"], dropped["faults"]) == ("packs.replace_file", 0, [1])


def test_whoever_follows_the_journal_sees_what_was_dropped_and_cut(mock: Mock) -> None:
    arm(mock, "packs.list", drop=True)
    arm(mock, "packs.list", truncate=1)
    url = f"{mock.origin}/_mock/worlds/{mock.world}/journal/stream"
    with plain.stream("GET", url, timeout=30) as stream:
        lines = stream.iter_lines()
        next(lines)
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                mock.send(*LIST)
        told = (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))
        assert [(entry["status"], entry["faults"]) for entry in (next(told), next(told))] == [(0, [1]), (200, [2])]


def test_an_error_can_be_truncated(mock: Mock) -> None:
    arm(mock, "packs.list", status=400, truncate=9)
    answer, part = half(mock)
    assert (answer.status, part) == (400, b'{"error":')


def test_the_upstream_fails_last_where_it_is_needed(mock: Mock) -> None:
    """The failed purge: no pack whose image lies elsewhere, and no call that is refused before, meets it."""
    pack_id = uploaded_pack(mock)
    delete = ("DELETE", f"/v1/packs/{pack_id}")
    arm(mock, "packs.delete", status=502, code="registry_cleanup_failed", times=2)
    assert refusal(mock.send(*delete)) == (401, "unauthenticated")
    assert refusal(mock.send(*delete, "acme-read-only")) == (403, "permission_denied")
    assert refusal(mock.send("DELETE", "/v1/packs/pack_none", "acme-owner")) == (404, "pack_not_found")
    assert refusal(mock.send("DELETE", "/v1/packs/pack_acme_release_notes", "acme-owner")) == (409, "pack_in_use")
    assert mock.send("DELETE", "/v1/packs/pack_01HZ", "acme-owner").status_code in {200, 409}
    assert left(mock) == {1: 2}
    answers = [mock.send(*delete, "acme-owner") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [502, 502, 200, 404]
    assert refusal(answers[0]) == (502, "registry_cleanup_failed")
    denied, entry = mock.entries[-8], mock.entries[-4]
    assert (entry["status"], entry["gate"], entry["faults"], entry["changes"]) == (502, "operation", [1], [])
    assert entry["fault_effect"] == {"status": 502, "code": "registry_cleanup_failed"}
    assert (denied["status"], denied["faults"], denied["fault_effect"]) == (403, [], None)


def test_a_late_upstream_is_late_only_where_it_is_needed(mock: Mock) -> None:
    pack_id = uploaded_pack(mock)
    arm(mock, "*", status=502, delay_ms=150)
    begin = time.monotonic()
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "acme-owner").status_code == 502
    assert time.monotonic() - begin >= 0.15
    effect = {"status": 502, "code": "registry_cleanup_failed", "delay_ms": 150}
    assert mock.entries[-1]["fault_effect"] == effect
    assert left(mock) == {}


def test_an_upstream_that_was_mended_works(mock: Mock) -> None:
    pack_id = uploaded_pack(mock)
    fault = arm(mock, "packs.delete", status=502)
    mock.control("DELETE", f"/faults/{fault['id']}")
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "acme-owner").status_code == 200


def test_preference_comes_before_faults(mock: Mock) -> None:
    arm(mock, "packs.list", status=400)
    assert mock.send(*LIST, headers={"Prefer": "code=401"}).status_code == 401
    assert left(mock) == {1: 1}


def test_requests_that_reach_no_operation_meet_no_fault(mock: Mock) -> None:
    arm(mock, "*", drop=True)
    assert refusal(mock.send("GET", "/v1/nothing")) == (404, "not_found")
    assert refusal(mock.send("LOCK", "/v1/packs")) == (405, "method_not_allowed")
    assert left(mock) == {1: 1}


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ({"status": 400}, {"operation_id"}),
        ({"operation_id": "packs.list"}, {"body"}),
        ({"operation_id": "packs.list", "status": 200}, {"status"}),
        ({"operation_id": "packs.list", "drop": True, "status": 400}, {"body"}),
        ({"operation_id": "packs.list", "drop": True, "code": "validation_error"}, {"body"}),
        ({"operation_id": "packs.list", "drop": True, "truncate": 1}, {"body"}),
        ({"operation_id": "packs.list", "status": 400, "times": 0}, {"times"}),
        ({"operation_id": "packs.list", "delay_ms": -1}, {"delay_ms"}),
        ({"operation_id": "packs.list", "truncate": 1.5}, {"truncate"}),
        ({"operation_id": "packs.list", "status": 400, "often": True}, {"often"}),
    ],
)
def test_a_fault_that_cannot_be_is_refused(mock: Mock, fault: dict[str, Any], fields: set[str]) -> None:
    assert wrong_fields(mock.control("POST", "/faults", json=fault)).keys() == fields
    assert left(mock) == {}


@pytest.mark.parametrize(
    "error", [{"status": 409}, {"code": "pack_exists"}, {"status": 400, "code": "pack_exists"}, {"status": 418}]
)
def test_an_error_that_is_not_declared_is_refused(mock: Mock, error: dict[str, Any]) -> None:
    answer = mock.control("POST", "/faults", json={"operation_id": "packs.list", **error})
    assert refusal(answer) == (404, "error_undeclared")
    assert refusal(mock.control("POST", "/faults", json={"operation_id": "*", "status": 418}))[0] == 404
    assert left(mock) == {}


def test_what_the_operation_declares_is_said(mock: Mock) -> None:
    answer = mock.control("POST", "/faults", json={"operation_id": "packs.list", "status": 409})
    assert answer.json()["error"]["message"].endswith(
        "packs.list declares 200 (library, empty), 400 (validation_error, unknown_parameter), "
        "401 (unauthenticated, no_credential, session_expired)."
    )
    assert [each["status"] for each in answer.json()["error"]["details"]["declared"]] == [200, 400, 401]


@pytest.mark.parametrize("name", ["pack.list", "packs.lst", "Packs.list"])
def test_an_unknown_operation_is_told_a_near_name(mock: Mock, name: str) -> None:
    answer = mock.control("POST", "/faults", json={"operation_id": name, "status": 400})
    assert refusal(answer) == (404, "operation_unknown")
    assert answer.json()["error"]["message"] == f'There is no operation "{name}". Did you mean packs.list?'


def test_a_world_has_so_many_faults_and_no_more(mock: Mock) -> None:
    with plain.Client(base_url=mock.origin) as client:
        fault = {"operation_id": "packs.list", "delay_ms": 1}
        path = f"/_mock/worlds/{mock.world}/faults"
        answers = [client.post(path, json=fault).status_code for _ in range(1001)]
    assert answers == [201] * 1000 + [409]


@pytest.mark.parametrize("fault", [{"drop": True}, {"truncate": 3}])
def test_a_client_in_the_same_process_is_told_that_the_connection_ended(fault: dict[str, Any]) -> None:
    async def ask() -> None:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            await client.post("/_mock/worlds/default/faults", json={"operation_id": "packs.list", **fault})
            with pytest.raises(ConnectionEnded):
                await client.get("/v1/packs")
            assert (await client.get("/v1/packs")).status_code == 401

    asyncio.run(ask())


@pytest.mark.parametrize("fault", [{"drop": True}, {"truncate": 3}])
def test_the_clients_of_a_mock_in_process_fail_as_those_on_a_port_do(fault: dict[str, Any]) -> None:
    with in_process() as mocks:
        world = mocks.fresh_world()
        world.ask("POST", "/faults", json={"operation_id": "packs.list", **fault})
        with world.client("acme-owner") as client:
            with pytest.raises(httpx.RemoteProtocolError):
                client.get("/packs")
            assert client.get("/packs").status_code == 200


def test_every_declared_error_of_every_operation_can_be_a_fault(mock: Mock) -> None:
    responses = DOCUMENT["components"]["responses"]
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                for status, response in operation["responses"].items():
                    response = responses[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
                    if int(status) >= 400:
                        arm(mock, operation["operationId"], status=int(status))
