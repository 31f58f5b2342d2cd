"""Defects of the events that changes write."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.log import events
from benchmarks.planted_defects.planting.mistakes import edits, wrongly
from benchmarks.planted_defects.planting.runs import body_of
from benchmarks.planted_defects.scene import Scene
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.operation import Reply
from mock_server.resources.audit.event import EVENTS, SYSTEM
from mock_server.resources.audit.writing import with_events, with_system_event
from mock_server.resources.providers import PROVIDERS
from mock_server.state.state import list_touched
from mock_server.state.value import replace

defect = Declarer(__name__)

_MADE_OR_UPDATED = ("pack.created", "provider.updated")
_unwritten = wrongly(lambda run: (replace(run.after, touched=run.state.touched), run.outcome))
PROVIDER = "/providers/provider_01HZ"
NAME, VALUE, LONG = {"display_name": "Another"}, {"value": "x"}, "a value of the witness"


@wrongly
def _written(run: Run) -> Outcome:
    """Write the event of a change of a provider where nothing changed."""
    if run.after is not run.state:
        return run.done
    return run.after.put(PROVIDERS, run.after.all(PROVIDERS)[run.request.path["id"]]), run.outcome


def _with_events(run: Run, declared: tuple[str, ...], user_id: str | None = None, **columns: Any) -> Outcome:
    """Return what is done, with its events written by another user or with other columns."""
    after, outcome = run.done
    if after is run.state or not isinstance(outcome, Reply):
        return after, outcome
    caller = replace(run.request.caller, user_id=user_id or run.request.caller.user_id)
    wrong = with_events(after, run.state, declared, caller, run.request.now)
    for name, key in list_touched(wrong, after):
        event = wrong.get(EVENTS, key) if name == EVENTS.name else None
        if event is not None:
            wrong = wrong.drop(EVENTS, key).put(EVENTS, replace(event, **columns))
    return replace(wrong, touched=run.state.touched), outcome


def _writes(event_type: str, **columns: Any) -> Plan:
    """Plan that an event has other values in these columns."""
    return wrongly(lambda run: _with_events(run, (event_type,), **columns))


def written(scene: Scene, name: str, method: str, path: str, body: Any = None, *, who: str = "acme-owner") -> Any:
    """Return what the last event has in a column after a request."""
    scene.ask(method, path, who, json=body)
    return events(scene, limit=1)[0].get(name)


def after_new_file(scene: Scene) -> Any:
    pack = scene.state("pack exists", org_id="org_acme", image_origin="upload")["pack_id"]
    manifest = scene.get(f"/packs/{pack}/files/pack.yaml").content
    scene.put(f"/packs/{pack}/files/pack.yaml", manifest + b"# more\n")
    return events(scene, limit=1)[0]["event_type"] == "pack.file_replaced"


defect("audit-replaced-file-unwritten", "AUDIT-WRITTEN", on=ids.REPLACE_FILE)(
    "A replaced file writes no event.", _unwritten, shown(True, False, after_new_file)
)
defect("audit-deleted-secret-unwritten", "AUDIT-WRITTEN", on=ids.DELETE_SECRET)(
    "A deleted secret writes no event.",
    _unwritten,
    shown("secret.deleted", "secret.set", written, "event_type", "DELETE", "/secrets/DB_PASSWORD"),
)
defect("audit-equal-update-written", "AUDIT-REFUSED", on=ids.UPDATE_PROVIDER)(
    "An update of a provider that changes nothing writes an event.",
    _written,
    shown("secret.set", "provider.updated", written, "event_type", "PATCH", PROVIDER, {}),
)
defect("audit-archived-again-written", "AUDIT-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "Archiving an archived provider writes an event.",
    _written,
    shown("secret.set", "provider.archived", written, "event_type", "POST", "/providers/provider_acme_old/archive"),
)
defect("audit-secrets-are-activity", "AUDIT-COLUMNS", on=ids.SET_SECRET)(
    "The event of a secret that is set is of the category activity.",
    _writes("secret.set", category="activity"),
    shown("audit", "activity", written, "category", "PUT", "/secrets/NEW", VALUE),
)
defect("audit-packs-by-the-agent", "AUDIT-COLUMNS", on=ids.PATCH)(
    "The event of a pack whose visibility changes is the agent's.",
    _writes("pack.visibility_changed", actor="agent"),
    shown("control-plane", "agent", written, "actor", "PATCH", "/packs/pack_acme_pager", {"visibility": "community"}),
)
defect("audit-providers-in-a-workspace", "AUDIT-COLUMNS", on=ids.UPDATE_PROVIDER)(
    "The event of a provider that is updated names a workspace.",
    _writes("provider.updated", workspace_id="ws_0"),
    shown(None, "ws_0", written, "workspace_id", "PATCH", PROVIDER, NAME),
)
defect("audit-person-as-system", "AUDIT-USER", on=ids.CREATE + ids.UPDATE_PROVIDER)(
    "What a person makes or updates has system as its user.",
    wrongly(lambda run: _with_events(run, _MADE_OR_UPDATED, SYSTEM)),
    shown("usr_acme_operator", "system", written, "user_id", "PATCH", PROVIDER, NAME, who="acme-operator"),
)
defect("audit-id-of-version-4", "AUDIT-ID", on=ids.LIST_EVENTS)(
    "The id of an event is a UUIDv4.",
    edits(lambda body: {**body, "events": [{**e, "id": f"{e['id'][:14]}4{e['id'][15:]}"} for e in body["events"]]}),
    shown("7", "4", lambda scene: str(events(scene, limit=1)[0]["id"])[14]),
)


@defect("audit-refused-written", "AUDIT-REFUSED", on=ids.UNARCHIVE_PROVIDER).by(in_place_of(errors.NotArchived))
@shown("secret.set", "provider.unarchived", written, "event_type", "POST", f"{PROVIDER}/unarchive")
def refused_written(run: Run, refusal: errors.ApiError) -> Outcome:
    """A provider that is in use is not taken into use again, and the event of it is written all the same."""
    provider = run.request.find(run.state, PROVIDERS)
    return with_system_event(run.state, PROVIDERS, provider, "provider.unarchived", run.request.now), refusal


@defect("audit-key-as-owner", "AUDIT-USER", on=ids.CREATE + ids.UPDATE_PROVIDER).wrongly
@shown("system", "usr_acme_owner", written, "user_id", "PATCH", PROVIDER, NAME, who="acme-full-access")
def of_owner(run: Run) -> Outcome:
    """What an API key makes or updates has the owner of the org as its user."""
    owner = f"usr_{run.org_id.removeprefix('org_')}_owner"
    return _with_events(run, _MADE_OR_UPDATED, owner if run.request.caller.kind == "api_key" else None)


@defect("secrets-value-in-the-event", "SECRET-HIDDEN", on=ids.SET_SECRET).by(wrong_outcome)
@shown(
    None, "a value of the witness", written, "destination", "PUT", "/secrets/NEW", {"value": "a value of the witness"}
)
def secret_in_the_event(run: Run) -> Outcome:
    """The event of a secret that is set has its value."""
    return _with_events(run, ("secret.set",), destination=run.request.body["value"])


def value_of_key_listed(scene: Scene) -> bool:
    made = scene.ask("POST", "/api-keys", json={"label": "of the witness", "permission_set": "read_only"}).json()
    return bool(events(scene, limit=1)[0].get("destination") == made["value"])


@defect("keys-value-in-the-event", "KEY-VALUE-ONCE", on=ids.CREATE_API_KEY).by(wrong_outcome)
@shown(False, True, value_of_key_listed)
def key_in_the_event(run: Run) -> Outcome:
    """The event of a new API key has its value."""
    return _with_events(run, ("api_key.created",), destination=body_of(run)["value"])
