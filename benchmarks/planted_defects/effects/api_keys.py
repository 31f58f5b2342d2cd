"""Defects of API keys: a value is shown again, a key is another than was asked for, or it outlives its revocation."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.access.callers import api_key
from mock_server.access.credentials import CREDENTIALS
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.api_keys import API_KEYS, ApiKey, api_key_view
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)


def _made(run: Run) -> ApiKey:
    """The key that the run made."""
    assert isinstance(run.outcome, Reply)  # of what is done
    return run.after.all(API_KEYS)[run.outcome.body["id"]]


READ_ONLY = {"label": "of the witness", "permission_set": "read_only"}


def made(scene: Scene, permission_set: str = "read_only", who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/api-keys", who, json={**READ_ONLY, "permission_set": permission_set}).json()


def revoked(scene: Scene, key: Any, who: str = "acme-owner") -> str:
    return said(scene.ask("DELETE", f"/api-keys/{key['id']}", who))


def listed(scene: Scene, who: str = "acme-owner") -> list[Any]:
    return [each for each in scene.get("/api-keys", who).json()["api_keys"] if each["label"] == READ_ONLY["label"]]


@defect("keys-value-shown-again", "KEY-VALUE-ONCE", on=ids.CREATE_API_KEY + ids.LIST_API_KEYS).by(wrong_reply)
@shown(False, True, lambda scene: made(scene)["value"] in scene.get("/api-keys").text)
def value_shown_again(body: Any, _run: Run) -> Any:
    """The list shows the values of the keys that were made."""
    values = notes_of(value_shown_again)
    if "value" in body:
        values[body["id"]] = body["value"]
        return body
    listed = [each | ({"value": values[each["id"]]} if each["id"] in values else {}) for each in body["api_keys"]]
    return {"api_keys": listed}


def show_all_full_access(scene: Scene) -> Any:
    found = scene.get("/me/session", made(scene)["value"]).json()["permissions"]
    return found if len(found) == 2 else "more"


defect("keys-all-full-access", "KEY-VALUE", on=ids.CREATE_API_KEY)(
    "Every new key may do what one of full access may, whatever it says of itself.",
    wrong_outcome.of(lambda run: (_in_force(run, _made(run), "full_access"), run.outcome)),
    shown(["workspace:read", "audit:read"], "more", show_all_full_access),
)
defect("keys-not-in-force", "KEY-VALUE", on=ids.CREATE_API_KEY)(
    "A new key that only observes and submits is refused.",
    wrong_outcome.of(
        lambda run: (
            run.done
            if _made(run).permission_set != "submit_observe"
            else (_revoked(run.after, _made(run)), run.outcome)
        )
    ),
    shown(
        "200",
        "401 unauthenticated",
        lambda scene: said(scene.get("/me/session", made(scene, "submit_observe")["value"])),
    ),
)


def show_prefix_tells_more(scene: Scene) -> str:
    prefix = made(scene)["prefix"][:-4]
    return str(prefix) if len(prefix) == 11 else "more"


@defect("keys-prefix-tells-more", "KEY-PREFIX", on=ids.CREATE_API_KEY).by(wrong_outcome)
@shown("sk_mock_...", "more", show_prefix_tells_more)
def prefix_tells_more(run: Run) -> Outcome:
    """The prefix of a new key is all of its value but for three characters."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    value = outcome.body["value"]
    prefix = f"{value[:-7]}...{value[-4:]}"
    after = after.put(API_KEYS, replace(_made(run), prefix=prefix))
    return after, outcome._replace(body={**outcome.body, "prefix": prefix})


@defect("keys-revoked-listed", "KEY-LISTED", "DELETE-GONE", "OWNERSHIP-LISTED", on=ids.REVOKE_API_KEY).by(wrong_outcome)
@shown(0, 1, lambda scene: in_turn(revoked(scene, made(scene)), len(listed(scene))))
def revoked_listed(run: Run) -> Outcome:
    """A revoked key works no longer, and is in the list as before."""
    key = run.state.all(API_KEYS).get(run.request.path["id"])
    return (run.after if key is None else run.after.put(API_KEYS, key)), run.outcome


def show_revoked_work(scene: Scene) -> str:
    key = made(scene)
    revoked(scene, key)
    return said(scene.get("/packs", key["value"]))


defect("authentication-key-revoked-by-org-works", "AUTH-REVOKED", on=ids.REVOKE_API_KEY)(
    "A revoked key is not in the list any more, and works as before.",
    wrong_outcome.of(
        lambda run: (
            run.after.put(
                CREDENTIALS, run.state.all(CREDENTIALS)[run.state.all(API_KEYS)[run.request.path["id"]].digest]
            ),
            run.outcome,
        )
    ),
    shown("401 unauthenticated", "200", show_revoked_work),
)


def show_alike_revoked(scene: Scene) -> str:
    key, other = made(scene), made(scene)
    revoked(scene, key)
    return said(scene.get("/packs", other["value"]))


@defect("authentication-keys-alike-revoked", "AUTH-REVOKED", on=ids.REVOKE_API_KEY).by(wrong_outcome)
@shown("200", "401 unauthenticated", show_alike_revoked)
def alike_revoked(run: Run) -> Outcome:
    """With a key every other one of the org works no longer that was made the same minute with its permission set."""
    after, outcome = run.done
    key = run.state.all(API_KEYS)[run.request.path["id"]]
    for each in run.state.where(API_KEYS, org_id=run.org_id):
        apart = abs((each.created_at - key.created_at).total_seconds())
        if apart < 60 and each.permission_set == key.permission_set:
            after = _revoked(after, each)
    return after, outcome


@defect("ownership-keys-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_API_KEYS).by(wrong_outcome)
@shown(0, 1, lambda scene: in_turn(made(scene, who="globex-owner"), len(listed(scene))))
def of_all_listed(run: Run) -> Outcome:
    """The list has the keys of every org."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    every = run.state.all(API_KEYS).values()
    return after, outcome._replace(body={"api_keys": [api_key_view(each, run.org_id) for each in every]})


@defect("ownership-keys-of-others-revoked", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.REVOKE_API_KEY).by(
    in_place_of("api_key_not_found")
)
@shown("404 api_key_not_found", "200", lambda scene: revoked(scene, made(scene, who="globex-owner")))
def of_others_revoked(run: Run, refusal: errors.ApiError) -> Outcome:
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
