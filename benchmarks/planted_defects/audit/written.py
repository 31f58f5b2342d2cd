"""Defects of the events that changes write."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.audit.event import EVENTS, SYSTEM
from mock_server.resources.audit.writing import with_events, with_system_event
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.state import State, touched
from mock_server.state.value import replace

defect = Declarer(__name__)

_MADE_OR_UPDATED = ("pack.created", "provider.updated")


def _untouched(run: Run) -> State:
    """The state after it, as if nothing had been changed on the way there."""
    return replace(run.after, touched=run.state.touched)


def _provider_touched(run: Run) -> State:
    """The state after it, in which the provider was put once more where nothing changed."""
    if run.after is not run.state:
        return run.after
    return run.after.put(PROVIDERS, run.after.all(PROVIDERS)[run.request.path["id"]])


PROVIDER = "/providers/provider_01HZ"


def events(scene: Scene, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit", who, params=query).json()["events"]
    return found


def last(scene: Scene, name: str) -> Any:
    """A column of the event that was written last."""
    return events(scene, limit=1)[0].get(name)


def types(scene: Scene, count: int) -> list[str]:
    """The types of the events that were written last, the last first."""
    return [each["event_type"] for each in events(scene, limit=count)]


def _with_a_comment(scene: Scene, pack: str) -> bytes:
    return scene.get(f"/packs/{pack}/files/pack.yaml").content + b"# more\n"


def show_replaced_file_unwritten(scene: Scene) -> list[str]:
    state = {"org_id": "org_acme", "image_origin": "upload"}
    pack = scene.state("pack exists", **state)["pack_id"]
    scene.put(f"/packs/{pack}/files/pack.yaml", _with_a_comment(scene, pack))
    return [each if each == "pack.file_replaced" else "pack.created" for each in types(scene, 1)]


defect("audit-replaced-file-unwritten", "AUDIT-WRITTEN", on=ids.REPLACE_FILE)(
    "A replaced file writes no event.",
    wrong_outcome.of(lambda run: (_untouched(run), run.outcome)),
    shown(["pack.file_replaced"], ["pack.created"], show_replaced_file_unwritten),
)
defect("audit-deleted-secret-unwritten", "AUDIT-WRITTEN", on=ids.DELETE_SECRET)(
    "A deleted secret writes no event.",
    wrong_outcome.of(lambda run: (_untouched(run), run.outcome)),
    shown(
        "secret.deleted",
        "secret.set",
        lambda scene: in_turn(scene.ask("DELETE", "/secrets/DB_PASSWORD"), last(scene, "event_type")),
    ),
)
defect("audit-equal-update-written", "AUDIT-REFUSED", on=ids.UPDATE_PROVIDER)(
    "An update of a provider that changes nothing writes an event.",
    wrong_outcome.of(lambda run: (_provider_touched(run), run.outcome)),
    shown(
        "secret.set",
        "provider.updated",
        lambda scene: in_turn(scene.ask("PATCH", PROVIDER, json={}), last(scene, "event_type")),
    ),
)
defect("audit-archived-again-written", "AUDIT-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "Archiving an archived provider writes an event.",
    wrong_outcome.of(lambda run: (_provider_touched(run), run.outcome)),
    shown(
        "secret.set",
        "provider.archived",
        lambda scene: in_turn(scene.ask("POST", "/providers/provider_acme_old/archive"), last(scene, "event_type")),
    ),
)


@defect("audit-refused-written", "AUDIT-REFUSED", on=ids.UNARCHIVE_PROVIDER).by(in_place_of(errors.NotArchived))
@shown(
    "secret.set",
    "provider.unarchived",
    lambda scene: in_turn(scene.ask("POST", f"{PROVIDER}/unarchive"), last(scene, "event_type")),
)
def refused_written(run: Run, refusal: errors.NotArchived) -> Outcome:
    """A provider that is in use is not taken into use again, and the event of it is written all the same."""
    provider = run.request.find(run.state, PROVIDERS)
    return with_system_event(run.state, PROVIDERS, provider, "provider.unarchived", run.request.now), refusal


def _with_wrong_events(run: Run, declared: tuple[str, ...], user_id: str | None = None, **columns: Any) -> Outcome:
    """What is done, with its events written by another user or with other columns."""
    after, outcome = run.done
    if after is run.state or not isinstance(outcome, Reply):
        return after, outcome
    caller = replace(run.request.caller, user_id=user_id or run.request.caller.user_id)
    wrong = with_events(after, run.state, declared, caller, run.request.now)
    for name, key in touched(wrong, after):
        event = wrong.get(EVENTS, key) if name == EVENTS.name else None
        if event is not None:
            wrong = wrong.drop(EVENTS, key).put(EVENTS, replace(event, **columns))
    return replace(wrong, touched=run.state.touched), outcome


defect("audit-secrets-are-activity", "AUDIT-COLUMNS", on=ids.SET_SECRET)(
    "The event of a secret that is set is of the category activity.",
    wrong_outcome.of(lambda run: _with_wrong_events(run, ("secret.set",), category="activity")),
    shown(
        "audit",
        "activity",
        lambda scene: in_turn(scene.ask("PUT", "/secrets/NEW", json={"value": "x"}), last(scene, "category")),
    ),
)
defect("audit-packs-by-the-agent", "AUDIT-COLUMNS", on=ids.PATCH)(
    "The event of a pack whose visibility changes is the agent's.",
    wrong_outcome.of(lambda run: _with_wrong_events(run, ("pack.visibility_changed",), actor="agent")),
    shown(
        "control-plane",
        "agent",
        lambda scene: in_turn(scene.patch("pack_acme_pager", "community"), last(scene, "actor")),
    ),
)
defect("audit-providers-in-a-workspace", "AUDIT-COLUMNS", on=ids.UPDATE_PROVIDER)(
    "The event of a provider that is updated names a workspace.",
    wrong_outcome.of(lambda run: _with_wrong_events(run, ("provider.updated",), workspace_id="ws_0")),
    shown(
        None,
        "ws_0",
        lambda scene: in_turn(
            scene.ask("PATCH", PROVIDER, json={"display_name": "Another"}), last(scene, "workspace_id")
        ),
    ),
)


def show_key_as_owner(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, "acme-full-access", json={"display_name": "Another"})
    return last(scene, "user_id")


@defect("audit-key-as-owner", "AUDIT-USER", on=ids.CREATE + ids.UPDATE_PROVIDER).by(wrong_outcome)
@shown("system", "usr_acme_owner", show_key_as_owner)
def key_as_owner(run: Run) -> Outcome:
    """What an API key makes or updates has the owner of the org as its user."""
    owner = f"usr_{run.org_id.removeprefix('org_')}_owner"
    key = run.request.caller.kind == "api_key"
    return _with_wrong_events(run, _MADE_OR_UPDATED, owner if key else None)


def show_person_as_system(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, "acme-operator", json={"display_name": "Another"})
    return last(scene, "user_id")


defect("audit-person-as-system", "AUDIT-USER", on=ids.CREATE + ids.UPDATE_PROVIDER)(
    "What a person makes or updates has system as its user.",
    wrong_outcome.of(lambda run: _with_wrong_events(run, _MADE_OR_UPDATED, SYSTEM)),
    shown("usr_acme_operator", "system", show_person_as_system),
)
defect("audit-id-of-version-4", "AUDIT-ID", on=ids.LIST_EVENTS)(
    "The id of an event is a UUIDv4.",
    wrong_reply.of(
        lambda body, _run: {
            **body,
            "events": [{**event, "id": f"{event['id'][:14]}4{event['id'][15:]}"} for event in body["events"]],
        }
    ),
    shown("7", "4", lambda scene: str(last(scene, "id"))[14]),
)
