"""The senders of recorded requests, as far as they are known. No credential is kept, but a salted hash of each."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

from conformance.contract.contract import Operation
from conformance.http.variables import list_forms, name_token_variable
from conformance.judging.observed import NOBODY, UNRECORDED, RequestSender, Signature, World, is_masked
from conformance.oracle.declaration.registry import find_org_field
from conformance.profile import Caller
from conformance.traffic.recording.entry import RecordedEntry

_JWT_DOTS = 2
_NUMBERED = re.compile(r"caller-\d+")
"""The pattern of what the suite's own proxy records in the place of a token."""


@dataclass(slots=True)
class RecordedCallers:
    """The callers of a recording, by what they sign with."""

    named: Mapping[str, Caller] = field(default_factory=dict)
    """The callers of a profile, by the hash of their token."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    masks: dict[str, str] = field(default_factory=dict, repr=False)
    """The variable that stands in reports for each credential that was met."""
    _names: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[World, str], Caller] = field(default_factory=dict)
    """The callers that sessions told of, by place and credential."""
    _orgs: dict[tuple[World, str], str] = field(default_factory=dict)
    """The org of whom no session introduced, by what was shown there first."""
    _contradicted: set[tuple[World, str]] = field(default_factory=set)

    @staticmethod
    def from_profile(profile_callers: Iterable[Caller]) -> RecordedCallers:
        """Return the callers that a profile names."""
        callers = RecordedCallers()
        every = tuple(profile_callers)
        # The suite's own proxy records the name of a caller in the place of the token.
        known = {callers.make_key(said): replace(each, token="") for each in every for said in (each.token, each.name)}
        callers.named = known
        for each in every:
            callers.masks |= list_forms(each.token, name_token_variable(each.name) or "TOKEN") if each.token else ()
        callers._names = {key: each.name for key, each in known.items()}
        return callers

    def find_sender(
        self, entry: RecordedEntry, operation: Operation | None, place: World, *, recorded: bool
    ) -> RequestSender:
        """Return who sent the request of an entry; recorded: whether the recording has credentials at all."""
        given = entry.request.find_header("authorization")
        if given is None:
            return self._find_unsigned_sender(entry, operation, place, recorded=recorded)
        scheme, _, token = given.strip().partition(" ")
        if is_masked(given):
            return UNRECORDED
        if scheme.lower() != "bearer" or not token.strip():
            self._mask(token.strip(), "wrong credential")
            return RequestSender(Signature.WRONGLY, "wrong credential")
        return self._find_bearer(token.strip(), place)

    def _find_unsigned_sender(
        self, entry: RecordedEntry, operation: Operation | None, place: World, *, recorded: bool
    ) -> RequestSender:
        """Return who sent a request without the header: its query or cookies may have a credential all the same."""
        keys = parse_qs(entry.url.partition("#")[0].partition("?")[2], keep_blank_values=True)
        found = keys.get(operation.query_key or "", []) if operation else []
        if len(found) == 1 and found[0] and found[0].count(".") != _JWT_DOTS:
            return UNRECORDED if is_masked(found[0]) else self._find_bearer(found[0], place)
        if not recorded or entry.request.find_header("cookie") is not None:
            return UNRECORDED
        return NOBODY

    def _find_bearer(self, token: str, place: World) -> RequestSender:
        key = self.make_key(token)
        numbered = token if _NUMBERED.fullmatch(token) else f"caller-{len(self._names) + 1}"
        name = self._names.setdefault(key, numbered)
        self._mask(token, name)
        caller = self.named.get(key)
        said = self._known.get((place, key))
        if caller is None or (said is not None and said.org == caller.org):
            caller = _join_callers(caller, said)
        if (place, key) in self._contradicted and caller is not None:
            caller = replace(caller, scopes=None, role=None, permission_set=None)
        if caller is None and (place, key) in self._orgs:
            caller = Caller(name=self._names[key], org=self._orgs[place, key], token="")
        return RequestSender(Signature.BEARER, self._names[key], key, caller)

    def introduce(self, sender: RequestSender, place: World, said: Any) -> bool:
        """Learn who a caller is from the answer to `GET /me/session`; whether it says the same as before."""
        told = isinstance(said, Mapping) and isinstance(said.get(find_org_field()), str)
        if sender.signed is not Signature.BEARER or not told:
            return True
        caller = introduce_caller(sender.name, said)
        at = (place, sender.key)
        known = self._known.setdefault(at, caller)
        if self._names[sender.key].startswith("caller-") and sender.key not in self.named:
            self._names[sender.key] = _name_caller(caller, self._names.values())
        if known.org != caller.org:
            return False
        if (known.scopes, known.role, known.permission_set) != (caller.scopes, caller.role, caller.permission_set):
            self._contradicted.add(at)
        return True

    def assign(self, sender: RequestSender, place: World, org: str | None) -> bool:
        """Learn of which org somebody is whom no session introduced; whether that was not known."""
        is_new = sender.signed is Signature.BEARER and sender.caller is None and org is not None
        if is_new and org is not None:
            self._orgs[place, sender.key] = org
        return is_new

    def mask(self, secrets: Iterable[str]) -> None:
        """Keep these out of reports too."""
        for secret in secrets:
            for form, name in list_forms(secret, "SECRET"):
                self.masks.setdefault(form, name)

    def make_key(self, token: str) -> str:
        """Return what tells a credential from any other, and does not give it away."""
        return hashlib.blake2b(token.encode("utf-8", "surrogatepass"), key=self.salt, digest_size=16).hexdigest()

    def _mask(self, token: str, name: str) -> None:
        if len(token) >= SHORTEST:
            self.masks |= list_forms(token, name_token_variable(name) or "TOKEN")


SHORTEST = 6
"""A shorter credential may stand in any text by chance, and is no secret."""


def introduce_caller(name: str, said: Mapping[str, Any]) -> Caller:
    """Return the caller of whom an answer to `GET /me/session` says this, without a token."""
    permissions, role = said.get("permissions"), said.get("role")
    permission_set, user_id = said.get("api_key_permission_set"), said.get("user_id")
    return Caller(
        name=name,
        org=str(said[find_org_field()]),
        token="",
        role=role if isinstance(role, str) and role else None,
        permission_set=permission_set if isinstance(permission_set, str) else None,
        scopes=frozenset(map(str, permissions)) if isinstance(permissions, list) else None,
        user_id=user_id if isinstance(user_id, str) and user_id else None,
    )


def _join_callers(caller: Caller | None, said: Caller | None) -> Caller | None:
    """Return what the profile and the session say of a caller together."""
    if caller is None or said is None:
        return caller or said
    told = {name: getattr(said, name) for name in ("role", "permission_set", "scopes", "user_id")}
    return replace(caller, **{name: value for name, value in told.items() if getattr(caller, name) is None})


def _name_caller(caller: Caller, taken: Iterable[str]) -> str:
    """Return a name for a caller of whom the target tells: the role and org, with a number where there are several."""
    kind = f"{caller.permission_set} key" if caller.permission_set else caller.role or "caller"
    name, others = f"{kind} of {caller.org}", set(taken)
    numbered = (f"{name} {number}" for number in range(2, len(others) + 3))
    return name if name not in others else next(each for each in numbered if each not in others)
