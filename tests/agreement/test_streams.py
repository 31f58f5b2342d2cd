"""Streams of the length that they really have: they end after five minutes, and one that does not is found."""

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock

JUDGED = ("--rule=STREAM-ENDS", "--rule=STREAM-HEARTBEAT", "--stream-seconds=311", "--workers=1")


@pytest.mark.long
@pytest.mark.timeout(700)
@pytest.mark.parametrize(
    ("planted", "code"), [((), 0), (("--deviation", "streams-never-end"), 1)], ids=["right", "wrong"]
)
def test_whether_a_stream_ends_is_judged_in_five_minutes(planted: tuple[str, ...], code: int) -> None:
    with served_mock(*planted) as origin:
        judged = judge("--target", f"{origin}/v1", *JUDGED, timeout=600)
    assert judged.code == code, judged.said
    assert ("STREAM-ENDS" in judged.said) == bool(code)
