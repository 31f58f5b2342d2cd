"""Defects in what is paid for."""

from __future__ import annotations

from mock_server.call import Call
from mock_server.deviations import deviation
from mock_server.errors import BillingInactive
from mock_server.gates.access import billing
from mock_server.seams import Seams


@deviation("billing-never-refuses", "BILLING-CREATE-REFUSED")
def never_refuses(seams: Seams) -> Seams:
    """Nothing is refused for billing."""

    def lenient(_call: Call) -> None:
        return

    return seams.with_gate(billing, lenient)


@deviation("billing-expired-trial-counts", "BILLING-CREATE-REFUSED")
def expired_trial_counts(seams: Seams) -> Seams:
    """A trial counts as active even when it has expired."""

    def lenient(call: Call) -> None:
        if _posture(call) != "trial_expired":
            billing(call)

    return seams.with_gate(billing, lenient)


@deviation("billing-trial-refused", "BILLING-TRIAL-COUNTS")
def trial_refused(seams: Seams) -> Seams:
    """A trial that has not expired does not count as active."""

    def strict(call: Call) -> None:
        if call.operation.billing == "create" and _posture(call) == "trial":
            raise BillingInactive("The org's billing is not active: trial.")
        billing(call)

    return seams.with_gate(billing, strict)


def _posture(call: Call) -> str | None:
    """The posture of the caller's org; None where nobody in particular calls."""
    org = call.state.orgs.get(call.caller.org_id)
    return None if org is None else org.posture(call.now)
