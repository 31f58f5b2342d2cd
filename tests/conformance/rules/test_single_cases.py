"""A defect that one case or one rule finds by itself, whichever others would find it too."""

from __future__ import annotations

import pytest

from benchmarks.mutants.judge import judge
from conformance.budget import QUICK
from tests.conformance.targets import suite
from tests.live import served_mock

SEED = 90483
"""A seed whose part of the kinds of values has no text of an API key that HTML would escape, but for several kinds."""
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
        pytest.param(
            "creation-labels-escaped",
            "--case=test_creation.py::test_values_of_every_kind_are_read[api_keys.create-2]",
            "CREATE-READABLE",
            id="a text of several kinds, whichever kinds the seed has",
        ),
        pytest.param(
            "effects-on-same-content",
            "--case=test_effects.py::test_what_is_alike_in_another_org_stays[packs.replace_file]",
            "EFFECT-NOTHING-ELSE",
            id="what has the same name and content in another org",
        ),
    ],
)
def test_a_defect_is_found_by_this_alone(defect: str, option: str, rule: str) -> None:
    found = judge([defect], SEED, "--budget", QUICK.name, option, suite=suite, mock=served_mock).rules
    assert found == {rule}
