"""The provider-states endpoint: brings the server to a named state, and back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from examples.second_server import callers, credentials, data, events, files, pack_yaml, tasks, workspace_states
from examples.second_server.asked import Params, Unmakeable, Values, known_org, one_of
from examples.second_server.providers import KINDS
from examples.second_server.rendering import Json
from examples.second_server.rules import Rules
from examples.second_server.store import Credential, Pack, Provider, Role

POSTURES = ("active", "trial", "trial_expired", "past_due", "decommissioning")


@dataclass(frozen=True, slots=True)
class State:
    """How a state is made, and how it is undone with the values that its making gave."""

    setup: Callable[[Rules, Params], Values]
    teardown: Callable[[Rules, Params, Params], None]


class States:
    """The endpoint over one server."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def answer(self, request: Request) -> Response:
        """200 with the values of a setup, 200 with nothing for a teardown, else why not."""
        try:
            asked = json.loads(await request.body())
            state = STATES.get(asked["state"])
            # A null counts as absent.
            params = {key: value for key, value in asked.get("params", {}).items() if value is not None}
            if state is None:
                raise Unmakeable(404, f"There is no state {asked['state']!r} here.")
            if asked["action"] == "teardown":
                state.teardown(self._rules, params, asked.get("values", {}))
                return Json({})
            if asked["action"] == "setup":
                return Json(state.setup(self._rules, params))
            raise Unmakeable(400, "The action is setup or teardown.")
        except Unmakeable as reason:
            return Json({"message": str(reason)}, reason.status)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return Json({"message": f"Send an object with action, state and params: {error!r}"}, 400)


def _post(rules: Rules, params: Params) -> Values:
    rules.store.postures[known_org(rules, params)] = one_of(params, "posture", POSTURES)
    return {}


def _unpost(rules: Rules, params: Params, _values: Params) -> None:
    org = known_org(rules, params)
    rules.store.postures[org] = data.POSTURES[org]


def _add_pack(rules: Rules, params: Params) -> Values:
    org = known_org(rules, params) if "org_id" in params else None
    name = str(params.get("name", f"made-{secrets.token_hex(6)}"))
    if any(pack.org_id == org and pack.manifest.name == name for pack in rules.store.packs.values()):
        raise Unmakeable(409, f"There is a pack {name!r} already.")
    tier = "community" if org else one_of(params, "tier", ("recommended", "verified"), "verified")
    shown = one_of(params, "visibility", ("org", "community"), "org" if org else "community")
    origin = one_of(params, "image_origin", ("upload", "image_ref", "clone"), "upload")
    files = {"pack.yaml": pack_yaml.written(name, "1.0.0")}
    try:
        manifest = pack_yaml.read(files["pack.yaml"])
    except pack_yaml.Unreadable as reason:
        raise Unmakeable(400, str(reason)) from None
    digest, now = rules.digest(files), rules.store.now()
    ref = data.image_of(org, name, digest)
    rules.store.registry[ref] = files
    pack = Pack(rules.store.new_id("pack"), org, manifest, tier, shown, origin, ref, digest, files, now, now)
    return {"pack_id": rules.store.put(pack).id}


