"""A defect that one case or one rule finds by itself, whichever others would find it too."""

from __future__ import annotations

import pytest

from benchmarks.mutants.judge import judge
from conformance.budget import QUICK
from tests.conformance.targets import suite
from tests.live import served_mock

UNPAID = "test_envelope.py::test_each_declared_error_is_an_envelope[packs.upload-423-billing_inactive]"


@pytest.mark.parametrize(
    ("defect", "option", "rule"),
    [
        pytest.param(
            "billing-upload-free", f"--case={UNPAID}", "BILLING-CREATE-REFUSED", id="a declared error does not come"
        ),
        pytest.param(
            "members-removed-still-served",
            "--rule=MEMBER-SESSIONS-END",
            "MEMBER-SESSIONS-END",
            id="the session of somebody who was removed",
        ),
    ],
)
def test_a_defect_is_found_by_this_alone(defect: str, option: str, rule: str) -> None:
    found = judge([defect], 1, "--budget", QUICK.name, option, suite=suite, mock=served_mock).rules
    assert found == {rule}
