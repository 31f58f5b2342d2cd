"""The objects of a state as plain records: what an export holds of them, and what a change is told in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mock_server.access.callers import Credential
from mock_server.resources.models import Member, Org, Pack, Role
from mock_server.resources.packs.images import Image
from mock_server.resources.packs.registry import Held
from mock_server.resources.view import timestamp
from mock_server.state.blobs import Blob
from mock_server.state.clock import Clock

Record = dict[str, Any]


def clock_record(clock: Clock) -> Record:
    """Return a clock in the shape in which it can be set."""
    if clock.frozen_at is not None:
        return {"mode": "frozen", "now": timestamp(clock.frozen_at)}
    return {"mode": "real", "offset_seconds": clock.offset / timedelta(seconds=1)}


def org_record(org: Org) -> Record:
    """Return an org with its billing."""
    ends = org.trial_ends_at
    return _known(name=org.name, billing_status=org.billing_status, trial_ends_at=timestamp(ends) if ends else None)


def member_record(member: Member) -> Record:
    """Return a person in an org."""
    return {"email": member.email, "role": member.role}


def role_record(role: Role) -> Record:
    """Return an agent role."""
    archived = timestamp(role.archived_at) if role.archived_at else None
    return _known(org_id=role.org_id, name=role.name, pack_ids=list(role.pack_ids), archived_at=archived)


def pack_record(pack: Pack) -> Record:
    """Return a pack; its content stands under its digest."""
    return _known(
        org_id=pack.org_id,
        tier=pack.tier,
        visibility=pack.visibility,
        image_origin=pack.image_origin,
        image_ref=pack.image_ref,
        image_digest=pack.image.digest,
        created_at=timestamp(pack.created_at),
        updated_at=timestamp(pack.updated_at),
    )


def repository_record(tags: Mapping[str, Held]) -> Record:
    """Return the digest that each tag of a repository stands for."""
    return {tag: held.digest for tag, held in tags.items()}


def credential_record(credential: Credential) -> Record:
    """Return what is known of a token; the token itself nobody knows."""
    caller = credential.caller
    expires = credential.expires_at
    return _known(
        kind=caller.kind,
        org_id=caller.org_id,
        user_id=caller.user_id,
        email=caller.email,
        role=caller.role,
        permissions=list(caller.permissions),
        label=caller.label,
        permission_set=caller.permission_set,
        expires_at=timestamp(expires) if expires else None,
        revoked=credential.revoked,
    )


def file_record(image: Image) -> Record:
    """Return the SHA-256 of each file."""
    return {path: content.digest.hex() for path, content in image.files.items()}


def image_record(held: Held) -> Record:
    """Return an image, or why something that the registry holds is none."""
    return {"files": file_record(held)} if isinstance(held, Image) else {"unusable": held.reason}


def content_record(content: Blob) -> str:
    """Return the bytes of a file."""
    return base64.b64encode(content.data).decode()


def _known(**fields: Any) -> Record:
    return {name: value for name, value in fields.items() if value is not None}