def _remove_pack(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name; without values, since their answer was lost, the pack of that name."""
    packs, named = rules.store.packs, (params.get("org_id"), params.get("name"))
    alike = (each.id for each in packs.values() if (each.org_id, each.manifest.name) == named)
    pack = packs.pop(values.get("pack_id") or next(alike, ""), None)
    if pack is not None:
        rules.store.registry.pop(pack.image_ref, None)


def _add_provider(rules: Rules, params: Params) -> Values:
    org, providers = known_org(rules, params), rules.store.providers
    name = str(params.get("name", f"made-{secrets.token_hex(6)}"))
    if any((each.org_id, each.name) == (org, name) for each in providers.values()):
        raise Unmakeable(409, f"There is a provider {name!r} already.")
    now, kind = rules.store.now(), one_of(params, "kind", tuple(KINDS))
    made = Provider(rules.store.new_id("provider"), org, name, kind, now, now, {"domain": str(params["domain"])})
    providers[made.id] = made
    return {"provider_id": made.id}


def _remove_provider(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name, with its roles; without values, since they were lost, the one of that name."""
    providers, roles, named = rules.store.providers, rules.store.roles, (params.get("org_id"), params.get("name"))
    alike = (each.id for each in providers.values() if (each.org_id, each.name) == named)
    gone = values.get("provider_id") or next(alike, "")
    providers.pop(gone, None)
    for role in [each for each in roles.values() if each.provider_id == gone]:
        _drop_role(rules, role.id)


def _drop_role(rules: Rules, role_id: str) -> None:
    """Remove a role, if it is there, with its workspaces."""
    rules.store.roles.pop(role_id, None)
    for workspace in [each for each in rules.store.workspaces.values() if each.role_id == role_id]:
        workspace_states.drop(rules, workspace.id)


def _add_referencing(rules: Rules, params: Params) -> Values:
    """A role with the pack, on the first provider in use or on one that is made for it."""
    org, store, values = known_org(rules, params), rules.store, {}
    if params["pack_id"] not in store.packs:
        raise Unmakeable(409, f"There is no pack {params['pack_id']!r} for the role.")
    in_use = (each.id for each in store.providers.values() if each.org_id == org and each.archived_at is None)
    provider_id = next(in_use, None)
    if provider_id is None:
        values = _add_provider(rules, {"org_id": org, "kind": "gemini", "domain": "api.second.example"})
        provider_id = values["provider_id"]
    return {**values, **_add_role(rules, {**params, "provider_id": provider_id, "pack_ids": [params["pack_id"]]})}


def _add_role(rules: Rules, params: Params) -> Values:
    org, store = known_org(rules, params), rules.store
    name = str(params.get("name", f"made-{secrets.token_hex(6)}"))
    if any((each.org_id, each.name) == (org, name) for each in store.roles.values()):
        raise Unmakeable(409, f"There is a role {name!r} already.")
    if params["provider_id"] not in store.providers:
        raise Unmakeable(409, f"There is no provider {params['provider_id']!r} for the role.")
    now, packs = store.now(), tuple(params.get("pack_ids", ()))
    made = Role(store.new_id("role"), org, name, params["provider_id"], now, now, packs)
    store.roles[made.id] = replace(made, archived_at=now) if params.get("archived") else made
    return {"role_id": made.id}


def _remove_role(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name; without values, since their answer was lost, a role of that name or content."""
    roles, org = rules.store.roles, params.get("org_id")
    alike = (
        each.id
        for each in reversed(roles.values())
        if each.org_id == org and (each.name == params.get("name") or each.packs == (params.get("pack_id"),))
    )
    _drop_role(rules, values.get("role_id") or next(alike, ""))
    if "provider_id" in values:
        _remove_provider(rules, {}, values)


def _add_image(rules: Rules, params: Params) -> Values:
    files = {"pack.yaml": pack_yaml.written(str(params["name"]), str(params["version"]))}
    rules.store.registry[str(params["image_ref"])] = files
    return {}


def _add_image_of(rules: Rules, params: Params) -> Values:
    rules.store.registry[str(params["image_ref"])] = {"pack.yaml": str(params["pack_yaml"]).encode()}
    return {}


def _remove_image(rules: Rules, params: Params, _values: Params) -> None:
    rules.store.registry.pop(params["image_ref"], None)


def _break_purge(rules: Rules, params: Params) -> Values:
    if params["pack_id"] not in rules.store.packs:
        raise Unmakeable(409, f"There is no pack {params['pack_id']!r} to purge.")
    rules.store.purges_to_fail[params["pack_id"]] = int(params.get("times", 1))
    return {}


def _mend_purge(rules: Rules, params: Params, _values: Params) -> None:
    rules.store.purges_to_fail.pop(params["pack_id"], None)


def _switching(part: str) -> State:
    """An org is without a part of the API, and has it again."""

    def off(rules: Rules, params: Params) -> Values:
        rules.store.switched_off.add((known_org(rules, params), part))
        return {}

    def on(rules: Rules, params: Params, _values: Params) -> None:
        rules.store.switched_off.discard((known_org(rules, params), part))

    return State(off, on)


def _add_credential(rules: Rules, params: Params) -> Values:
    org, kept = known_org(rules, params), rules.store.credentials
    name = str(params.get("name", f"made-{secrets.token_hex(6)}"))
    if any((each.org_id, each.user_id, each.name) == (org, "", name) for each in kept.values()):
        raise Unmakeable(409, f"There is a credential {name!r} already.")
    made = Credential(
        id=rules.store.new_id("credential"),
        org_id=org,
        user_id="",
        name=name,
        provider=str(params["provider"]),
        kind=one_of(params, "kind", tuple(credentials.KINDS)),
        created_at=rules.store.now(),
        status=one_of(params, "status", credentials.STATUSES, "active"),
        config=dict(params.get("provider_config", {})),
        overridable=bool(params.get("allow_user_override")),
    )
    kept[made.id] = made
    return {"credential_id": made.id}


def _remove_credential(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name; without values, since their answer was lost, the org's of that name."""
    kept, named = rules.store.credentials, (params.get("org_id"), "", params.get("name"))
    alike = (each.id for each in kept.values() if (each.org_id, each.user_id, each.name) == named)
    kept.pop(values.get("credential_id") or next(alike, ""), None)


def _answer(rules: Rules, params: Params) -> Values:
    """The provider of a credential has answered."""
    status, kept = one_of(params, "status", credentials.STATUSES), rules.store.credentials
    credential = kept.get(params["credential_id"])
    if credential is None or credential.org_id != known_org(rules, params):
        raise Unmakeable(404, f"There is no credential {params['credential_id']!r} in the org.")
    kept[credential.id] = replace(credential, status=status)
    return {"before": credential.status}


def _unanswer(rules: Rules, params: Params, values: Params) -> None:
    kept = rules.store.credentials
    credential = kept.get(params["credential_id"])
    if credential is not None and values.get("before") in credentials.STATUSES:
        kept[credential.id] = replace(credential, status=values["before"])


def _decide(rules: Rules, params: Params) -> Values:
    """Something that a workspace asked for was let through or not."""
    org, store = known_org(rules, params), rules.store
    columns = {
        "user_id": "system",
        "event_type": "policy_decision",
        "category": "audit",
        "actor": "policy-engine",
        "workspace_id": str(params["workspace_id"]),
        "destination": str(params.get("destination", "api.second.example")),
        "method": str(params.get("method", "POST")),
        "decision": one_of(params, "decision", ("allow", "deny")),
        "latency_ms": params.get("latency_ms", 250),
        "debits": dict(params.get("debits", {"input_tokens": 1000, "output_tokens": 200})),
    }
    task = {"task_id": str(params["task_id"])} if "task_id" in params else {}
    events.keep(store, org, columns | task, store.now())
    return {"event_id": store.events[org][-1].shown["id"]}


STATES: Mapping[str, State] = {
    "org has billing posture": State(_post, _unpost),
    "auth is disabled": _switching("auth"),
    "secrets are disabled": _switching("secrets"),
    "stored credential is": State(_answer, _unanswer),
    "pack exists": State(_add_pack, _remove_pack),
    "provider exists": State(_add_provider, _remove_provider),
    "credential exists": State(_add_credential, _remove_credential),
    "role exists": State(_add_role, _remove_role),
    "workspace exists": State(workspace_states.add, workspace_states.remove),
    "workspace is": State(workspace_states.bring, lambda *_: None),
    "workspace has file": State(files.put, lambda *_: None),
    "agent is unreachable": State(files.lose, files.find_again),
    "task exists": State(tasks.add, tasks.remove),
    "task is": State(tasks.bring, lambda *_: None),
    "role references pack": State(_add_referencing, _remove_role),
    "image is available": State(_add_image, _remove_image),
    "image of pack.yaml is available": State(_add_image_of, _remove_image),
    "registry purge fails": State(_break_purge, _mend_purge),
    "request was decided": State(_decide, lambda *_: None),
    "credential is expired": State(lambda rules, params: callers.issue(rules, params, expired=True), callers.withdraw),
    "credential is revoked": State(lambda rules, params: callers.issue(rules, params, revoked=True), callers.withdraw),
    "credential has scopes": State(callers.issue_scoped, callers.leave),
    "invitation is accepted": State(callers.accept, callers.leave),
}
