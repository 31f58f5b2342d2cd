"""Defects in which postures let a request through, and which requests ask for one."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, denies, open_gate, refuses_served, wrong_gate
from benchmarks.planted_defects.scene import FREE, Scene, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import undeclared_refusal, wrong_answer
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_outcome
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import check_billing
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.orgs import ORGS
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_REFUSED = {"past_due", "decommissioning", "trial_expired"}
_INACTIVE = errors.BillingInactive("The org's billing is not active.")
UNPAID, INITECH = "423 billing_inactive", "initech-owner"


def _posture(call: Call) -> str | None:
    """Return the posture of the caller's org; None where nobody in particular calls."""
    org = call.state.get(ORGS, call.caller.org_id)
    return None if org is None else org.find_posture(call.now)


def _posture_in(run: Run) -> str:
    return run.state.all(ORGS)[run.org_id].find_posture(run.request.now)


def create(scene: Scene, who: str = INITECH) -> str:
    return read_status(scene.create(FREE, who))


def patch_once_due(scene: Scene) -> str:
    scene.patch("pack_01HZ", "community")
    scene.world.billing("org_acme", "past_due")
    return read_status(scene.patch("pack_01HZ", "org"))


def create_on_trial(scene: Scene) -> str:
    """Return what an org is answered on trial that was refused before."""
    create(scene)
    scene.world.billing("org_initech", "trial")
    return create(scene)


defect("billing-never-refuses", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")(
    "Nothing is refused for billing.",
    open_gate(check_billing).make_plan(lambda _call: True),
    shown(UNPAID, "201", create),
)
defect("billing-expired-trial-counts", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS")(
    "A trial counts as active even when it has expired.",
    open_gate(check_billing).make_plan(lambda call: _posture(call) == "trial_expired"),
    shown(UNPAID, "201", create, "umbrella-owner"),
)
defect("billing-upload-free", "BILLING-CREATE-REFUSED", on=ids.UPLOAD)(
    "An upload is not refused for billing, though a creation is.",
    open_gate(check_billing).make_plan(lambda _call: True),
    shown(UNPAID, "201", lambda scene: read_status(scene.upload(pack_files(), INITECH))),
)
defect("billing-keys-free", "BILLING-CREATE-REFUSED")(
    "The posture of the org is looked at for people only, not for API keys.",
    open_gate(check_billing).make_plan(lambda call: call.caller.kind == "api_key"),
    shown(UNPAID, "201", create, "initech-full-access"),
)
defect("contract-payment-required", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")(
    "Who has not paid is refused with 402.",
    wrong_answer(423).make_plan(lambda answer: answer._replace(status=402)),
    shown(UNPAID, "402 billing_inactive", create),
)
defect("billing-trial-refused", "BILLING-TRIAL-COUNTS")(
    "A trial that has not expired does not count as active.",
    denies(check_billing, lambda call: call.operation.billing == "create" and _posture(call) == "trial", _INACTIVE),
    shown("201", UNPAID, create, "hooli-owner"),
)
defect("billing-list-refused", "BILLING-READ-FREE", "CONTRACT-STATUS-DECLARED", on=ids.LIST)(
    "An org whose payment is due cannot list packs.",
    refuses_served(lambda call: _posture(call) == "past_due", _INACTIVE),
    shown("200", UNPAID, lambda scene: read_status(scene.get("/packs", INITECH))),
)


@defect("billing-posture-remembered", "BILLING-CREATE-REFUSED", "BILLING-NOOP-COUNTS").by(wrong_gate(check_billing))
@shown(UNPAID, "200", patch_once_due)
def posture_remembered(right: Gate, call: Call) -> Passing:
    """An org that was let through once is let through ever after, whatever becomes of its billing."""
    notes = read_notes(posture_remembered)
    if call.operation.billing == "create" and call.caller.org_id not in notes:
        right(call)
        notes[call.caller.org_id] = True
    return None


@defect("billing-refused-for-good", "BILLING-TRIAL-COUNTS").by(wrong_gate(check_billing))
@shown("201", UNPAID, create_on_trial)
def refused_for_good(right: Gate, call: Call) -> Passing:
    """An org that was refused once is refused when it is on trial later."""
    notes = read_notes(refused_for_good)
    if call.operation.billing != "create":
        return None
    if _posture(call) in _REFUSED:
        notes[call.caller.org_id] = True
    if call.caller.org_id in notes and _posture(call) != "active":
        raise errors.BillingInactive("The org's billing is not active.")
    return right(call)


@defect("billing-delete-refused", "BILLING-WIND-DOWN-FREE", "CONTRACT-STATUS-DECLARED", on=ids.DELETE).by(wrong_hooks)
@shown("200", UNPAID, lambda scene: read_status(scene.delete("pack_cyberdyne_robotics", "cyberdyne-owner")))
def delete_refused(hooks: Hooks) -> Hooks:
    """An org that is being decommissioned cannot delete its packs."""

    def undone(run: Run) -> Outcome:
        return run.state if _posture_in(run) == "decommissioning" else run.after, run.outcome

    def refusal(call: Call) -> errors.ApiError | None:
        return _INACTIVE if _posture(call) == "decommissioning" else None

    return undeclared_refusal.plant(wrong_outcome.plant(hooks, undone), refusal)


@defect("billing-noop-free", "BILLING-NOOP-COUNTS", on=ids.PATCH).by(wrong_hooks)
@shown(UNPAID, "200", lambda scene: read_status(scene.patch("pack_initech_reports", "org", INITECH)))
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has is not refused for billing."""

    def late(run: Run) -> Outcome:
        if run.after is not run.state and _posture_in(run) in _REFUSED:
            raise errors.BillingInactive("The org's billing is not active.")
        return run.done

    return wrong_outcome.plant(open_gate(check_billing).plant(hooks, lambda _call: True), late)
