"""Twenty mistakes that a server may well make. Each changes one small place, and names the rule that finds it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from examples.second_server import sessions
from examples.second_server.errors import Refused, denied, no_file
from examples.second_server.rules import Asked, Rules
from examples.second_server.store import Caller, Files, Key, Pack, Role, Store


@dataclass(frozen=True, slots=True)
class Defect:
    """A mistake, as rules with one of them taken wrongly."""

    id: str
    rule: str
    """The rule of the contract that has to find it."""
    sentence: str
    rules: type[Rules]


DEFECTS: dict[str, Defect] = {}


def planted(store: Store, ids: Iterable[str]) -> Rules:
    """The rules with these defects in them; KeyError where there is no such defect."""
    wrong = tuple(DEFECTS[one].rules for one in ids)
    made: Rules = type("Planted", (*wrong, Rules), {})(store)
    return made


def defect(id_: str, rule: str) -> Callable[[type[Rules]], type[Rules]]:
    """Keep the class as a defect; its docstring is the sentence."""

    def keep(rules: type[Rules]) -> type[Rules]:
        DEFECTS[id_] = Defect(id_, rule, (rules.__doc__ or "").strip(), rules)
        return rules

    return keep


# Envelope


@defect("envelope-without-request-id", "ENVELOPE-EVERY-ERROR")
class _WithoutRequestId(Rules):
    """Errors carry no request_id."""

    def envelope(self, refused: Refused, request_id: str) -> dict[str, Any]:
        body = super().envelope(refused, request_id)
        del body["error"]["request_id"]
        return body


@defect("request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")
class _SameRequestId(Rules):
    """Every request has the same request id."""

    def request_id(self) -> str:
        return "0000000000000000"


# Authentication


@defect("revoked-key-lives-on", "AUTH-REVOKED")
class _RevokedKey(Rules):
    """An API key that was revoked is still taken."""

    def works(self, key: Key) -> bool:
        return not key.expired


@defect("signature-unchecked", "AUTH-FORGED")
class _Unsigned(Rules):
    """A session is believed whatever its signature."""

    def claims(self, token: str) -> dict[str, Any]:
        return sessions.read(token, verify=False)


@defect("credential-in-query", "AUTH-QUERY")
class _InQuery(Rules):
    """A credential is taken from the query where the header has none."""

    def credential(self, authorization: str | None, query: Mapping[str, str], asked: Asked) -> str:
        if not authorization and "api_key" in query:
            return query["api_key"]
        return super().credential(authorization, query, asked)


# Scopes


@defect("any-write-scope-will-do", "SCOPE-REQUIRED")
class _AnyWrite(Rules):
    """Whoever may write anything may write packs."""

    def may(self, caller: Caller, asked: Asked) -> bool:
        return asked.scope is None or any(":write" in scope for scope in caller.scopes)


@defect("reading-asks-for-a-scope", "SCOPE-ANY-CALLER")
class _ReadingAsks(Rules):
    """Reading asks for workspace:read, which a member holds for the own workspaces only."""

    def may(self, caller: Caller, asked: Asked) -> bool:
        return super().may(caller, asked if asked.scope else Asked("workspace:read"))


# Billing


@defect("trial-is-inactive", "BILLING-TRIAL-COUNTS")
class _NoTrial(Rules):
    """An org on trial may create nothing."""

    def active(self, posture: str) -> bool:
        return super().active(posture) and posture != "trial"


@defect("deletion-is-billed", "BILLING-WIND-DOWN-FREE")
class _BilledDeletion(Rules):
    """Whatever asks for a scope is refused for billing, deletion too."""

    def billed(self, asked: Asked) -> bool:
        return asked.scope is not None


# Ownership


@defect("org-id-is-null", "OWNERSHIP-ORG-ID")
class _NullOrg(Rules):
    """The org of a pack of others is null instead of absent."""

    def shown(self, caller: Caller, pack: Pack) -> dict[str, Any]:
        return {"org_id": None, **super().shown(caller, pack)}


@defect("private-pack-is-forbidden", "OWNERSHIP-PRIVATE-HIDDEN")
class _Forbidden(Rules):
    """A private pack of another org is a 403, which tells that it exists."""

    def hidden(self) -> Refused:
        return denied("The pack is private to another org.")


@defect("list-shows-private-packs", "OWNERSHIP-NOT-LISTED")
class _LeakyList(Rules):
    """The list holds the private packs of other orgs."""

    def lists(self, caller: Caller, pack: Pack) -> bool:
        del caller, pack
        return True


# Visibility


@defect("patch-of-the-same-value-counts", "PACK-PATCH-NOOP")
class _BusyPatch(Rules):
    """A PATCH to the value that the pack has moves updated_at."""

    def with_visibility(self, pack: Pack, visibility: str) -> Pack:
        return replace(super().with_visibility(pack, visibility), updated_at=self.store.now())


@defect("patch-drops-the-description", "PACK-PATCH-ONLY-VISIBILITY")
class _CarelessPatch(Rules):
    """A PATCH loses the description of the pack."""

    def with_visibility(self, pack: Pack, visibility: str) -> Pack:
        bare = replace(pack.manifest, description=None)
        return replace(super().with_visibility(pack, visibility), manifest=bare)


# Creation


@defect("name-taken-twice", "CREATE-NAME-TAKEN")
class _TwoOfOneName(Rules):
    """An org may have two packs of one name."""

    def free(self, org_id: str, name: str) -> None:
        del org_id, name


@defect("digest-of-the-order", "CREATE-DIGEST")
class _OrderedDigest(Rules):
    """The digest depends on the order in which the archive holds the files."""

    def digest(self, files: Files) -> str:
        return f"sha256:{hashlib.sha256(repr(list(files.items())).encode()).hexdigest()}"


# Files


@defect("line-ends-are-tidied", "FILE-BYTES")
class _Tidied(Rules):
    """A file is read with the line ends of another system."""

    def content(self, pack: Pack, path: str) -> bytes:
        return super().content(pack, path).replace(b"\r\n", b"\n")


@defect("replacing-creates-a-file", "FILE-NOT-FOUND")
class _Upsert(Rules):
    """A file that is not there is made by replacing it."""

    def replaceable(self, pack: Pack, path: str) -> None:
        try:
            super().replaceable(pack, path)
        except Refused as refused:
            if refused.code != no_file().code:
                raise


# Deletion


@defect("archived-roles-do-not-count", "DELETE-IN-USE")
class _ArchivedForgotten(Rules):
    """A pack is deleted although an archived role references it."""

    def roles_of(self, pack: Pack) -> list[Role]:
        return [role for role in super().roles_of(pack) if role.archived_at is None]


@defect("failed-purge-loses-the-pack", "DELETE-PURGE-FAILED")
class _LostPack(Rules):
    """The pack is gone although its image could not be purged."""

    def purge_failed(self, pack: Pack) -> Refused:
        self.store.packs.pop(pack.id)
        return super().purge_failed(pack)
