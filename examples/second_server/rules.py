"""Every decision that the contract asks of a server, each a method of its own."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import jwt

from examples.second_server import sessions
from examples.second_server.errors import Refused, denied, in_use, no_file, no_pack, unauthenticated
from examples.second_server.pack_yaml import as_shown, titled
from examples.second_server.store import Caller, Event, Files, Key, Pack, Role, Store, Walk, Workspace
from examples.second_server.variants import Variant

INACTIVE = frozenset({"past_due", "decommissioning", "trial_expired"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the contract says of an operation before anything is known of the request."""

    scope: str | None = None
    create_class: bool = False
    own: bool = False
    """Whether the scope for what is the caller's own is enough."""
    role: str = ""
    """A role that is asked for beside it."""
    key_in_query: bool = False
    """Whether an API key may stand in the query."""
    also: str = ""
    """Another scope that is asked for beside it."""


class Rules:
    """The contract's decisions over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # Errors

    def request_id(self) -> str:
        """The id of one request."""
        return uuid.uuid4().hex

    def envelope(self, refused: Refused, request_id: str) -> dict[str, Any]:
        """The body of every error."""
        error: dict[str, Any] = {"code": refused.code, "message": refused.message, "request_id": request_id}
        if refused.details is not None:
            error["details"] = dict(refused.details)
        return {"error": error}

    # Who is asking

    def credential(self, authorization: str | None, query: Mapping[str, str], asked: Asked) -> str:
        """The bearer credential; where the operation takes one, and there is no header, the API key in the query."""
        if authorization is None and asked.key_in_query and query.get("api_key") in self.store.keys:
            return query["api_key"]
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthenticated("Send a session token or an API key as a bearer credential.")
        return token.strip()

    def claims(self, token: str) -> dict[str, Any]:
        """What a session token says, once its signature holds."""
        return sessions.read(token)

    def works(self, key: Key) -> bool:
        """Whether an API key is still taken."""
        return not (key.revoked or key.expired)

    def caller(self, token: str) -> Caller:
        """Whose credential it is; 401 where it is nobody's."""
        key = self.store.keys.get(token)
        if key is not None and self.works(key):
            return key.caller
        try:
            claims = self.claims(token)
        except (jwt.InvalidTokenError, UnicodeError):
            raise unauthenticated("The credential is not known, or no longer.") from None
        removed = (claims["org_id"], claims["sub"]) in self.store.removed
        if removed or claims["jti"] in self.store.revoked_sessions or claims["org_id"] not in self.store.postures:
            raise unauthenticated("The session was ended.")
        return Caller(
            org_id=claims["org_id"],
            scopes=tuple(claims["permissions"]),
            role=claims["role"],
            user_id=claims["sub"],
            email=claims.get("email", ""),
        )

    # May the caller, and is it paid for

    def may(self, caller: Caller, asked: Asked) -> bool:
        """Whether the caller holds the scope."""
        scopes = [scope for scope in (asked.scope, asked.also) if scope]
        return all(not {scope, f"{scope}:own" if asked.own else scope}.isdisjoint(caller.scopes) for scope in scopes)

    def active(self, posture: str) -> bool:
        """Whether an org in this billing posture may create."""
        return posture not in INACTIVE

    def billed(self, asked: Asked) -> bool:
        """Whether an operation depends on the billing posture."""
        return asked.create_class

    def admit(self, caller: Caller, asked: Asked) -> None:
        """403 where the scope is missing."""
        if not self.may(caller, asked):
            raise denied(f"The operation asks for {asked.scope}.")
        if asked.role not in ("", caller.role):
            raise denied(f"The operation asks for the role {asked.role}.")

    def charge(self, caller: Caller, asked: Asked) -> None:
        """423 where the org's billing stands in the way."""
        if self.billed(asked) and not self.active(self.store.postures[caller.org_id]):
            raise Refused(423, "billing_inactive", "The billing of your org is not active.")

    # What happened

    def shows(self, caller: Caller, event: Event) -> bool:
        """Whether an event of the org is the caller's to see."""
        own = event.shown["user_id"] == caller.user_id != "system"
        return own or "audit:read" in caller.scopes

    def streams(self, caller: Caller, event: Event) -> bool:
        """Whether an event of the org comes down a stream: of the own workspaces, where the caller sees no more."""
        if event.shown["category"] != "activity":
            return False
        workspace = self.store.workspaces.get(event.shown.get("workspace_id", ""))
        own = workspace is not None and workspace.created_by == caller.user_id != "system"
        return own or "workspace:read" in caller.scopes

    def walk(self, caller: Caller, cursor: str) -> Walk:
        """Where a cursor goes on; of another org it is none."""
        found = self.store.walks.get(cursor)
        if found is None or found.org_id != caller.org_id:
            raise Refused(400, "invalid_cursor", "No page of yours had this cursor.")
        return found

    # Which workspaces

    def same_org(self, caller: Caller, workspace: Workspace) -> bool:
        """Whether the workspace is of the caller's org."""
        return workspace.org_id == caller.org_id

    def serves(self, caller: Caller, workspace: Workspace, scope: str = "workspace:read") -> bool:
        """Whether a workspace of the caller's org is the caller's, or everybody's by a scope.

        What no person created is nobody's.
        """
        mine = workspace.created_by == caller.user_id != "system"
        return mine or scope in caller.scopes

    # Which packs, and what of them

    def owns(self, caller: Caller, pack: Pack) -> bool:
        """Whether the pack is of the caller's org."""
        return pack.org_id == caller.org_id

    def sees(self, caller: Caller, pack: Pack) -> bool:
        """Own packs, the platform's, community packs."""
        return self.owns(caller, pack) or pack.org_id is None or pack.visibility == "community"

    def lists(self, caller: Caller, pack: Pack) -> bool:
        """What is seen is listed."""
        return self.sees(caller, pack)

    def hidden(self) -> Refused:
        """The answer for a pack that the caller does not see."""
        return no_pack()

    def visible(self, caller: Caller, pack_id: str) -> Pack:
        """A pack to read."""
        pack = self.store.packs.get(pack_id)
        if pack is None:
            raise no_pack()
        if not self.sees(caller, pack):
            raise self.hidden()
        return pack

    def own(self, caller: Caller, pack_id: str) -> Pack:
        """A pack to change."""
        pack = self.visible(caller, pack_id)
        if not self.owns(caller, pack):
            raise denied("The pack is not of your org.")
        return pack

    def shown(self, caller: Caller, pack: Pack) -> dict[str, Any]:
        """The pack as the caller sees it: what there is none of is absent, and so is the org of others."""
        said, variants = pack.manifest, self.store.variants
        owned = self.owns(caller, pack)
        fields = {
            "id": pack.id,
            "org_id": pack.org_id if owned else None,
            "name": said.name,
            "display_name": said.display_name or titled(said.name, title_case=Variant.TITLE_CASE in variants),
            "description": said.description,
            "version": said.version,
            "tier": pack.tier,
            "visibility": pack.visibility,
            "category": said.category,
            "capabilities": as_shown(said.capabilities, variants),
            "suggested_packs": said.suggested_packs,
            "image_origin": pack.image_origin,
            "image_ref": pack.image_ref if owned or Variant.IMAGE_REF_FOR_ALL in variants else None,
            "image_digest": pack.digest,
            "size_bytes": sum(map(len, pack.files.values())),
            "created_at": pack.created_at.isoformat(),
            "updated_at": pack.updated_at.isoformat(),
            "owned": owned,
        }
        return {name: value for name, value in fields.items() if value is not None}

    # Changes

    def free(self, org_id: str, name: str) -> None:
        """409 where the org has a pack of this name."""
        if any(pack.org_id == org_id and pack.manifest.name == name for pack in self.store.packs.values()):
            raise Refused(409, "pack_exists", f"Your org has a pack {name} already.")

    def digest(self, files: Files) -> str:
        """That of the paths and bytes, whatever their order."""
        content = hashlib.sha256()
        for path in sorted(files):
            name = path.encode("utf-8", "surrogateescape")
            content.update(b"%d:%b%d:%b" % (len(name), name, len(files[path]), files[path]))
        return f"sha256:{content.hexdigest()}"

    def with_visibility(self, pack: Pack, visibility: str) -> Pack:
        """The pack after a PATCH: the same where nothing changes."""
        if visibility == pack.visibility:
            return pack
        return replace(pack, visibility=visibility, updated_at=self.store.now())

    def roles_of(self, pack: Pack) -> list[Role]:
        """The roles that reference a pack, archived ones too."""
        return [role for role in self.store.roles.values() if pack.id in role.packs]

    def may_be_taken_back(self, pack: Pack) -> None:
        """409 while a role of another org references it."""
        if foreign := [role for role in self.roles_of(pack) if role.org_id != pack.org_id]:
            raise in_use(len(foreign))

    def may_be_deleted(self, pack: Pack) -> None:
        """409 while any role references it."""
        if roles := self.roles_of(pack):
            raise in_use(len(roles))

    def purge_failed(self, pack: Pack) -> Refused:
        """The registry kept the image, so the pack stays as it was."""
        del pack
        return Refused(502, "registry_cleanup_failed", "The registry did not let go of the image; try again.")

    # Files

    def content(self, pack: Pack, path: str) -> bytes:
        """A file, byte for byte."""
        if path not in pack.files:
            raise no_file()
        return pack.files[path]

    def replaceable(self, pack: Pack, path: str) -> None:
        """409 unless the pack was uploaded; 404 unless it has the file."""
        if pack.image_origin != "upload":
            raise Refused(409, "pack_not_editable", "Only files of an uploaded pack are replaced.")
        if path not in pack.files:
            raise no_file()
