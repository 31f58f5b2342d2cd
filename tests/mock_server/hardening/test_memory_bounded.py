"""A mock that may keep little takes little, whatever nobody in particular asks it for."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any

import pytest

from tests import plain
from tests.mock_server.hardening.watched import watched
from tests.mock_server.serving import DOCUMENT, tokens_of

MIB = 1024 * 1024
LIMIT, REQUESTS, LONG, WORLDS = 8, 1200, 60_000, 12
MOST = 2 * LIMIT * MIB
"""What is kept, and what the heap and the requests in flight take beside it."""


@pytest.mark.parametrize("where", ["query", "path", "header"])
def test_requests_without_a_credential_leave_little_behind(where: str) -> None:
    """Of 1,200 queries a mock without this bound keeps some 70 MiB."""
    with watched("--max-memory", str(LIMIT)) as running:
        connection = HTTPConnection(running.mock.origin.removeprefix("http://"), timeout=60)

        def ask(number: int) -> None:
            text = f"{number:06}{'x' * LONG}"
            target = {"query": f"/v1/packs?q={text}", "path": f"/v1/{text}"}.get(where, "/v1/packs")
            headers = {"X-Long": text} if where == "header" else {}
            connection.request("GET", target, headers={"X-Mock-World": f"w{number % WORLDS}", **headers})
            answer = connection.getresponse()
            assert answer.status in {401, 404}
            answer.read()

        with closing(connection):
            for number in range(50):
                ask(number)
            before = running.resident()
            for number in range(50, REQUESTS):
                ask(number)
            grown = running.resident() - before
    assert grown < MOST, f"{grown / MIB:.1f} MiB more after {REQUESTS:,} requests"


LIMIT_OF_OBJECTS, BESIDE = 32, 120
WRITES = {"post", "put", "patch"}
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n%b\r\n--b--\r\n'
REFUSED = {413}
LONGEST = 65_536
LONG_LIST = f"[{'c' * (LONGEST - 2)}]"


def task(number: int) -> tuple[str, str, dict[str, Any]]:
    """Each in a workspace of its own, with an event that has the text too."""
    description = f"{number:06}{'t' * (LONGEST - 6)}"
    return "POST", "/v1/tasks", {"role_id": "role_acme_oncall", "description": description}


def provider(number: int) -> tuple[str, str, dict[str, Any]]:
    named = {"name": f"p-{number}", "kind": "anthropic", "domain": "a.example"}
    return "POST", "/v1/providers", {**named, "capabilities": LONG_LIST}


def role(number: int) -> tuple[str, str, dict[str, Any]]:
    return "POST", "/v1/agent-roles", {"name": f"r-{number}", "provider_id": "provider_01HZ", "capabilities": LONG_LIST}


def credential(number: int) -> tuple[str, str, dict[str, Any]]:
    config = {f"key_{each}": "c" * 256 for each in range(3000)}
    body = {"name": f"c-{number}", "provider": "claude", "kind": "api_key", "api_key": "k" * 4096}
    return "POST", "/v1/credentials", {**body, "provider_config": config}


def secret(number: int) -> tuple[str, str, dict[str, Any]]:
    return "PUT", f"/v1/secrets/S_{number}", {"value": f"{number:06}{'s' * (LONGEST - 6)}"}


def changed_provider(number: int) -> tuple[str, str, dict[str, Any]]:
    """One object again and again: it is what earlier states hold that grows."""
    return "PATCH", "/v1/providers/provider_01HZ", {"capabilities": f"[n{number}, {LONG_LIST[20:]}"}


@pytest.mark.parametrize("kind", [task, provider, role, credential, secret, changed_provider])
def test_objects_at_their_largest_are_kept_within_the_limit_or_refused(
    kind: Callable[[int], tuple[str, str, dict[str, Any]]],
) -> None:
    """Three times as much is sent as may be kept; what no longer fits is a 413."""
    with watched("--max-memory", str(LIMIT_OF_OBJECTS)) as running:
        bearer = {"Authorization": f"Bearer {tokens_of(running.mock.origin)['acme-owner']}"}
        sent, statuses = 0, set()
        with plain.Client(base_url=running.mock.origin, headers=bearer, timeout=60) as client:
            before = running.resident()
            number = 0
            while sent < 3 * LIMIT_OF_OBJECTS * MIB:
                method, path, body = kind(number)
                content = json.dumps(body).encode()
                answer = client.request(method, path, content=content, headers={"Content-Type": "application/json"})
                assert answer.is_success or answer.status_code in REFUSED, answer.text[:300]
                statuses.add(answer.status_code)
                number, sent = number + 1, sent + len(content)
            grown = running.resident() - before
    assert statuses - REFUSED, "nothing was kept"
    assert grown < (LIMIT_OF_OBJECTS + BESIDE) * MIB, f"{grown / MIB:.1f} MiB more after {number} requests"


EVENTS, EVENT_SIZE, STREAMS = 40, 200_000, 100


@pytest.mark.parametrize("is_one_place", [True, False], ids=["all-missed-as-much", "each-missed-its-own"])
def test_streams_that_nobody_reads_hold_no_copies_of_large_events(is_one_place: bool) -> None:
    """What was missed comes to 8 MB for each; were it written into each connection, they would hold 700 MiB."""
    with watched("--max-memory", str(LIMIT_OF_OBJECTS)) as running, ExitStack() as opened:
        world = f"{running.mock.origin}/_mock/worlds/w"
        bearer = f"Bearer {tokens_of(running.mock.origin)['acme-owner']}"
        state = plain.get(f"{world}/state", timeout=60).json()
        events = state["events"]
        first, seen = next(
            (key, each)
            for key, each in events.items()
            if (each["org_id"], each["category"]) == ("org_acme", "activity")
        )
        keys = [first, *(f"{first[:-6]}{number:06x}" for number in range(1, EVENTS + 1))]
        events |= {key: {**seen, "resource_id": "x" * EVENT_SIZE} for key in keys[1:]}
        plain.put(f"{world}/state", json=state, timeout=60).raise_for_status()
        del state, events
        host, _, port = running.mock.origin.removeprefix("http://").partition(":")
        with running.peak() as peak:
            for number in range(STREAMS):
                connection = opened.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.connect((host, int(port)))
                last = first if is_one_place else keys[number % EVENTS]
                head = f"GET /_worlds/w/v1/activity/stream HTTP/1.1\r\nHost: {host}:{port}\r\nLast-Event-ID: {last}\r\n"
                connection.sendall(f"{head}Authorization: {bearer}\r\n\r\n".encode())
                assert connection.recv(12) == b"HTTP/1.1 200"
            assert plain.get(world, timeout=60).is_success
    assert peak.bytes < (LIMIT_OF_OBJECTS + BESIDE) * MIB, f"{peak.bytes / MIB:.1f} MiB more with {STREAMS} streams"


def test_many_small_files_count_however_often_a_workspace_is_forked() -> None:
    """They have one content; 200 forks that copied the paths of 20,000 took 550 MiB."""
    with watched("--max-memory", str(LIMIT_OF_OBJECTS)) as running:
        bearer = {"Authorization": f"Bearer {tokens_of(running.mock.origin)['acme-owner']}"}
        worlds = f"{running.mock.origin}/_mock/worlds"
        with plain.Client(headers=bearer, timeout=60) as client:
            state = client.get(f"{worlds}/w/state").json()
            [file, *_] = state["sandboxes"]["ws_01HZ"].values()
            before, statuses = running.resident(), []
            for count in (20_000, *[100_000] * 6):
                state["sandboxes"]["ws_01HZ"] = {f"workspace/{number:06}.txt": file for number in range(count)}
                statuses.append(client.put(f"{worlds}/w{len(statuses)}/state", json=state).status_code)
            for _ in range(200):
                fork = f"{running.mock.origin}/_worlds/w0/v1/workspaces/ws_01HZ/fork"
                assert client.post(fork, json={"fork_point_task_count": 0}).status_code in {202, *REFUSED}
            grown = running.resident() - before
    assert (statuses[0], statuses[-1]) == (200, 503)
    assert grown < (LIMIT_OF_OBJECTS + BESIDE) * MIB, f"{grown / MIB:.1f} MiB more"


def largest_bodies() -> Iterator[tuple[str, str, str, bytes]]:
    """Method, path, type and bytes of each body of the contract: JSON of one text, or a form of one file."""
    items = DOCUMENT["paths"].items()
    for path, method, operation in [(path, name, item[name]) for path, item in items for name in WRITES & item.keys()]:
        most = operation.get("x-max-body", MIB)
        for kind in operation.get("requestBody", {}).get("content", ()):
            is_form = kind == "multipart/form-data"
            content = FORM % (b"a" * most) if is_form else b'{"name":"%b"}' % (b"a" * (most - 11))
            yield method, re.sub("[{}]", "", path), f"{kind}; boundary=b" if is_form else kind, content


@pytest.mark.long
def test_each_body_at_its_largest_is_held_within_the_limit() -> None:
    """None of them is what its operation asks for, so none is kept."""
    with watched("--max-memory", str(LIMIT_OF_OBJECTS)) as running:
        bearer = {"Authorization": f"Bearer {tokens_of(running.mock.origin)['acme-owner']}"}
        statuses = set()
        with (
            plain.Client(base_url=f"{running.mock.origin}/v1", headers=bearer, timeout=60) as client,
            running.peak() as peak,
        ):
            for method, path, kind, content in largest_bodies():
                headers = {"Content-Type": kind}
                statuses.add(client.request(method, path, content=content, headers=headers).status_code)
    assert statuses == {400, 404}
    assert peak.bytes < (LIMIT_OF_OBJECTS + BESIDE) * MIB, f"{peak.bytes / MIB:.1f} MiB more"


def test_a_state_that_is_wrong_in_a_million_places_is_refused_with_one_of_them() -> None:
    """Told of each, the mock took 11 us and 2 KB for each of them; the lists themselves take 60 times their bytes."""
    with watched("--max-memory", str(LIMIT_OF_OBJECTS)) as running, running.peak() as peak:
        content = b'{"packs":[%b[]]}' % (b"[]," * MIB)
        headers = {"Content-Type": "application/json"}
        url = f"{running.mock.origin}/_mock/worlds/w/state"
        answer = plain.put(url, content=content, headers=headers, timeout=120)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    assert peak.bytes < (LIMIT_OF_OBJECTS + 2 * BESIDE) * MIB, f"{peak.bytes / MIB:.1f} MiB more"
