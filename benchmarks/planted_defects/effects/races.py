"""Races of what is read, changed and written, with a wait in between that widens the window, of every resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from benchmarks.planted_defects.effects.parallel import GUIDE, MEMBERS, PAGER, meet, twice
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Json, Scene, read_status
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import Notes, read_notes
from mock_server.deviations.planting.wrong_operations import Outcome
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.packs.pack import PACKS
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)

Objects = Mapping[Any, Any]
"""The objects of a collection, by key."""


Mend = Callable[[State, Collection[Any], Objects], State]
"""The function that changes what a request leaves, given what others left meanwhile of what it writes too."""


def _nothing_else(state: State, _collection: Collection[Any], _written: Objects) -> State:
    return state


def _on_what_it_found(name: str, mend: Mend = _nothing_else, *, forgets: bool = False) -> Plan:
    """Plan that requests are judged by, and change, what the collection of this name had when they arrived.

    What others changed meanwhile stays, but for the object that is written; `forgets`: it is taken back.
    """

    def changed(_name: str, handler: Handler) -> Handler:
        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else request
            prepared = prepared._replace(path=dict(prepared.path))  # by which it is known again
            notes = read_notes(changed)
            notes.setdefault("under way", {})[id(prepared.path)] = {}
            await meet(notes)
            return prepared

        def transition(state: State, request: Request) -> Outcome:
            under_way: dict[int, dict[Any, Any]] = read_notes(changed)["under way"]
            missed, collection = under_way.pop(id(request.path)), state.collection(name)
            found = _with(state, collection, missed)
            after, outcome = handler.transition(found, request)
            own = {key for key in missed if after.get(collection, key) is not found.get(collection, key)}
            after = mend(after, collection, {key: state.get(collection, key) for key in own})
            if not forgets:
                after = _with(after, collection, {key: state.get(collection, key) for key in missed if key not in own})
            for key in _differing(state.all(collection), after.all(collection)):
                for others in under_way.values():
                    others.setdefault(key, state.get(collection, key))
            return after, outcome

        return Handler(transition, prepare)

    return lambda hooks: hooks.with_handler(changed)


def _with(state: State, collection: Collection[Any], objects: Objects) -> State:
    """Return the state with these objects in the place of those with their keys; None: without one."""
    for key, value in objects.items():
        state = state.drop(collection, key) if value is None else state.put(collection, value)
    return state


def _differing(before: Objects, after: Objects) -> list[Any]:
    return [key for key in {**before, **after} if before.get(key) is not after.get(key)]


def _reads_while_written(change: Any) -> Plan:
    """Plan that the answer to a read is changed where a write of the pack is under way; both wait for the other."""

    def changed(name: str, handler: Handler) -> Handler:
        reads = name in ids.GET + ids.LIST

        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else request
            prepared = prepared._replace(path=dict(prepared.path))
            notes: Notes = read_notes(changed)
            met = await meet(notes)
            if reads and met:
                notes.setdefault("met", set()).add(id(prepared.path))
            return prepared

        def transition(state: State, request: Request) -> Outcome:
            after, outcome = handler.transition(state, request)
            met: set[int] = read_notes(changed).get("met", set())
            if id(request.path) in met and isinstance(outcome, Reply):
                met.discard(id(request.path))
                return after, outcome._replace(body=change(outcome.body))
            return after, outcome

        return Handler(transition, prepare)

    return lambda hooks: hooks.with_handler(changed)


def _one_digest(state: State, _collection: Collection[Any], written: Objects) -> State:
    """Return the state in which a pack that is written has the digest that another write gave it."""
    for key, value in written.items():
        pack = state.get(PACKS, key)
        if pack is not None and value is not None:
            state = state.put(PACKS, replace(pack, image=replace(pack.image, digest=value.image.digest)))
    return state


def _made_a_second_later(state: State, collection: Collection[Any], written: Objects) -> State:
    """Return the state in which what is made twice at once was made a second after that."""
    for key, value in written.items():
        made = state.get(collection, key)
        if made is not None and value is not None:
            state = state.put(collection, replace(made, created_at=made.created_at + timedelta(seconds=1)))
    return state


ROLE, PROVIDER = "/agent-roles/role_acme_spare", "/providers/provider_acme_azure"
CREDENTIAL, KEY = "/credentials/cred_acme_google", "/api-keys/api_key_acme_read_only"
MEMBER, WORKSPACE, SPARE = f"{MEMBERS}/usr_acme_member", "/workspaces/ws_01HZ", "/packs/pack_acme_git_basics"
SHARED: Json = {"visibility": "community"}
SECRET = "/secrets/WITNESS_TOKEN"
NEW_ROLE: Json = {"name": "twice", "provider_id": "provider_01HZ", "model": "m"}
NEW_CREDENTIAL: Json = {"name": "twice", "provider": "openai", "kind": "api_key", "api_key": "k"}
NEW_KEY: Json = {"label": "twice", "permission_set": "read_only"}
INVITED: Json = {"email": "twice@acme.example", "role": "member"}


def resumed_and_archived(scene: Scene) -> list[str]:
    """Return what a resume and an archiving of a workspace are answered that are under way at once."""
    scene.state("workspace is", org_id="org_acme", workspace_id="ws_01HZ", status="stopped")
    answers = scene.send_at_once(("POST", f"{WORKSPACE}/archive", {}), ("POST", f"{WORKSPACE}/resume", {}))
    return sorted(str(answer.status_code) for answer in answers)


def fields_left(scene: Scene, path: str, **sent: str) -> int:
    """Return how many of two fields that are sent at once, each by itself, an object has afterwards."""
    scene.send_at_once(*(("PATCH", path, {"json": {name: value}}) for name, value in sent.items()))
    shown_then = scene.get(path).json()
    return sum(shown_then.get(name) == value for name, value in sent.items())


def then(scene: Scene, path: str, *requests: tuple[str, str, Json]) -> str:
    """Return what a read is answered after requests that were under way at once."""
    scene.send_at_once(*requests)
    return read_status(scene.get(path))


def archived_then(scene: Scene) -> bool:
    """Return whether a provider is archived after it was, and was changed at the same time."""
    scene.send_at_once(("PATCH", PROVIDER, {"json": {"display_name": "New"}}), ("POST", f"{PROVIDER}/archive", {}))
    return scene.get(PROVIDER).json().get("archived_at") is not None


def is_member_then(scene: Scene) -> bool:
    """Return whether somebody is a member who was removed, and given a role at the same time."""
    scene.send_at_once(("PATCH", MEMBER, {"json": {"role": "operator"}}), ("DELETE", MEMBER, {}))
    rows = scene.get(MEMBERS).json()["memberships"]
    return any(row["workos_user_id"] == "usr_acme_member" for row in rows)


def keys_left(scene: Scene) -> int:
    """Return how many of two keys that are made at once are listed."""
    scene.send_at_once(*(("POST", "/api-keys", {"json": NEW_KEY}),) * 2)
    return sum(each["label"] == "twice" for each in scene.get("/api-keys").json()["api_keys"])


def tasks_left(scene: Scene) -> list[str]:
    """Return what the reads of two tasks are answered that were submitted to a workspace at once."""
    tasks = "/workspaces/ws_01HZ/tasks"
    made = scene.send_at_once(*(("POST", tasks, {"json": {"description": f"Do {n}."}}) for n in range(2)))
    return sorted(read_status(scene.get(f"{tasks}/{each.json()['task_id']}")) for each in made)


def made_when(scene: Scene) -> bool:
    """Return whether a secret that is set twice at once was made when one of the answers says."""
    made = scene.send_at_once(*(("PUT", SECRET, {"json": {"value": f"v{n}"}}) for n in range(2)))
    listed = {each["name"]: each["created_at"] for each in scene.get("/secrets").json()["secrets"]}
    return listed["WITNESS_TOKEN"] in [each.json()["created_at"] for each in made]


def digest_of_file(scene: Scene) -> bool:
    """Return whether a pack has the digest that was answered to the content that is read."""
    octets = {"Content-Type": "application/octet-stream"}
    contents = [b"one", b"two"]
    puts = [("PUT", GUIDE, {"content": each, "headers": octets}) for each in contents]
    answers = scene.send_at_once(*puts)
    right = answers[contents.index(scene.get(GUIDE).content)].json()["image_digest"]
    return bool(scene.pack("pack_acme_pager")["image_digest"] == right)


def read_beside(scene: Scene) -> bool:
    """Return whether a pack that is read while a file is written has the digest of before or of after that."""
    before = scene.pack("pack_acme_pager")["image_digest"]
    octets = {"content": b"new", "headers": {"Content-Type": "application/octet-stream"}}
    read, _ = scene.send_at_once(("GET", PAGER, {}), ("PUT", GUIDE, octets))
    return read.json()["image_digest"] in (before, scene.pack("pack_acme_pager")["image_digest"])


def listed_beside(scene: Scene) -> bool:
    """Return whether a pack is listed while another one is changed."""
    listed, _ = scene.send_at_once(("GET", "/packs", {}), ("PATCH", PAGER, {"json": {"visibility": "community"}}))
    return len(listed.json()["packs"]) == len(scene.list_packs())


WRITES, READS, NAMES = "PARALLEL-WRITES", "PARALLEL-READS", "PARALLEL-NAMES"

defect("parallel-role-fields-lost", WRITES, on=ids.UPDATE_AGENT_ROLE)(
    "Of two changes of an agent role that are under way at once the later one takes back what the other changed.",
    _on_what_it_found("roles"),
    shown(2, 1, fields_left, ROLE, display_name="New", description="New."),
)
defect("parallel-provider-fields-lost", WRITES, on=ids.UPDATE_PROVIDER)(
    "Of two changes of a provider that are under way at once the later one takes back what the other changed.",
    _on_what_it_found("providers"),
    shown(2, 1, fields_left, PROVIDER, display_name="New", default_model="new-model"),
)
defect("parallel-archived-provider-comes-back", WRITES, on=ids.ARCHIVE_PROVIDER + ids.UPDATE_PROVIDER)(
    "A provider that is archived while it is changed is in use again.",
    _on_what_it_found("providers"),
    shown(True, False, archived_then),
)
defect("parallel-roles-of-one-name", NAMES, on=ids.CREATE_AGENT_ROLE)(
    "Of two agent roles of one name that are made at once both are made.",
    _on_what_it_found("roles"),
    shown(["201", "409 role_exists"], ["201", "201"], twice, "POST", "/agent-roles", json=NEW_ROLE),
)
defect("parallel-credentials-of-one-name", NAMES, on=ids.CREATE_CREDENTIAL)(
    "Of two credentials of one name that are made at once both are made.",
    _on_what_it_found("stored_credentials"),
    shown(["201", "409 credential_exists"], ["201", "201"], twice, "POST", "/credentials", json=NEW_CREDENTIAL),
)
defect("parallel-invited-twice", NAMES, on=ids.INVITE)(
    "Of two invitations of one address that are made at once both are made.",
    _on_what_it_found("members"),
    shown(["201", "409 membership_exists"], ["201", "201"], twice, "POST", MEMBERS, json=INVITED),
)
defect("parallel-credential-deleted-twice", WRITES, on=ids.DELETE_CREDENTIAL)(
    "Two deletions of a credential that are under way at once are both answered as done.",
    _on_what_it_found("stored_credentials"),
    shown(["200", "404 credential_not_found"], ["200", "200"], twice, "DELETE", CREDENTIAL),
)
defect("parallel-key-revoked-twice", WRITES, on=ids.REVOKE_API_KEY)(
    "Two revocations of an API key that are under way at once are both answered as done.",
    _on_what_it_found("api_keys"),
    shown(["200", "404 api_key_not_found"], ["200", "200"], twice, "DELETE", KEY),
)
defect("parallel-keys-lost", WRITES, on=ids.CREATE_API_KEY)(
    "Of two API keys that are made at once one is not listed.",
    _on_what_it_found("api_keys", forgets=True),
    shown(2, 1, keys_left),
)
defect("parallel-member-comes-back", WRITES, on=ids.REMOVE_MEMBER + ids.UPDATE_ROLE)(
    "Somebody who is removed while another role is given to them is a member again.",
    _on_what_it_found("members"),
    shown(False, True, is_member_then),
)
defect("parallel-secret-made-anew", WRITES, on=ids.SET_SECRET)(
    "A secret that is set twice at once, for the first time, has a created_at that neither was answered.",
    _on_what_it_found("secrets", _made_a_second_later),
    shown(True, False, made_when),
)
defect("parallel-workspace-archived-and-resumed", WRITES, on=ids.RESUME_WORKSPACE + ids.ARCHIVE_WORKSPACE)(
    "A workspace that is resumed while it is archived is both.",
    _on_what_it_found("workspaces"),
    shown(["200", "409"], ["200", "202"], resumed_and_archived),
)
defect("parallel-tasks-lost", WRITES, on=ids.SUBMIT_TO_WORKSPACE)(
    "Of two tasks that are submitted to a workspace at once one is not there.",
    _on_what_it_found("tasks", forgets=True),
    shown(["200", "200"], ["200", "404 task_not_found"], tasks_left),
)
defect("parallel-pack-comes-back", WRITES, on=ids.PATCH + ids.DELETE)(
    "A pack that is deleted while its visibility is changed is there again.",
    _on_what_it_found("packs"),
    shown("404 pack_not_found", "200", then, SPARE, ("PATCH", SPARE, {"json": SHARED}), ("DELETE", SPARE, {})),
)
defect("parallel-digest-of-another", WRITES, on=ids.REPLACE_FILE)(
    "Of two contents that are put in the place of a file at once the later one is under the digest of the other.",
    _on_what_it_found("packs", _one_digest),
    shown(True, False, digest_of_file),
)
defect("parallel-read-half-written", READS, on=ids.GET + ids.REPLACE_FILE)(
    "A pack that is read while a file is put into it has a digest that it has neither before nor after that.",
    _reads_while_written(lambda body: {**body, "image_digest": f"sha256:{'0' * 64}"}),
    shown(True, False, read_beside),
)
defect("parallel-list-short", READS, on=ids.LIST + ids.PATCH)(
    "The list of packs that is read while a pack is changed lacks the last one.",
    _reads_while_written(lambda body: {"packs": body["packs"][:-1]}),
    shown(True, False, listed_beside),
)
