"""Defects of secrets: a value is shown, a name or a time is another, or what was switched off is served."""

from __future__ import annotations

from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from mock_server.deviations.planting.answers import error_with, wrong_answer_to
from mock_server.deviations.planting.ids import DELETE_SECRET, LIST_SECRETS, SET_SECRET
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of_code, wrong_outcome
from mock_server.errors import ApiError
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.resources.orgs import ORGS
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call


@wrong_answer_to("secrets-refused-quoted", "SECRET-HIDDEN", on=SET_SECRET)
def refused_quoted(call: Call, answer: Answer) -> Answer:
    """The refusal of a body that is not valid quotes the value that is in it."""
    if answer.status != 400 or not isinstance(call.body, dict) or "value" not in call.body:
        return answer
    return error_with(answer, message=f"The request is not valid: value is {call.body['value']}.")


@wrong_outcome("secrets-made-anew", "SECRET-SET", on=SET_SECRET)
def made_anew(run: Run) -> Outcome:
    """A secret that is set again has a new created_at."""
    after, outcome = run.done
    secrets = after.collection("secrets")
    secret = replace(after.all(secrets)[run.org_id, run.request.path["name"]], created_at=run.request.now)
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    return after.put(secrets, secret), outcome._replace(body=secrets.shown(secret, run.org_id))


@wrong_outcome("secrets-listed-twice", "SECRET-SET", "OWNERSHIP-LISTED", on=LIST_SECRETS)
def listed_twice(run: Run) -> Outcome:
    """A secret that was set again is in the list twice, once for each value."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    again = [each for each in outcome.body["secrets"] if each["updated_at"] != each["created_at"]]
    return after, outcome._replace(body={"secrets": [*outcome.body["secrets"], *again]})


@wrong_gate(parameters)("secrets-names-tidied", "SECRET-NAME", on=SET_SECRET)
def names_tidied(right: Gate, call: Call) -> Passing:
    """A dot in the name of a secret is taken for a hyphen."""
    values = call.raw_path_values
    call.raw_path_values = {**values, "name": values["name"].replace(".", "-")}
    return right(call)


@wrong_outcome("secrets-left-behind", "SECRET-DELETED", "DELETE-GONE", on=DELETE_SECRET)
def left_behind(run: Run) -> Outcome:
    """The deletion of a secret is answered, and it stays."""
    return run.state, run.outcome


@wrong_outcome("secrets-alike-deleted", "SECRET-DELETED", "EFFECT-NOTHING-ELSE", "OWNERSHIP-LISTED", on=DELETE_SECRET)
def alike_deleted(run: Run) -> Outcome:
    """With a secret goes every other one of the org whose name begins with the same twelve letters."""
    after, outcome = run.done
    secrets = after.collection("secrets")
    for secret in run.state.where(secrets, org_id=run.org_id):
        if secret.name[:12] == run.request.path["name"][:12]:
            after = after.drop(secrets, (run.org_id, secret.name))
    return after, outcome


@in_place_of_code("secrets_disabled")("subsystems-secrets-listed-while-off", "SUBSYSTEM-DISABLED", on=LIST_SECRETS)
def listed_while_off(run: Run, _refusal: ApiError) -> Outcome:
    """The secrets of an org are listed while they are switched off."""
    on = run.state.put(ORGS, replace(run.state.all(ORGS)[run.org_id], disabled=None))
    return run.state, run.right(on, run.request)[1]
