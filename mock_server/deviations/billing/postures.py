"""Defects in which postures let a request through, and which requests ask for one."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.deviations import deviation, with_hooks
from mock_server.deviations.answers import with_refusal, with_status
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import DELETE, LIST, PATCH, UPLOAD
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.deviations.requests import with_gate, without_gate
from mock_server.errors import ApiError, BillingInactive
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import billing
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Request, Transition
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_REFUSED = {"past_due", "decommissioning", "trial_expired"}


def _posture(call: Call) -> str | None:
    """The posture of the caller's org; None where nobody in particular calls."""
    org = call.state.all(ORGS).get(call.caller.org_id)
    return None if org is None else org.posture(call.now)


def _inactive(posture: str | None) -> BillingInactive:
    return BillingInactive(f"The org's billing is not active: {posture}.")


@deviation("billing-never-refuses", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS", plant=without_gate(billing))
def never_refuses(_call: Call) -> bool:
    """Nothing is refused for billing."""
    return True


@deviation("billing-expired-trial-counts", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS", plant=without_gate(billing))
def expired_trial_counts(call: Call) -> bool:
    """A trial counts as active even when it has expired."""
    return _posture(call) == "trial_expired"


@deviation("billing-upload-free", "BILLING-CREATE-REFUSED", on=UPLOAD, plant=without_gate(billing))
def upload_free(_call: Call) -> bool:
    """An upload is not refused for billing, though a creation is."""
    return True


@deviation("billing-keys-free", "BILLING-CREATE-REFUSED", plant=without_gate(billing))
def keys_free(call: Call) -> bool:
    """The posture of the org is looked at for people only, not for API keys."""
    return call.caller.kind == "api_key"


@deviation(
    "billing-posture-remembered", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS", plant=remembering(with_gate(billing))
)
def posture_remembered(notes: Notes, right: Gate, call: Call) -> Awaitable[None] | None:
    """An org that was let through once is let through ever after, whatever becomes of its billing."""
    if call.operation.billing != "create" or call.caller.org_id in notes:
        return None
    right(call)
    notes[call.caller.org_id] = True
    return None


@deviation(
    "contract-payment-required",
    "CONTRACT-STATUS-DECLARED",
    "ENVELOPE-CODE-STATUS",
    "BILLING-CREATE-REFUSED",
    plant=with_status(423),
)
def payment_required(answer: Answer) -> Answer:
    """Who has not paid is refused with 402."""
    return answer._replace(status=402)


@deviation("billing-trial-refused", "BILLING-TRIAL-COUNTS", plant=with_gate(billing))
def trial_refused(right: Gate, call: Call) -> Awaitable[None] | None:
    """A trial that has not expired does not count as active."""
    if call.operation.billing == "create" and _posture(call) == "trial":
        raise _inactive("trial")
    return right(call)


@deviation("billing-refused-for-good", "BILLING-TRIAL-COUNTS", plant=remembering(with_gate(billing)))
def refused_for_good(notes: Notes, right: Gate, call: Call) -> Awaitable[None] | None:
    """An org that was refused once is refused when it is on trial later."""
    if call.operation.billing != "create":
        return None
    if _posture(call) in _REFUSED:
        notes[call.caller.org_id] = True
    if call.caller.org_id in notes and _posture(call) != "active":
        raise _inactive(_posture(call))
    return right(call)


@deviation("billing-delete-refused", "BILLING-WIND-DOWN-FREE", "CONTRACT-STATUS-DECLARED", on=DELETE, plant=with_hooks)
def delete_refused(hooks: Hooks) -> Hooks:
    """An org that is being decommissioned cannot delete its packs."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        gone = state.all(ORGS)[request.caller.org_id].posture(request.now) == "decommissioning"
        return (state if gone else after), outcome

    def refusal(call: Call) -> ApiError | None:
        return _inactive("decommissioning") if _posture(call) == "decommissioning" else None

    return with_refusal(with_transition(hooks, late), refusal)


@deviation("billing-list-refused", "BILLING-READ-FREE", "CONTRACT-STATUS-DECLARED", on=LIST, plant=with_refusal)
def list_refused(call: Call) -> ApiError | None:
    """An org whose payment is due cannot list packs."""
    return _inactive("past_due") if _posture(call) == "past_due" else None


@deviation("billing-noop-free", "BILLING-NOOP-COUNTS", on=PATCH, plant=with_hooks)
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has is not refused for billing."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        posture = state.all(ORGS)[request.caller.org_id].posture(request.now)
        if after is not state and posture in _REFUSED:
            raise _inactive(posture)
        return after, outcome

    return with_transition(without_gate(billing)(hooks, lambda _call: True), late)
