"""The suite's own traffic on right servers, judged as a recording: nothing is found in it, whoever may be at work."""

import pytest

from benchmarks.recorded.suite import BARE, MOCK, list_findings, record_suite
from conformance.contract.file import load

CLAUSES = ("creation", "keys", "secrets", "paging")
"""A sample with uploads, lists, values that are shown once, and events; `make recorded` judges all clauses."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("server", [MOCK, BARE])
def test_the_suite_on_a_right_server_is_right_traffic(server: str) -> None:
    traffic = record_suite(server, *(f"--clause={each}" for each in CLAUSES), "--only", "directed")
    assert traffic.callers
    for alone in (False, True):
        gathered = traffic.judge(load(), alone=alone)
        assert gathered.judged > 150
        assert list(list_findings(gathered)) == []
