"""Defects of API keys: a value is shown again, a key is another than was asked for, or it outlives its revocation."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import wrongly
from benchmarks.planted_defects.planting.runs import body_of, leaving, showing
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from mock_server.access.callers import make_api_key
from mock_server.access.credentials import CREDENTIALS
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.api_keys import API_KEYS, ApiKey, show_api_key
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)

LABEL, GLOBEX, REFUSED = "of the witness", "globex-owner", "401 unauthenticated"


def _made(run: Run) -> ApiKey:
    """Return the key that the run made."""
    return run.after.all(API_KEYS)[body_of(run)["id"]]


def _named(run: Run) -> ApiKey:
    """Return the key that the path names, as it was before."""
    return run.state.all(API_KEYS)[run.request.path["id"]]


def _revoked(state: State, key: ApiKey) -> Any:
    return replace(state.all(CREDENTIALS)[key.digest], revoked=True)


def make(scene: Scene, permission_set: str = "read_only", who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/api-keys", who, json={"label": LABEL, "permission_set": permission_set}).json()


def revoke(scene: Scene, key: Any, who: str = "acme-owner") -> str:
    return read_status(scene.ask("DELETE", f"/api-keys/{key['id']}", who))


def listed(scene: Scene) -> int:
    """Return how many of these keys the list has."""
    return [each["label"] for each in scene.get("/api-keys").json()["api_keys"]].count(LABEL)


def session(scene: Scene, permission_set: str = "read_only") -> Any:
    return scene.get("/me/session", make(scene, permission_set)["value"])


def bear(scene: Scene, count: int) -> str:
    """Return what the bearer of the last of so many keys is answered once the first is revoked."""
    keys = [make(scene) for _ in range(count)]
    return read_status(revoke(scene, keys[0]), scene.get("/packs", keys[-1]["value"]))


defect("authentication-key-revoked-by-org-works", "AUTH-REVOKED", on=ids.REVOKE_API_KEY)(
    "A revoked key is not in the list any more, and works as before.",
    wrongly(lambda run: leaving(run, CREDENTIALS, run.state.all(CREDENTIALS)[_named(run).digest])),
    shown(REFUSED, "200", bear, 1),
)


@defect("keys-value-shown-again", "KEY-VALUE-ONCE", on=ids.CREATE_API_KEY + ids.LIST_API_KEYS).by(wrong_reply)
@shown(False, True, lambda scene: make(scene)["value"] in scene.get("/api-keys").text)
def value_shown_again(body: Any, _run: Run) -> Any:
    """The list shows the values of the keys that were made."""
    values = read_notes(value_shown_again)
    if "value" in body:
        values[body["id"]] = body["value"]
        return body
    known = {key: {"value": value} for key, value in values.items()}
    return {"api_keys": [{**each, **known.get(each["id"], {})} for each in body["api_keys"]]}


@defect("keys-all-full-access", "KEY-VALUE", on=ids.CREATE_API_KEY).wrongly
@shown(True, False, lambda scene: session(scene).json()["permissions"] == ["workspace:read", "audit:read"])
def all_full_access(run: Run) -> Outcome:
    """Every new key may do what one of full access may, whatever it says of itself."""
    key = _made(run)
    caller = replace(
        make_api_key(key.org_id, "full_access", key.label, run.after.grants), permission_set=key.permission_set
    )
    return leaving(run, CREDENTIALS, replace(run.after.all(CREDENTIALS)[key.digest], caller=caller))


@defect("keys-not-in-force", "KEY-VALUE", on=ids.CREATE_API_KEY).wrongly
@shown("200", REFUSED, lambda scene: read_status(session(scene, "submit_observe")))
def not_in_force(run: Run) -> Outcome:
    """A new key that only observes and submits is refused."""
    key = _made(run)
    return leaving(run, CREDENTIALS, *([_revoked(run.after, key)] if key.permission_set == "submit_observe" else []))


@defect("keys-prefix-tells-more", "KEY-PREFIX", on=ids.CREATE_API_KEY).wrongly
@shown(True, False, lambda scene: make(scene)["prefix"][:-4] == "sk_mock_...")
def prefix_tells_more(run: Run) -> Outcome:
    """The prefix of a new key is all of its value but for three characters."""
    value = body_of(run)["value"]
    prefix = f"{value[:-7]}...{value[-4:]}"
    return showing(run, {**body_of(run), "prefix": prefix}, run.after.put(API_KEYS, replace(_made(run), prefix=prefix)))


@defect("keys-revoked-listed", "KEY-LISTED", "DELETE-GONE", "OWNERSHIP-LISTED", on=ids.REVOKE_API_KEY).wrongly
@shown(0, 1, lambda scene: do_in_turn(revoke(scene, make(scene)), listed(scene)))
def revoked_listed(run: Run) -> Outcome:
    """A revoked key works no longer, and is in the list as before."""
    key = run.state.all(API_KEYS).get(run.request.path["id"])
    return leaving(run, API_KEYS, *([] if key is None else [key]))


@defect("authentication-keys-alike-revoked", "AUTH-REVOKED", on=ids.REVOKE_API_KEY).wrongly
@shown("200", REFUSED, bear, 2)
def alike_revoked(run: Run) -> Outcome:
    """With a key every other one of the org works no longer that was made the same minute with its permission set."""
    after, key = run.after, _named(run)
    for each in run.state.select(API_KEYS, org_id=run.org_id):
        apart = abs((each.created_at - key.created_at).total_seconds())
        if apart < 60 and each.permission_set == key.permission_set:
            after = after.put(CREDENTIALS, _revoked(after, each))
    return after, run.outcome


@defect("ownership-keys-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_API_KEYS).by(wrong_reply)
@shown(0, 1, lambda scene: do_in_turn(make(scene, who=GLOBEX), listed(scene)))
def of_all_listed(_body: Any, run: Run) -> Any:
    """The list has the keys of every org."""
    return {"api_keys": [show_api_key(each, run.org_id) for each in run.state.all(API_KEYS).values()]}


@defect("ownership-keys-of-others-revoked", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.REVOKE_API_KEY).grants(
    "api_key_not_found"
)
@shown("404 api_key_not_found", "200", lambda scene: revoke(scene, make(scene, who=GLOBEX)))
def of_others_revoked(run: Run) -> Outcome | None:
    """The keys of every org can be revoked."""
    key = run.state.all(API_KEYS).get(run.request.path["id"])
    if key is None:
        return None
    after = run.state.put(CREDENTIALS, _revoked(run.state, key))
    return after.drop(API_KEYS, key.id), Reply(200, {"status": "revoked"})
