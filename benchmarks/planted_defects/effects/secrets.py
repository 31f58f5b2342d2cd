"""Defects of secrets: a value is shown, a name or a time is another, or what was switched off is served."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, quoting, wrong_gate
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import wrong_answer_to
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.resources.orgs import ORGS
from mock_server.resources.secrets import SECRETS, secret_view
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

defect = Declarer(__name__)

TOKEN = "WEBHOOK_TOKEN"
INVALID = "400 validation_error"


def put(scene: Scene, name: str = TOKEN) -> Any:
    return scene.ask("PUT", f"/secrets/{name}", json={"value": "a value of the witness"})


def listed(scene: Scene) -> list[str]:
    """The names in the list, in the order of the alphabet."""
    return sorted(each["name"] for each in scene.get("/secrets").json()["secrets"])


def show_refused_quoted(scene: Scene) -> bool:
    sent = {"value": "a value of the witness", "more": 1}
    return "a value of the witness" in scene.ask("PUT", f"/secrets/{TOKEN}", json=sent).text


@defect("secrets-refused-quoted", "SECRET-HIDDEN", on=ids.SET_SECRET).by(wrong_answer_to)
@shown(False, True, show_refused_quoted)
def refused_quoted(call: Call, answer: Answer) -> Answer:
    """The refusal of a body that is not valid quotes the value that is in it."""
    return quoting(call, answer, "value")


def show_made_anew(scene: Scene) -> str:
    created = put(scene).json()["created_at"]
    return "later" if created > "2026-04-16" else str(created)


@defect("secrets-made-anew", "SECRET-SET", on=ids.SET_SECRET).by(wrong_outcome)
@shown("2026-04-15T12:00:00Z", "later", show_made_anew)
def made_anew(run: Run) -> Outcome:
    """A secret that is set again has a new created_at."""
    after, outcome = run.done
    secret = replace(after.all(SECRETS)[run.org_id, run.request.path["name"]], created_at=run.request.now)
    assert isinstance(outcome, Reply)  # of what is done
    return after.put(SECRETS, secret), outcome._replace(body=secret_view(secret, run.org_id))


@defect("secrets-listed-twice", "SECRET-SET", "OWNERSHIP-LISTED", on=ids.LIST_SECRETS).by(wrong_outcome)
@shown(["DB_PASSWORD", TOKEN], ["DB_PASSWORD", "DB_PASSWORD", TOKEN], listed)
def listed_twice(run: Run) -> Outcome:
    """A secret that was set again is in the list twice, once for each value."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    again = [each for each in outcome.body["secrets"] if each["updated_at"] != each["created_at"]]
    return after, outcome._replace(body={"secrets": [*outcome.body["secrets"], *again]})


@defect("secrets-names-tidied", "SECRET-NAME", on=ids.SET_SECRET).by(wrong_gate(parameters))
@shown(INVALID, "200", lambda scene: said(put(scene, "WEBHOOK.TOKEN")))
def names_tidied(right: Gate, call: Call) -> Passing:
    """A dot in the name of a secret is taken for a hyphen."""
    values = call.raw_path_values
    call.raw_path_values = {**values, "name": values["name"].replace(".", "-")}
    return right(call)


defect("secrets-left-behind", "SECRET-DELETED", "DELETE-GONE", on=ids.DELETE_SECRET)(
    "The deletion of a secret is answered, and it stays.",
    wrong_outcome.of(lambda run: (run.state, run.outcome)),
    shown(
        ["DB_PASSWORD"],
        ["DB_PASSWORD", TOKEN],
        lambda scene: in_turn(scene.ask("DELETE", f"/secrets/{TOKEN}"), listed(scene)),
    ),
)


@defect("secrets-alike-deleted", "SECRET-DELETED", "EFFECT-NOTHING-ELSE", "OWNERSHIP-LISTED", on=ids.DELETE_SECRET).by(
    wrong_outcome
)
@shown(
    ["DB_PASSWORD", f"{TOKEN}_2"],
    ["DB_PASSWORD"],
    lambda scene: in_turn(put(scene, f"{TOKEN}_2"), scene.ask("DELETE", f"/secrets/{TOKEN}"), listed(scene)),
)
def alike_deleted(run: Run) -> Outcome:
    """With a secret goes every other one of the org whose name begins with the same twelve letters."""
    after, outcome = run.done
    for secret in run.state.where(SECRETS, org_id=run.org_id):
        if secret.name[:12] == run.request.path["name"][:12]:
            after = after.drop(SECRETS, (run.org_id, secret.name))
    return after, outcome


defect("subsystems-secrets-listed-while-off", "SUBSYSTEM-DISABLED", on=ids.LIST_SECRETS)(
    "The secrets of an org are listed while they are switched off.",
    in_place_of(errors.SecretsDisabled).of(
        lambda run, _refusal: (
            run.state,
            run.right(run.state.put(ORGS, replace(run.state.all(ORGS)[run.org_id], disabled=None)), run.request)[1],
        )
    ),
    shown(
        "503 secrets_disabled",
        "200",
        lambda scene: said(scene.state("secrets are disabled", org_id="org_acme"), scene.get("/secrets")),
    ),
)
