"""Defects of secrets: a value is shown, a name or a time is another, or what was switched off is served."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import edits, serves_while_off, undone
from benchmarks.planted_defects.planting.requests import Passing, quoting, wrong_gate
from benchmarks.planted_defects.planting.runs import showing
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import wrong_answer_to
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.state.value import replace
from mock_server.worlds.call import Call

defect = Declarer(__name__)

TOKEN, OTHER, VALUE = "WEBHOOK_TOKEN", "DB_PASSWORD", "a value of the witness"


def _is_set_again(secret: Any) -> bool:
    return bool(secret["updated_at"] != secret["created_at"])


def put(scene: Scene, name: str = TOKEN, who: str = "acme-owner", **more: Any) -> Any:
    return scene.ask("PUT", f"/secrets/{name}", who, json={"value": VALUE, **more})


def delete(scene: Scene) -> Any:
    return scene.ask("DELETE", f"/secrets/{TOKEN}")


def listed(scene: Scene) -> list[str]:
    """Return the names in the list, in the order of the alphabet."""
    return sorted(each["name"] for each in scene.get("/secrets").json()["secrets"])


def listed_while_off(scene: Scene) -> str:
    return read_status(scene.state("secrets are disabled", org_id="org_acme"), scene.get("/secrets"))


defect("secrets-refused-quoted", "SECRET-HIDDEN", on=ids.SET_SECRET)(
    "The refusal of a body that is not valid quotes the value that is in it.",
    wrong_answer_to.make_plan(lambda call, answer: quoting(call, answer, "value")),
    shown(False, True, lambda scene: VALUE in put(scene, more=1).text),
)
defect("secrets-listed-twice", "SECRET-SET", "OWNERSHIP-LISTED", on=ids.LIST_SECRETS)(
    "A secret that was set again is in the list twice, once for each value.",
    edits(lambda body: {"secrets": [*body["secrets"], *(each for each in body["secrets"] if _is_set_again(each))]}),
    shown([OTHER, TOKEN], [OTHER, OTHER, TOKEN], listed),
)
defect("secrets-left-behind", "SECRET-DELETED", "DELETE-GONE", on=ids.DELETE_SECRET)(
    "The deletion of a secret is answered, and it stays.",
    undone,
    shown([OTHER], [OTHER, TOKEN], lambda scene: do_in_turn(delete(scene), listed(scene))),
)
defect("subsystems-secrets-listed-while-off", "SUBSYSTEM-DISABLED", on=ids.LIST_SECRETS)(
    "The secrets of an org are listed while they are switched off.",
    serves_while_off("secrets_disabled"),
    shown("503 secrets_disabled", "200", listed_while_off),
)


@defect("secrets-made-anew", "SECRET-SET", on=ids.SET_SECRET).wrongly
@shown(True, False, lambda scene: put(scene).json()["created_at"] == "2026-04-15T12:00:00Z")
def made_anew(run: Run) -> Outcome:
    """A secret that is set again has a new created_at."""
    secrets = run.after.collection("secrets")
    secret = replace(run.after.all(secrets)[run.org_id, run.request.path["name"]], created_at=run.request.now)
    return showing(run, secrets.show(secret, run.org_id), run.after.put(secrets, secret))


@defect("secrets-names-tidied", "SECRET-NAME", on=ids.SET_SECRET).by(wrong_gate(check_parameters))
@shown("400 validation_error", "200", lambda scene: read_status(put(scene, "WEBHOOK.TOKEN")))
def names_tidied(right: Gate, call: Call) -> Passing:
    """A dot in the name of a secret is taken for a hyphen."""
    values = call.raw_path_values
    call.raw_path_values = {**values, "name": values["name"].replace(".", "-")}
    return right(call)


@defect(
    *("secrets-alike-deleted", "SECRET-DELETED", "EFFECT-NOTHING-ELSE", "OWNERSHIP-LISTED"), on=ids.DELETE_SECRET
).wrongly
@shown([OTHER, f"{TOKEN}_2"], [OTHER], lambda scene: do_in_turn(put(scene, f"{TOKEN}_2"), delete(scene), listed(scene)))
def alike_deleted(run: Run) -> Outcome:
    """With a secret goes every other one of the org whose name begins with the same twelve letters."""
    after, outcome = run.done
    secrets = after.collection("secrets")
    for secret in run.state.select(secrets, org_id=run.org_id):
        if secret.name[:12] == run.request.path["name"][:12]:
            after = after.drop(secrets, (run.org_id, secret.name))
    return after, outcome
