"""Bring a database to the states that a conformance suite asks for, and back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from examples.third_server import credentials, packs, registry, workspace_states
from examples.third_server.api_keys import shorten_key
from examples.third_server.archives import read_manifest
from examples.third_server.auth import PERMISSION_SETS, ROLES, SYSTEM
from examples.third_server.database import (
    AgentRole,
    ApiKey,
    Credential,
    Image,
    Membership,
    Org,
    Pack,
    Provider,
    RegistryFault,
    RolePack,
    SessionToken,
    Tree,
    User,
    get_time_ms,
    hash_token,
    make_id,
)
from examples.third_server.events import record
from examples.third_server.state_params import Params, Unmakeable, Values, choose, get_org_id
from examples.third_server.trees import digest_tree, keep_tree, sum_sizes

HOUR = 3_600_000
POSTURES = ("active", "trial", "trial_expired", "past_due", "decommissioning")


@dataclass(frozen=True)
class State:
    """Say how a state is made, and how it is undone with the values that its making gave."""

    setup: Callable[[Session, Params], Values]
    teardown: Callable[[Session, Params, Params], None]


def leave_as_it_is(_session: Session, _params: Params, _values: Params) -> None:
    """Undo nothing."""


def _set_posture(session: Session, params: Params) -> Values:
    """Give an organisation another billing."""
    org = session.get_one(Org, get_org_id(session, params))
    before = {"billing_status": org.billing_status, "trial_ends_at": org.trial_ends_at}
    posture = choose(params, "posture", POSTURES)
    org.billing_status = "trial" if posture == "trial_expired" else posture
    ends = {"trial": get_time_ms() + 24 * HOUR, "trial_expired": get_time_ms() - HOUR}
    org.trial_ends_at = ends.get(posture)
    return {"before": before}


def _reset_posture(session: Session, params: Params, values: Params) -> None:
    """Give an organisation the billing that it had, or that of one that pays where that is not known."""
    org = session.get_one(Org, get_org_id(session, params))
    before = values.get("before") or {"billing_status": "active", "trial_ends_at": None}
    org.billing_status, org.trial_ends_at = before["billing_status"], before["trial_ends_at"]


def _switch(column: str) -> State:
    """Make the state in which a part of the API is switched off for an organisation."""

    def switch_off(session: Session, params: Params) -> Values:
        org = session.get_one(Org, get_org_id(session, params))
        before = getattr(org, column)
        setattr(org, column, True)
        return {"before": before}

    def switch_on(session: Session, params: Params, values: Params) -> None:
        setattr(session.get_one(Org, get_org_id(session, params)), column, values.get("before", False))

    return State(switch_off, switch_on)


def _add_session(session: Session, org_id: str, role: str, *, scopes: list[str] | None = None, ago: int = 0) -> Values:
    """Add a person and a session; ago: how long it has expired."""
    user_id, token = make_id("usr_"), f"session-{secrets.token_hex(16)}"
    session.add(User(id=user_id, email=f"{user_id}@made.example"))
    session.flush()
    expires = get_time_ms() - ago if ago else get_time_ms() + 24 * HOUR
    session.add(
        SessionToken(
            digest=hash_token(token), org_id=org_id, user_id=user_id, role=role, scopes=scopes, expires_at=expires
        )
    )
    return {"token": token, "user_id": user_id}


def _add_key(session: Session, params: Params, *, revoked: bool) -> Values:
    """Add an API key."""
    value, moment = f"sk_live_{secrets.token_hex(20)}", get_time_ms()
    key = ApiKey(
        id=make_id("api_key_"),
        org_id=get_org_id(session, params),
        label="made",
        prefix=shorten_key(value),
        permission_set=choose(params, "permission_set", tuple(PERMISSION_SETS)),
        digest=hash_token(value),
        created_at=moment - HOUR,
        revoked_at=moment if revoked else None,
    )
    session.add(key)
    return {"token": value}


def _add_expired(session: Session, params: Params) -> Values:
    """Add a session that has expired."""
    return _add_session(session, get_org_id(session, params), choose(params, "role", tuple(ROLES)), ago=HOUR)


def _add_revoked(session: Session, params: Params) -> Values:
    """Add an API key that is revoked."""
    return _add_key(session, params, revoked=True)


def _add_scoped(session: Session, params: Params) -> Values:
    """Add a session of a new member with some scopes, or an API key."""
    if "permission_set" in params:
        return _add_key(session, params, revoked=False)
    org_id = get_org_id(session, params)
    made = _add_session(session, org_id, "custom", scopes=list(params["scopes"]))
    email, moment = f"{made['user_id']}@made.example", get_time_ms()
    session.add(
        Membership(
            id=make_id("mem_"),
            org_id=org_id,
            user_id=made["user_id"],
            email=email,
            email_key=email,
            role="member",
            invited_at=moment,
            accepted_at=moment,
        )
    )
    return made


def _withdraw(session: Session, params: Params, values: Params) -> None:
    """Take away a credential, and the membership of its person."""
    digest = hash_token(str(values.get("token", "")))
    session.execute(delete(ApiKey).where(ApiKey.digest == digest))
    session.execute(delete(SessionToken).where(SessionToken.digest == digest))
    if values.get("user_id"):
        rows = (Membership.user_id == values["user_id"], Membership.org_id == get_org_id(session, params))
        session.execute(delete(Membership).where(*rows))


def _accept(session: Session, params: Params) -> Values:
    """Let the invited person join."""
    org_id = get_org_id(session, params)
    membership = session.get(Membership, params["membership_id"])
    if membership is None or membership.org_id != org_id or membership.accepted_at is not None:
        raise Unmakeable(409, "Nobody is invited by this id, or no longer.")
    made = _add_session(session, org_id, membership.role)
    session.get_one(User, made["user_id"]).email = membership.email
    membership.user_id, membership.accepted_at = made["user_id"], get_time_ms()
    record(session, org_id=org_id, user_id=SYSTEM, event_type="membership.accepted", resource_id=membership.id)
    return made


def _add_provider(session: Session, params: Params) -> Values:
    """Add a provider."""
    org_id, moment = get_org_id(session, params), get_time_ms()
    name = str(params.get("name") or f"made-{secrets.token_hex(6)}")
    if session.scalar(select(Provider.id).where(Provider.org_id == org_id, Provider.name == name)) is not None:
        raise Unmakeable(409, f"There is a provider {name!r} already.")
    made = Provider(
        id=make_id("provider_"),
        org_id=org_id,
        name=name,
        kind=str(params["kind"]),
        domain=str(params["domain"]),
        created_at=moment,
        updated_at=moment,
    )
    session.add(made)
    session.flush()
    return {"provider_id": made.id}


def _remove_provider(session: Session, params: Params, values: Params) -> None:
    """Remove the provider that the values name, else the one of that name, with its roles."""
    wanted = select(Provider).where(Provider.id == values.get("provider_id"))
    if "provider_id" not in values:
        wanted = select(Provider).where(Provider.org_id == params["org_id"], Provider.name == params["name"])
    provider = session.scalar(wanted)
    if provider is None:
        return
    for role in session.scalars(select(AgentRole).where(AgentRole.provider_id == provider.id)).all():
        _drop_role(session, role)
    session.delete(provider)


def _add_role(session: Session, params: Params) -> Values:
    """Add an agent role on a provider, with the packs that are named."""
    org_id, moment = get_org_id(session, params), get_time_ms()
    name = str(params.get("name") or f"made-{secrets.token_hex(6)}")
    if session.scalar(select(AgentRole.id).where(AgentRole.org_id == org_id, AgentRole.name == name)) is not None:
        raise Unmakeable(409, f"There is a role {name!r} already.")
    if session.get(Provider, params["provider_id"]) is None:
        raise Unmakeable(409, f"There is no provider {params['provider_id']!r} for the role.")
    made = AgentRole(
        id=make_id("role_"),
        org_id=org_id,
        name=name,
        provider_id=params["provider_id"],
        created_at=moment,
        updated_at=moment,
        archived_at=moment if params.get("archived") else None,
    )
    session.add(made)
    session.flush()
    for position, pack_id in enumerate(params.get("pack_ids", ())):
        session.add(RolePack(role_id=made.id, pack_id=pack_id, position=position))
    return {"role_id": made.id}


def _add_referencing(session: Session, params: Params) -> Values:
    """Add a role with a pack, on a provider in use or on one that is made for it."""
    org_id = get_org_id(session, params)
    if session.get(Pack, params["pack_id"]) is None:
        raise Unmakeable(409, f"There is no pack {params['pack_id']!r} for the role.")
    in_use = select(Provider.id).where(Provider.org_id == org_id, Provider.archived_at.is_(None))
    provider_id, values = session.scalar(in_use.order_by(Provider.created_at).limit(1)), Values()
    if provider_id is None:
        values = _add_provider(session, {"org_id": org_id, "kind": "gemini", "domain": "api.made.example"})
        provider_id = values["provider_id"]
    role = {"org_id": org_id, "provider_id": provider_id, "pack_ids": [params["pack_id"]]}
    return values | _add_role(session, role | {"archived": params.get("archived")})


def _remove_role(session: Session, params: Params, values: Params) -> None:
    """Remove the role that the values name, else the newest of that name or with that pack."""
    wanted = select(AgentRole).where(AgentRole.id == values.get("role_id"))
    if "role_id" not in values:
        wanted = select(AgentRole).where(AgentRole.org_id == params["org_id"]).order_by(AgentRole.created_at.desc())
        if "pack_id" in params:
            wanted = wanted.join(RolePack).where(RolePack.pack_id == params["pack_id"])
        else:
            wanted = wanted.where(AgentRole.name == params["name"])
    role = session.scalar(wanted.limit(1))
    if role is not None:
        _drop_role(session, role)
    if "provider_id" in values:
        _remove_provider(session, params, values)


def _drop_role(session: Session, role: AgentRole) -> None:
    """Remove a role with its workspaces."""
    workspace_states.drop_all(session, role.id)
    session.execute(delete(RolePack).where(RolePack.role_id == role.id))
    session.delete(role)
    session.flush()


def _keep_image(session: Session, reference: str, content: bytes) -> Tree:
    """Keep an image with this pack.yaml in a registry."""
    repository, tag, _ = registry.split_reference(reference)
    files = keep_tree(session, {"pack.yaml": content}, get_time_ms())
    registry.push(session, repository, tag or "latest", files)
    return files


def _write_manifest(name: str, version: str) -> bytes:
    """Write a pack.yaml."""
    return yaml.safe_dump({"name": name, "version": version}).encode()


def _add_pack(session: Session, params: Params) -> Values:
    """Add a pack of an organisation, or of the platform."""
    org_id, moment = get_org_id(session, params) if "org_id" in params else None, get_time_ms()
    name = str(params.get("name") or f"made-{secrets.token_hex(6)}")
    if session.scalar(select(Pack.id).where(Pack.org_id == org_id, Pack.name == name)) is not None:
        raise Unmakeable(409, f"There is a pack {name!r} already.")
    content = _write_manifest(name, "1.0.0")
    reference = f"{registry.name_repository(org_id or 'platform', name)}:1.0.0"
    files = _keep_image(session, reference, content)
    made = Pack(
        id=make_id("pack_"),
        org_id=org_id,
        tier="community" if org_id else str(params.get("tier", "verified")),
        visibility=str(params.get("visibility") or ("org" if org_id else "community")),
        image_origin=str(params.get("image_origin", "upload")),
        image_ref=reference,
        image_digest=digest_tree(files),
        size_bytes=sum_sizes(files),
        files=files,
        created_at=moment,
        updated_at=moment,
        **packs.describe(read_manifest(content, "archive")),
    )
    session.add(made)
    session.flush()
    return {"pack_id": made.id}


def _remove_pack(session: Session, params: Params, values: Params) -> None:
    """Remove the pack that the values name, else the one of that name, and its images."""
    wanted = select(Pack).where(Pack.id == values.get("pack_id"))
    if "pack_id" not in values:
        wanted = select(Pack).where(Pack.org_id == params.get("org_id"), Pack.name == params["name"])
    pack = session.scalar(wanted)
    if pack is not None:
        session.execute(delete(RolePack).where(RolePack.pack_id == pack.id))
        registry.purge(session, registry.split_reference(pack.image_ref)[0])
        session.delete(pack)


def _add_image(session: Session, params: Params) -> Values:
    """Keep an image of a name and version."""
    _keep_image(session, params["image_ref"], _write_manifest(str(params["name"]), str(params["version"])))
    return {}


def _add_written_image(session: Session, params: Params) -> Values:
    """Keep an image whose pack.yaml is given."""
    _keep_image(session, params["image_ref"], str(params["pack_yaml"]).encode())
    return {}


def _remove_image(session: Session, params: Params, _values: Params) -> None:
    """Remove an image from its registry."""
    repository, tag, _ = registry.split_reference(params["image_ref"])
    session.execute(delete(Image).where(Image.repository == repository, Image.tag == (tag or "latest")))


def _break_purge(session: Session, params: Params) -> Values:
    """Let the registry fail to purge the image of a pack."""
    pack = session.get(Pack, params["pack_id"])
    if pack is None:
        raise Unmakeable(409, f"There is no pack {params['pack_id']!r} to purge.")
    repository = registry.split_reference(pack.image_ref)[0]
    session.merge(RegistryFault(repository=repository, purges=int(params.get("times", 1))))
    return {"repository": repository}


def _mend_purge(session: Session, _params: Params, values: Params) -> None:
    """Let the registry purge again."""
    session.execute(delete(RegistryFault).where(RegistryFault.repository == values.get("repository", "")))


def _add_credential(session: Session, params: Params) -> Values:
    """Add a credential of the organisation."""
    org_id = get_org_id(session, params)
    name = str(params.get("name") or f"made-{secrets.token_hex(6)}")
    taken = (Credential.org_id == org_id, Credential.user_id == "", Credential.name == name)
    if session.scalar(select(Credential.id).where(*taken)) is not None:
        raise Unmakeable(409, f"There is a credential {name!r} already.")
    made = Credential(
        id=make_id("cred_"),
        org_id=org_id,
        name=name,
        provider=str(params["provider"]),
        kind=choose(params, "kind", tuple(credentials.SECRET_OF_KIND)),
        provider_config=dict(params.get("provider_config") or {}),
        allow_user_override=bool(params.get("allow_user_override")),
        status=str(params.get("status", "active")),
        created_at=get_time_ms(),
    )
    session.add(made)
    session.flush()
    return {"credential_id": made.id}


def _remove_credential(session: Session, params: Params, values: Params) -> None:
    """Remove the credential that the values name, else the organisation's of that name."""
    wanted = delete(Credential).where(Credential.id == values.get("credential_id"))
    if "credential_id" not in values:
        named = (Credential.org_id == params["org_id"], Credential.user_id == "", Credential.name == params["name"])
        wanted = delete(Credential).where(*named)
    session.execute(wanted)


