"""Defects in which postures let a request through, and which requests ask for one."""

from __future__ import annotations

from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from mock_server.deviations.planting.answers import undeclared_refusal, wrong_answer
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.ids import DELETE, LIST, PATCH, UPLOAD
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.errors import ApiError, BillingInactive
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import billing
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.orgs import ORGS
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_REFUSED = {"past_due", "decommissioning", "trial_expired"}


def _posture(call: Call) -> str | None:
    """The posture of the caller's org; None where nobody in particular calls."""
    org = call.state.get(ORGS, call.caller.org_id)
    return None if org is None else org.posture(call.now)


def _posture_in(run: Run) -> str:
    return run.state.all(ORGS)[run.org_id].posture(run.request.now)


def _inactive(posture: str | None) -> BillingInactive:
    return BillingInactive(f"The org's billing is not active: {posture}.")


@open_gate(billing)("billing-never-refuses", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def never_refuses(_call: Call) -> bool:
    """Nothing is refused for billing."""
    return True


@open_gate(billing)("billing-expired-trial-counts", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def expired_trial_counts(call: Call) -> bool:
    """A trial counts as active even when it has expired."""
    return _posture(call) == "trial_expired"


@open_gate(billing)("billing-upload-free", "BILLING-CREATE-REFUSED", on=UPLOAD)
def upload_free(_call: Call) -> bool:
    """An upload is not refused for billing, though a creation is."""
    return True


@open_gate(billing)("billing-keys-free", "BILLING-CREATE-REFUSED")
def keys_free(call: Call) -> bool:
    """The posture of the org is looked at for people only, not for API keys."""
    return call.caller.kind == "api_key"


@wrong_gate(billing)("billing-posture-remembered", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")
def posture_remembered(right: Gate, call: Call) -> Passing:
    """An org that was let through once is let through ever after, whatever becomes of its billing."""
    notes = notes_of(posture_remembered)
    if call.operation.billing == "create" and call.caller.org_id not in notes:
        right(call)
        notes[call.caller.org_id] = True
    return None


@wrong_answer(423)(
    "contract-payment-required", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED"
)
def payment_required(answer: Answer) -> Answer:
    """Who has not paid is refused with 402."""
    return answer._replace(status=402)


@wrong_gate(billing)("billing-trial-refused", "BILLING-TRIAL-COUNTS")
def trial_refused(right: Gate, call: Call) -> Passing:
    """A trial that has not expired does not count as active."""
    if call.operation.billing == "create" and _posture(call) == "trial":
        raise _inactive("trial")
    return right(call)


@wrong_gate(billing)("billing-refused-for-good", "BILLING-TRIAL-COUNTS")
def refused_for_good(right: Gate, call: Call) -> Passing:
    """An org that was refused once is refused when it is on trial later."""
    notes = notes_of(refused_for_good)
    if call.operation.billing != "create":
        return None
    if _posture(call) in _REFUSED:
        notes[call.caller.org_id] = True
    if call.caller.org_id in notes and _posture(call) != "active":
        raise _inactive(_posture(call))
    return right(call)


@wrong_hooks("billing-delete-refused", "BILLING-WIND-DOWN-FREE", "CONTRACT-STATUS-DECLARED", on=DELETE)
def delete_refused(hooks: Hooks) -> Hooks:
    """An org that is being decommissioned cannot delete its packs."""

    def undone(run: Run) -> Outcome:
        return run.state if _posture_in(run) == "decommissioning" else run.after, run.outcome

    def refusal(call: Call) -> ApiError | None:
        return _inactive("decommissioning") if _posture(call) == "decommissioning" else None

    return undeclared_refusal.plant(wrong_outcome.plant(hooks, undone), refusal)


@undeclared_refusal("billing-list-refused", "BILLING-READ-FREE", "CONTRACT-STATUS-DECLARED", on=LIST)
def list_refused(call: Call) -> ApiError | None:
    """An org whose payment is due cannot list packs."""
    return _inactive("past_due") if _posture(call) == "past_due" else None


@wrong_hooks("billing-noop-free", "BILLING-NOOP-COUNTS", on=PATCH)
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has is not refused for billing."""

    def late(run: Run) -> Outcome:
        if run.after is not run.state and _posture_in(run) in _REFUSED:
            raise _inactive(_posture_in(run))
        return run.done

    return wrong_outcome.plant(open_gate(billing).plant(hooks, never_refuses), late)
