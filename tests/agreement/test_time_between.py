"""A server on which time passes between any two answers, as on a slow one, is accused of nothing for that."""

import re
from contextlib import suppress

import pytest

from mock_server.client import Mock, MockError
from tests.conformance.targets import judge
from tests.live import served_mock
from tests.proxy.messages import Request
from tests.proxy.proxy import proxying

MOVING = re.compile(r"/_worlds/([^/]+)/v1/workspaces")


@pytest.mark.parametrize("rule", ["TASK-READABLE"])
def test_what_goes_on_between_two_reads_is_taken_for_no_difference(rule: str) -> None:
    """Before each read of workspaces and tasks the clock of the world goes to where one goes on next."""
    steps = 0
    with served_mock() as origin, Mock(origin) as mock, proxying(origin) as proxy:

        def later(request: Request) -> Request:
            nonlocal steps
            if request.method == "GET" and (named := MOVING.match(request.target)):
                with suppress(MockError):  # nothing is due
                    mock.world(named[1]).step()
                    steps += 1
            return request

        proxy.changes = later
        judged = judge("--target", f"{proxy.origin}/v1", "--rule", rule, "--budget", "quick", "--seed", "1")
    assert judged.code == 0, judged.said
    assert steps > 20
