"""How often a stream has a comment, and when it ends, as a mock is told at its start."""

import pytest

from tests import plain
from tests.live import served_mock

KEY = "sk_mock_acme_full_access_1001"
STREAMS = ("/v1/activity/stream", "/v1/workspaces/ws_01HZ/activity/stream")


@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_has_comments_until_it_ends(path: str) -> None:
    with (
        served_mock("--heartbeat", "0.01", "--stream-seconds", "0.75") as origin,
        plain.stream("GET", f"{origin}{path}?api_key={KEY}", timeout=30) as answer,
    ):
        # As many as the machine comes to send: without the option there is one, and the next after many seconds.
        assert answer.read() in (b": heartbeat\n\n" * count for count in range(2, 77))
        assert answer.elapsed.total_seconds() < 20
