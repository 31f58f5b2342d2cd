"""The operations. Each has its request read and its caller admitted already, and never waits."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from examples.second_server import (
    api_keys,
    bodies,
    credentials,
    data,
    events,
    files,
    happenings,
    journeys,
    lives,
    members,
    pack_yaml,
    providers,
    roles,
    secrets,
    statistics,
    streams,
    task_lives,
    tasks,
    workspaces,
)
from examples.second_server.bodies import Upload, image_ref, visibility
from examples.second_server.call import Call
from examples.second_server.errors import invalid
from examples.second_server.rendering import Json
from examples.second_server.rules import Asked, Rules
from examples.second_server.store import Pack
from examples.second_server.variants import Variant


def _shown(call: Call, pack: Pack, status: int = 200) -> Response:
    """The answer that shows a pack."""
    return Json(call.rules.shown(call.caller, pack), status)


def list_packs(call: Call) -> Response:
    """The packs that the caller sees."""
    rules, caller = call.rules, call.caller
    listed = [pack for pack in rules.store.packs.values() if rules.lists(caller, pack)]
    return Json({"packs": [rules.shown(caller, pack) for pack in listed]})


def create(call: Call) -> Response:
    """A pack of an image that the registry holds."""
    ref = call.body["image_ref"]
    files, manifest = _pulled(call, ref)
    return _made(call, Upload(files, manifest, call.body.get("visibility", "org")), "image_ref", ref)


def upload(call: Call) -> Response:
    """A pack of an archive, whose image goes into the platform's registry."""
    sent: Upload = call.body
    ref = data.image_of(call.caller.org_id, sent.manifest.name, call.rules.digest(sent.files))
    answer = _made(call, sent, "upload", ref)
    call.rules.store.registry[ref] = sent.files
    return answer


def _made(call: Call, sent: Upload, origin: str, ref: str) -> Response:
    rules, org_id = call.rules, call.caller.org_id
    rules.free(org_id, sent.manifest.name)
    now, digest = rules.store.now(), rules.digest(sent.files)
    pack = Pack(
        rules.store.new_id("pack"),
        org_id,
        sent.manifest,
        "community",
        sent.visibility,
        origin,
        ref,
        digest,
        sent.files,
        now,
        now,
    )
    events.written(call, "pack.created", pack.id)
    return _shown(call, rules.store.put(pack), 201)


def get(call: Call) -> Response:
    """One pack."""
    return _shown(call, call.rules.visible(call.caller, call.object_id))


def replace_image(call: Call) -> Response:
    """Another image of the same repository, with the same name in it."""
    rules = call.rules
    pack = rules.own(call.caller, call.object_id)
    ref = call.body["image_ref"]
    if _repository(ref) != _repository(pack.image_ref):
        raise invalid("image_ref", "is of another repository")
    files, manifest = _pulled(call, ref)
    if manifest.name != pack.manifest.name:
        raise invalid("image_ref", "holds a pack of another name")
    changed = _with_content(rules, replace(pack, image_ref=ref, manifest=manifest, files=files))
    if (changed.image_ref, changed.digest) != (pack.image_ref, pack.digest):
        events.written(call, "pack.image_replaced", pack.id)
    return _shown(call, changed)


def update_visibility(call: Call) -> Response:
    """Who sees a pack."""
    rules, wanted = call.rules, call.body["visibility"]
    pack = rules.own(call.caller, call.object_id)
    if wanted == "org" and pack.visibility == "community":
        rules.may_be_taken_back(pack)
    changed = rules.store.put(rules.with_visibility(pack, wanted))
    if wanted != pack.visibility:
        events.written(call, "pack.visibility_changed", pack.id)
    return _shown(call, changed)


def delete(call: Call) -> Response:
    """The pack is gone, and with an uploaded one its images."""
    rules, store = call.rules, call.rules.store
    if Variant.SHARED_DELETE_HIDDEN in store.variants and not rules.owns(
        call.caller, rules.visible(call.caller, call.object_id)
    ):
        raise rules.hidden()
    pack = rules.own(call.caller, call.object_id)
    rules.may_be_deleted(pack)
    if pack.image_origin == "upload":
        if store.purges_to_fail.get(pack.id, 0) > 0:
            store.purges_to_fail[pack.id] -= 1
            raise rules.purge_failed(pack)
        for ref in [ref for ref in store.registry if _repository(ref) == _repository(pack.image_ref)]:
            del store.registry[ref]
    del store.packs[pack.id]
    events.written(call, "pack.deleted", pack.id)
    return Json({"status": "deleted"})


