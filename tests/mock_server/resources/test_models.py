"""Billing postures follow the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from mock_server.resources.orgs import Org

END = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "posture"),
    [(END - timedelta(seconds=1), "trial"), (END, "trial_expired"), (END + timedelta(days=1), "trial_expired")],
)
def test_a_trial_expires_at_its_end(moment: datetime, posture: str) -> None:
    org = Org("org_hooli", "Hooli", "trial", END)
    assert org.find_posture(moment) == posture
    assert org.billing_status == "trial"


def test_a_trial_without_an_end_goes_on() -> None:
    assert Org("org_hooli", "Hooli", "trial").find_posture(END) == "trial"


@pytest.mark.parametrize("status", ["active", "past_due", "decommissioning"])
def test_any_other_status_is_the_posture(status: str) -> None:
    assert Org("org_acme", "Acme", status, END).find_posture(END) == status