def _answer_credential(session: Session, params: Params) -> Values:
    """Let the provider of a credential answer."""
    org_id, credential = get_org_id(session, params), session.get(Credential, params["credential_id"])
    if credential is None or credential.org_id != org_id:
        raise Unmakeable(404, f"There is no credential {params['credential_id']!r} in the org.")
    before, credential.status = credential.status, str(params["status"])
    if before != credential.status:
        changed = "credential.status_changed"
        record(session, org_id=org_id, user_id=SYSTEM, event_type=changed, resource_id=credential.id)
    return {"before": before}


def _unanswer_credential(session: Session, params: Params, values: Params) -> None:
    """Give a credential the status that it had."""
    credential = session.get(Credential, params["credential_id"])
    if credential is not None and "before" in values:
        credential.status = values["before"]


STATES: Mapping[str, State] = {
    "org has billing posture": State(_set_posture, _reset_posture),
    "auth is disabled": _switch("auth_disabled"),
    "secrets are disabled": _switch("secrets_disabled"),
    "credential is expired": State(_add_expired, _withdraw),
    "credential is revoked": State(_add_revoked, _withdraw),
    "credential has scopes": State(_add_scoped, _withdraw),
    "invitation is accepted": State(_accept, _withdraw),
    "provider exists": State(_add_provider, _remove_provider),
    "role exists": State(_add_role, _remove_role),
    "role references pack": State(_add_referencing, _remove_role),
    "pack exists": State(_add_pack, _remove_pack),
    "image is available": State(_add_image, _remove_image),
    "image of pack.yaml is available": State(_add_written_image, _remove_image),
    "registry purge fails": State(_break_purge, _mend_purge),
    "credential exists": State(_add_credential, _remove_credential),
    "stored credential is": State(_answer_credential, _unanswer_credential),
    "workspace exists": State(workspace_states.add_workspace, workspace_states.remove_workspace),
    "workspace is": State(workspace_states.bring_workspace, leave_as_it_is),
    "workspace has file": State(workspace_states.put_file, leave_as_it_is),
    "agent is unreachable": State(workspace_states.lose_agent, workspace_states.find_agent),
    "task exists": State(workspace_states.add_task, workspace_states.remove_task),
    "task is": State(workspace_states.bring_task, leave_as_it_is),
    "request was decided": State(workspace_states.decide, leave_as_it_is),
}
