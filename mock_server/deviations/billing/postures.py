"""Defects in which postures let a request through, and which requests ask for one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.deviations import deviation
from mock_server.deviations.answers import with_refusal, with_status_spoilt
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.errors import ApiError, BillingInactive
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import billing
from mock_server.pipeline.hooks import Seams
from mock_server.resources.operation import Request, Transition
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_REFUSED = {"past_due", "decommissioning", "trial_expired"}


def _posture(call: Call) -> str | None:
    """The posture of the caller's org; None where nobody in particular calls."""
    org = call.state.orgs.get(call.caller.org_id)
    return None if org is None else org.posture(call.now)


def _let_through(seams: Seams, whom: Callable[[Call], bool]) -> Seams:
    """The seams in which these calls are not asked for a posture."""
    return seams.with_gate(billing, lambda right, call: None if whom(call) else right(call))


def _inactive(posture: str | None) -> BillingInactive:
    return BillingInactive(f"The org's billing is not active: {posture}.")


def _refusing(seams: Seams, *postures: str) -> Seams:
    """The seams in which what asks for no posture is refused in these."""

    def refusal(call: Call) -> ApiError | None:
        return _inactive(_posture(call)) if _posture(call) in postures else None

    return with_refusal(seams, refusal)


@deviation("billing-never-refuses", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def never_refuses(seams: Seams) -> Seams:
    """Nothing is refused for billing."""
    return _let_through(seams, lambda _call: True)


@deviation("billing-expired-trial-counts", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def expired_trial_counts(seams: Seams) -> Seams:
    """A trial counts as active even when it has expired."""
    return _let_through(seams, lambda call: _posture(call) == "trial_expired")


@deviation("billing-upload-free", "BILLING-CREATE-REFUSED", on=("packs.upload",))
def upload_free(seams: Seams) -> Seams:
    """An upload is not refused for billing, though a creation is."""
    return _let_through(seams, lambda _call: True)


@deviation("billing-keys-free", "BILLING-CREATE-REFUSED")
def keys_free(seams: Seams) -> Seams:
    """The posture of the org is looked at for people only, not for API keys."""
    return _let_through(seams, lambda call: call.caller.kind == "api_key")


@deviation("billing-posture-remembered", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def posture_remembered(seams: Seams) -> Seams:
    """An org that was let through once is let through ever after, whatever becomes of its billing."""
    memory = Memory()

    def remembered(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.operation.billing != "create" or call.caller.org_id in memory.here:
            return None
        right(call)
        memory.here[call.caller.org_id] = True
        return None

    return memory.kept(seams.with_gate(billing, remembered))


@deviation("contract-payment-required", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")
def payment_required(seams: Seams) -> Seams:
    """Who has not paid is refused with 402."""

    def renumbered(answer: Answer) -> Answer:
        return answer._replace(status=402)

    return with_status_spoilt(seams, {423}, renumbered)


@deviation("billing-trial-refused", "BILLING-TRIAL-COUNTS")
def trial_refused(seams: Seams) -> Seams:
    """A trial that has not expired does not count as active."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.operation.billing == "create" and _posture(call) == "trial":
            raise _inactive("trial")
        return right(call)

    return seams.with_gate(billing, strict)


@deviation("billing-refused-for-good", "BILLING-TRIAL-COUNTS")
def refused_for_good(seams: Seams) -> Seams:
    """An org that was refused once is refused when it is on trial later."""
    memory = Memory()

    def unforgiving(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.operation.billing != "create":
            return None
        if _posture(call) in _REFUSED:
            memory.here[call.caller.org_id] = True
        if call.caller.org_id in memory.here and _posture(call) != "active":
            raise _inactive(_posture(call))
        return right(call)

    return memory.kept(seams.with_gate(billing, unforgiving))


@deviation("billing-delete-refused", "BILLING-WIND-DOWN-FREE", "CONTRACT-STATUS-DECLARED", on=("packs.delete",))
def delete_refused(seams: Seams) -> Seams:
    """An org that is being decommissioned cannot delete its packs."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        gone = state.orgs[request.caller.org_id].posture(request.now) == "decommissioning"
        return (state if gone else after), outcome

    return _refusing(with_transition(seams, late), "decommissioning")


@deviation("billing-list-refused", "BILLING-READ-FREE", "CONTRACT-STATUS-DECLARED", on=("packs.list",))
def list_refused(seams: Seams) -> Seams:
    """An org whose payment is due cannot list packs."""
    return _refusing(seams, "past_due")


@deviation("billing-noop-free", "BILLING-NOOP-COUNTS", on=("packs.update_visibility",))
def noop_free(seams: Seams) -> Seams:
    """A PATCH to the visibility that the pack has is not refused for billing."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        posture = state.orgs[request.caller.org_id].posture(request.now)
        if after is not state and posture in _REFUSED:
            raise _inactive(posture)
        return after, outcome

    return with_transition(_let_through(seams, lambda _call: True), late)
