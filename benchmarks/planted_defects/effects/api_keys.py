"""Defects of API keys: a value is shown again, a key is another than was asked for, or it outlives its revocation."""

from __future__ import annotations

from typing import Any

from mock_server.access.callers import api_key
from mock_server.access.credentials import CREDENTIALS
from mock_server.deviations.planting.ids import CREATE_API_KEY, LIST_API_KEYS, REVOKE_API_KEY
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import (
    Outcome,
    Run,
    in_place_of_code,
    wrong_outcome,
    wrong_reply,
)
from mock_server.errors import ApiError
from mock_server.operation import Reply
from mock_server.resources.api_keys import API_KEYS, ApiKey, api_key_view
from mock_server.state.state import State
from mock_server.state.value import replace


def _made(run: Run) -> ApiKey:
    """The key that the run made."""
    assert isinstance(run.outcome, Reply)  # noqa: S101  # of what is done
    return run.after.all(API_KEYS)[run.outcome.body["id"]]


@wrong_reply("keys-value-shown-again", "KEY-VALUE-ONCE", on=CREATE_API_KEY + LIST_API_KEYS)
def value_shown_again(body: Any, _run: Run) -> Any:
    """The list shows the values of the keys that were made."""
    values = notes_of(value_shown_again)
    if "value" in body:
        values[body["id"]] = body["value"]
        return body
    listed = [each | ({"value": values[each["id"]]} if each["id"] in values else {}) for each in body["api_keys"]]
    return {"api_keys": listed}


@wrong_outcome("keys-all-full-access", "KEY-VALUE", on=CREATE_API_KEY)
def all_full_access(run: Run) -> Outcome:
    """Every new key may do what one of full access may, whatever it says of itself."""
    return _in_force(run, _made(run), "full_access"), run.outcome


@wrong_outcome("keys-not-in-force", "KEY-VALUE", on=CREATE_API_KEY)
def not_in_force(run: Run) -> Outcome:
    """A new key that only observes and submits is refused."""
    key = _made(run)
    if key.permission_set != "submit_observe":
        return run.done
    return _revoked(run.after, key), run.outcome


@wrong_outcome("keys-prefix-tells-more", "KEY-PREFIX", on=CREATE_API_KEY)
def prefix_tells_more(run: Run) -> Outcome:
    """The prefix of a new key is all of its value but for three characters."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    value = outcome.body["value"]
    prefix = f"{value[:-7]}...{value[-4:]}"
    after = after.put(API_KEYS, replace(_made(run), prefix=prefix))
    return after, outcome._replace(body={**outcome.body, "prefix": prefix})


@wrong_outcome("keys-revoked-listed", "KEY-LISTED", "DELETE-GONE", "OWNERSHIP-LISTED", on=REVOKE_API_KEY)
def revoked_listed(run: Run) -> Outcome:
    """A revoked key works no longer, and is in the list as before."""
    key = run.state.all(API_KEYS).get(run.request.path["id"])
    return (run.after if key is None else run.after.put(API_KEYS, key)), run.outcome


@wrong_outcome("authentication-key-revoked-by-org-works", "AUTH-REVOKED", on=REVOKE_API_KEY)
def revoked_work(run: Run) -> Outcome:
    """A revoked key is not in the list any more, and works as before."""
    after, outcome = run.done
    digest = run.state.all(API_KEYS)[run.request.path["id"]].digest
    return after.put(CREDENTIALS, run.state.all(CREDENTIALS)[digest]), outcome


@wrong_outcome("authentication-keys-alike-revoked", "AUTH-REVOKED", on=REVOKE_API_KEY)
def alike_revoked(run: Run) -> Outcome:
    """With a key every other one of the org works no longer that was made the same minute with its permission set."""
    after, outcome = run.done
    key = run.state.all(API_KEYS)[run.request.path["id"]]
    for each in run.state.where(API_KEYS, org_id=run.org_id):
        apart = abs((each.created_at - key.created_at).total_seconds())
        if apart < 60 and each.permission_set == key.permission_set:
            after = _revoked(after, each)
    return after, outcome


@wrong_outcome("ownership-keys-of-all-listed", "OWNERSHIP-NOT-LISTED", on=LIST_API_KEYS)
def of_all_listed(run: Run) -> Outcome:
    """The list has the keys of every org."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    every = run.state.all(API_KEYS).values()
    return after, outcome._replace(body={"api_keys": [api_key_view(each, run.org_id) for each in every]})


@in_place_of_code("api_key_not_found")(
    "ownership-keys-of-others-revoked", "OWNERSHIP-PRIVATE-HIDDEN", on=REVOKE_API_KEY
)
def of_others_revoked(run: Run, refusal: ApiError) -> Outcome:
    """The keys of every org can be revoked."""
    key = run.state.all(API_KEYS).get(run.request.path["id"])
    if key is None:
        raise refusal
    return _revoked(run.state, key).drop(API_KEYS, key.id), Reply(200, {"status": "revoked"})


def _in_force(run: Run, key: ApiKey, permission_set: str) -> State:
    credential = run.after.all(CREDENTIALS)[key.digest]
    right = api_key(key.org_id, permission_set, key.label, run.after.grants)
    caller = replace(right, permission_set=key.permission_set)
    return run.after.put(CREDENTIALS, replace(credential, caller=caller))


def _revoked(state: State, key: ApiKey) -> State:
    return state.put(CREDENTIALS, replace(state.all(CREDENTIALS)[key.digest], revoked=True))
