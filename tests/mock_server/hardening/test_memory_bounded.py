"""A mock that may keep little takes little, whatever nobody in particular asks it for."""

from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.mock_server.hardening.watched import watched

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
