"""Discovery of a profile: the callers of a few credentials, and packs that they see."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.http.client import Client
from conformance.http.exchange import Exchange, build_bare_request
from conformance.http.variables import name_token_variable
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.declaration.ownership import FOREIGN_PRIVATE, OWN_PRIVATE
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.profile import Caller, KnownObjects, Profile, ProfileError
from conformance.target.introduction import Look, check_usable
from conformance.target.target import Unusable

_GIVEN = re.compile(r"(?:(?P<name>[A-Za-z0-9_-]+)=)?env:(?P<variable>[A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class GivenCredential:
    """A credential of --caller."""

    name: str | None
    variable: str
    token: str

    @staticmethod
    def read(text: str) -> GivenCredential:
        """Parse NAME=env:VARIABLE or env:VARIABLE; ProfileError where it is neither, or the variable is not set."""
        read = _GIVEN.fullmatch(text)
        if read is None:
            raise ProfileError(
                "--caller: give NAME=env:VARIABLE, or env:VARIABLE; a token itself belongs into no command"
            )
        token = os.environ.get(read["variable"], "").strip()
        if not token:
            raise ProfileError(f"--caller {text}: the environment has no {read['variable']}; set it")
        return GivenCredential(read["name"], read["variable"], token)


@dataclass(frozen=True, slots=True)
class DiscoveredProfile:
    """The profile that was found, and what could not be."""

    profile: Profile
    variables: Mapping[str, str]
    """The environment variable of each caller's token."""
    refused: tuple[str, ...] = ()
    """Credentials that are no caller's, each with the reason."""
    untold: tuple[str, ...] = ()
    """Operations of which no harmless request shows whether they are served."""


EVERYBODY = "everybody"
"""The stand-in for an org, where the API has none."""


def discover(url: str, given: Sequence[GivenCredential], contract: Contract, client: Client) -> DiscoveredProfile:
    """Ask the server; Unusable where it answers none of the credentials."""
    session_id = contract.features.session
    if given and session_id is None:
        raise Unusable("x-features of the contract has no session, so the server cannot be asked who its callers are")
    sessions = [_ask(client, contract, session_id, url, Caller(each.variable, "", each.token)) for each in given]
    if sessions:
        check_usable(sessions)
    callers: dict[str, Caller] = {}
    variables: dict[str, str] = {}
    refused: list[str] = []
    for each, session in zip(given, sessions, strict=True):
        caller = _read_caller(each, session, contract.features.tenancy, taken=callers.keys())
        if isinstance(caller, Caller):
            callers[caller.name], variables[caller.name] = caller, each.variable
        else:
            refused.append(f"{each.name or 'NAME'}: env:{each.variable} {caller}")
    served = _find_served(contract, client, url, callers)
    one_of_each = {caller.org: caller for caller in reversed(callers.values())}
    named: dict[str, str] = {}
    for resource in list_resources() if callers else ():
        if (
            resource.listed_by
            and served.get(resource.listed_by) is not False
            and any(map(resource.find_known_key, resource.access.ownerships))
        ):
            lists = {
                org: _read_list(_ask(client, contract, resource.listed_by, url, one))
                for org, one in one_of_each.items()
            }
            named.update(_find_others_objects(resource, next(iter(callers.values())).org, lists))
    profile = Profile(name=url.partition("://")[2], url=url, callers=tuple(callers.values()), known=KnownObjects(named))
    if not all(served.values()):
        profile = replace(profile, operations=abbreviate(contract, [name for name, is_so in served.items() if is_so]))
    untold = tuple(name for name, is_so in served.items() if is_so is None)
    return DiscoveredProfile(profile, variables, tuple(refused), untold)


def _find_served(
    contract: Contract, client: Client, url: str, callers: Mapping[str, Caller]
) -> Mapping[str, bool | None]:
    """Return by operation whether it is served; None where no harmless request tells."""
    look = Look(
        lambda request, credential, _org: client.send(request, credential, url),
        lambda name: f"{name}_conformance_{secrets.token_hex(12)}",
        next(iter(callers.values()), None),
    )
    return {name: look.is_served(operation) for name, operation in contract.operations.items()}


def abbreviate(contract: Contract, served: Collection[str]) -> tuple[str, ...]:
    """Return these ids in the contract's order, a pattern in the place of all that begin alike."""
    found: dict[str, None] = {}
    for operation_id in (each for each in contract.operations if each in served):
        group = f"{operation_id.partition('.')[0]}."
        alike = [each for each in contract.operations if each.startswith(group)]
        whole = len(alike) > 1 and all(each in served for each in alike)
        found[f"{group}*" if whole else operation_id] = None
    return tuple(found)


def _ask(client: Client, contract: Contract, operation_id: str | None, url: str, caller: Caller) -> Exchange:
    operation = contract.operations.get(operation_id or "")
    if operation is None:
        raise Unusable(f"the contract has no {operation_id}, so the server cannot be asked")
    client.mask(caller.token, name_token_variable(caller.name) or "TOKEN")
    answer = client.send(build_bare_request(operation).put_in_org(caller.org), caller.credential, url)
    if answer.failure is not None:
        raise Unusable(f"{url}: {answer.failure}")
    return answer


def _read_caller(
    given: GivenCredential, session: Exchange, org_field: str | None, *, taken: Collection[str]
) -> Caller | str:
    """Return the caller, or the reason why there is none."""
    said = session.json if session.has_succeeded else None
    if not isinstance(said, Mapping):
        return f"was answered {session}"
    org = EVERYBODY if org_field is None else _read_text(said, org_field)
    if org is None:
        return f"has a session without an {org_field} that can be asked for"
    role, permission_set = _read_text(said, "role"), _read_text(said, "api_key_permission_set")
    held = said.get("permissions")
    scopes = frozenset(map(str, held)) if isinstance(held, list) else None
    name = given.name or _choose_free_name(f"{org.removeprefix('org_')}-{role or permission_set or 'caller'}", taken)
    if name in taken:
        raise ProfileError(f"--caller {name}: is given twice")
    return Caller(name, org, given.token, role=role, permission_set=permission_set, scopes=scopes)


def _choose_free_name(wanted: str, taken: Collection[str]) -> str:
    """Return the name in the characters of a TOML key, with a number where it is taken."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted.replace("_", "-"))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (base, *numbered) if name not in taken)


def _read_text(said: Mapping[str, Any], key: str) -> str | None:
    """Return a text that can stand in a URL and in a profile; None where there is none."""
    value = said.get(key)
    return value if isinstance(value, str) and value.strip() and value.isprintable() else None


def _read_list(listing: Exchange) -> list[JsonObject]:
    return [shown for shown in list_objects(listing.json) if _read_text(shown, "id")] if listing.has_succeeded else []


def _find_others_objects(
    resource: Resource, org: str, lists: Mapping[str, list[JsonObject]]
) -> Iterator[tuple[str, str]]:
    """Yield the objects of others that the org sees, and a private object of another org."""
    others = [shown for other, listed in lists.items() if other != org for shown in listed]
    for ownership in reversed(resource.access.ownerships):
        seen, wanted = (others, OWN_PRIVATE) if ownership is FOREIGN_PRIVATE else (lists[org], ownership)
        found = next((shown for shown in seen if resource.access.shown_as(shown) is wanted), None)
        if found is not None and (key := resource.find_known_key(ownership)):
            yield key, str(found["id"])
    yield from resource.find_known(lists[org]).items()