def list_files(call: Call) -> Response:
    """What files a pack has."""
    files = call.rules.visible(call.caller, call.object_id).files
    lead = "/" if Variant.PACKS_WITH_SLASH in call.rules.store.variants else ""
    return Json({"entries": [{"path": lead + p, "size": len(c), "mime_type": _type_of(p)} for p, c in files.items()]})


def read_file(call: Call) -> Response:
    """The bytes of a file."""
    content = call.rules.content(call.rules.visible(call.caller, call.object_id), call.path)
    return Response(content, media_type=_type_of(call.path))


def _type_of(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def replace_file(call: Call) -> Response:
    """Other bytes in the place of a file; a pack.yaml is read again."""
    rules = call.rules
    pack = rules.own(call.caller, call.object_id)
    rules.replaceable(pack, call.path)
    changed = replace(pack, files={**pack.files, call.path: call.body})
    if call.path == "pack.yaml":
        changed = replace(changed, manifest=_same_pack(pack, call.body, rules.store.variants))
    ref = data.image_of(pack.org_id, pack.manifest.name, rules.digest(changed.files))
    changed = _with_content(rules, replace(changed, image_ref=ref))
    rules.store.registry[ref] = changed.files
    if changed.digest != pack.digest:
        events.written(call, "pack.file_replaced", pack.id)
    return _shown(call, changed)


def session(call: Call) -> Response:
    """Who is asking."""
    caller = call.caller
    said: dict[str, Any] = {
        "user_id": caller.user_id,
        "org_id": caller.org_id,
        "email": caller.email,
        "role": caller.role,
        "permissions": list(caller.scopes),
        "memberships": [],
    }
    if caller.permission_set:
        return Json({**said, "api_key_label": caller.label, "api_key_permission_set": caller.permission_set})
    status = call.rules.store.postures[caller.org_id].removesuffix("_expired")
    membership = {"org_id": caller.org_id, "role": caller.role, "billing_status": status}
    return Json({**said, "memberships": [membership]})


def _pulled(call: Call, ref: str) -> tuple[Mapping[str, bytes], pack_yaml.Manifest]:
    store, is_tagged = call.rules.store, ":" in ref.rpartition("/")[2]
    if not is_tagged and Variant.TAG_NEEDED in store.variants:
        raise invalid("image_ref", "has no tag")
    files = store.registry.get(ref, store.registry.get(f"{ref}:latest"))
    if files is None:
        raise invalid("image_ref", "is in no registry that can be reached")
    try:
        return files, pack_yaml.read(files.get("pack.yaml", b""), store.variants)
    except pack_yaml.Unreadable as reason:
        raise invalid("image_ref", str(reason)) from None


def _with_content(rules: Rules, pack: Pack) -> Pack:
    """Keep a pack whose files may be others now."""
    digest = rules.digest(pack.files)
    moved = digest != pack.digest
    return rules.store.put(replace(pack, digest=digest, updated_at=rules.store.now() if moved else pack.updated_at))


def _same_pack(pack: Pack, content: bytes, variants: frozenset[Variant]) -> pack_yaml.Manifest:
    try:
        manifest = pack_yaml.read(content, variants)
    except pack_yaml.Unreadable as reason:
        raise invalid("body", str(reason)) from None
    if (manifest.name, manifest.version) != (pack.manifest.name, pack.manifest.version):
        raise invalid("body", "has another name or version than the pack")
    return manifest


def _repository(ref: str) -> str:
    """A reference without digest and tag."""
    named = ref.partition("@")[0]
    head, slash, last = named.rpartition("/")
    return head + slash + last.partition(":")[0]


Handler = Callable[[Call], Response]
ANYBODY = Asked()


@dataclass(frozen=True, slots=True)
class Operation:
    """A function, and what is asked before it."""

    handler: Handler
    asked: Asked = ANYBODY
    body: bodies.Read = bodies.nothing


_CREATES, _WINDS_DOWN = Asked("caps:write", create_class=True), Asked("caps:write")
_SECRETS = Asked("secrets:write")
_KEYS = Asked("apikeys:write")
_MEMBERS = Asked("members:write")
_WORKSPACES = Asked("workspace:read", own=True)
_LIVES = Asked(lives.WRITES, own=True)
_FOLLOW = replace(_WORKSPACES, key_in_query=True)
_SUBMITS = Asked(lives.WRITES, own=True, create_class=True, also=task_lives.SUBMITS)
_DESCRIBED = task_lives.REQUIRED
_AUDIT = Asked("audit:read", own=True)
_AUDIT_WITHIN = replace(_AUDIT, also="workspace:read")
_AUTH = Asked(credentials.EVERYBODYS, own=True)
PATHS: Mapping[str, Mapping[str, Operation]] = {
    "/packs": {
        "GET": Operation(list_packs),
        "POST": Operation(create, _CREATES, bodies.fields({"image_ref": image_ref}, {"visibility": visibility})),
    },
    "/packs/upload": {"POST": Operation(upload, _CREATES, bodies.upload)},
    "/packs/{id}": {
        "GET": Operation(get),
        "PUT": Operation(replace_image, _CREATES, bodies.fields({"image_ref": image_ref}, {})),
        "PATCH": Operation(update_visibility, _CREATES, bodies.fields({"visibility": visibility}, {})),
        "DELETE": Operation(delete, _WINDS_DOWN),
    },
    "/packs/{id}/files": {"GET": Operation(list_files)},
    "/packs/{id}/files/{path:path}": {
        "GET": Operation(read_file),
        "PUT": Operation(replace_file, _CREATES, bodies.file),
    },
    "/providers": {
        "GET": Operation(providers.listing),
        "POST": Operation(
            providers.create,
            _CREATES,
            bodies.fields(providers.REQUIRED, providers.CREATED, set_by_server=providers.SET_BY_SERVER),
        ),
    },
    "/providers/{id}": {
        "GET": Operation(providers.get),
        "PATCH": Operation(providers.update, _CREATES, bodies.fields({}, providers.UPDATED)),
    },
    "/providers/{id}/archive": {"POST": Operation(providers.archive, _WINDS_DOWN)},
    "/providers/{id}/unarchive": {"POST": Operation(providers.unarchive, _CREATES)},
    "/audit": {"GET": Operation(events.listing, _AUDIT)},
    "/activity/stream": {"GET": Operation(streams.follow, _FOLLOW)},
    "/credentials": {
        "GET": Operation(credentials.listing),
        "POST": Operation(
            credentials.create,
            replace(_AUTH, create_class=True),
            bodies.fields(credentials.REQUIRED, credentials.OPTIONAL),
        ),
    },
    "/credentials/{id}": {"GET": Operation(credentials.get), "DELETE": Operation(credentials.delete, _AUTH)},
    "/credentials/{id}/oauth/start": {"POST": Operation(credentials.start, replace(_AUTH, create_class=True))},
    "/audit/stats": {"GET": Operation(statistics.whole, _AUDIT)},
    "/agent-roles": {
        "GET": Operation(roles.listing),
        "POST": Operation(
            roles.create, _CREATES, bodies.fields(roles.REQUIRED, roles.CREATED, set_by_server=providers.SET_BY_SERVER)
        ),
    },
    "/agent-roles/{id}": {
        "GET": Operation(roles.get),
        "PATCH": Operation(roles.update, _CREATES, bodies.fields({}, roles.UPDATED)),
    },
    "/agent-roles/{id}/archive": {"POST": Operation(roles.archive, _WINDS_DOWN)},
    "/agent-roles/{id}/unarchive": {"POST": Operation(roles.unarchive, _CREATES)},
    "/agent-roles/{id}/stop-workspaces": {"POST": Operation(journeys.stop_of_role, Asked(lives.WRITES))},
    "/workspaces": {
        "GET": Operation(workspaces.listing, _WORKSPACES),
        "POST": Operation(lives.create, replace(_LIVES, create_class=True), bodies.fields({}, lives.CREATED)),
    },
    "/workspaces/stop-all": {"POST": Operation(journeys.stop_all, Asked(lives.WRITES))},
    "/workspaces/{id}": {"GET": Operation(workspaces.get, _WORKSPACES)},
    "/workspaces/{id}/session": {"GET": Operation(task_lives.session, _WORKSPACES)},
    "/workspaces/{id}/resume": {"POST": Operation(journeys.resume, Asked(journeys.TASKS, own=True, create_class=True))},
    "/workspaces/{id}/restart": {"POST": Operation(journeys.restart, replace(_LIVES, create_class=True))},
    "/workspaces/{id}/fork": {
        "POST": Operation(
            journeys.fork,
            replace(_WORKSPACES, create_class=True),
            bodies.fields({"fork_point_task_count": journeys.fork_point}, {}),
        ),
    },
    "/workspaces/{id}/stop": {"POST": Operation(lives.stop, _LIVES)},
    "/workspaces/{id}/archive": {"POST": Operation(lives.archive, _LIVES)},
    "/workspaces/{id}/unarchive": {"POST": Operation(lives.unarchive, replace(_LIVES, create_class=True))},
    "/workspaces/{id}/audit": {"GET": Operation(happenings.listing, _AUDIT_WITHIN)},
    "/workspaces/{id}/audit/stats": {"GET": Operation(happenings.counted, _AUDIT_WITHIN)},
    "/workspaces/{id}/activity": {"GET": Operation(happenings.activity, _WORKSPACES)},
    "/workspaces/{id}/activity/stream": {"GET": Operation(happenings.follow, _FOLLOW)},
    "/workspaces/{id}/sandbox/files": {"GET": Operation(files.sandbox_listing, _WORKSPACES)},
    "/workspaces/{id}/sandbox/download/{path:path}": {"GET": Operation(files.sandbox_download, _WORKSPACES)},
    "/workspaces/{id}/snapshot/files": {"GET": Operation(files.snapshot_listing, _WORKSPACES)},
    "/workspaces/{id}/snapshot/files/{path:path}": {"GET": Operation(files.snapshot_read, _WORKSPACES)},
    "/workspaces/{id}/snapshot/download/{path:path}": {"GET": Operation(files.snapshot_download, _WORKSPACES)},
    "/tasks": {"POST": Operation(task_lives.submit, _SUBMITS, bodies.with_files(_DESCRIBED, task_lives.FOR_A_ROLE))},
    "/workspaces/{id}/task/cancel": {"POST": Operation(task_lives.cancel, _LIVES)},
    "/workspaces/{id}/tasks": {
        "GET": Operation(tasks.listing, _WORKSPACES),
        "POST": Operation(
            task_lives.submit_to,
            Asked(task_lives.SUBMITS, own=True, create_class=True),
            bodies.with_files(_DESCRIBED, task_lives.FOR_A_WORKSPACE),
        ),
    },
    "/workspaces/{id}/tasks/{task}": {"GET": Operation(tasks.get, _WORKSPACES)},
    "/secrets": {"GET": Operation(secrets.listing, _SECRETS)},
    "/secrets/{name}": {
        "PUT": Operation(
            secrets.put, replace(_SECRETS, create_class=True), bodies.fields({"value": secrets.value}, {})
        ),
        "DELETE": Operation(secrets.delete, _SECRETS),
    },
    "/api-keys": {
        "GET": Operation(api_keys.listing, _KEYS),
        "POST": Operation(
            api_keys.create,
            replace(_KEYS, create_class=True),
            bodies.fields({"label": api_keys.label, "permission_set": api_keys.permission_set}, {}),
        ),
    },
    "/api-keys/{id}": {"DELETE": Operation(api_keys.revoke, _KEYS)},
    "/orgs/{org}/memberships": {
        "GET": Operation(members.listing, Asked("members:read", own=True)),
        "POST": Operation(
            members.invite,
            replace(_MEMBERS, create_class=True),
            bodies.fields({"email": members.email, "role": members.role}, {}),
        ),
    },
    "/orgs/{org}/memberships/{id}": {
        "PATCH": Operation(
            members.update_role,
            replace(_MEMBERS, create_class=True, role="owner"),
            bodies.fields({"role": members.role}, {}),
        ),
        "DELETE": Operation(members.remove, _MEMBERS),
    },
    "/me/session": {"GET": Operation(session)},
}
"""A concrete path stands before a template that would match it too."""
