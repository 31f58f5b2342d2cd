"""Changes in the contract's own vocabulary: who may call an operation, what parameters name, and the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair, Side
from conformance.changes.schemas.located import LocatedNode
from conformance.contract.contract import BILLING_CLASSES, JsonObject, Operation, Permissions, resolve

DOCUMENT = "document"
"""The place of a keyword at the root of a document."""
_SAYS_NOTHING = ("description", "bearerFormat")
_SchemeSet = frozenset[str]
_READ = frozenset(
    {
        *("x-permissions", "x-billing", "x-role", "x-max-body", "x-event", "x-provenance"),
        *("x-rules", "x-roles", "x-permission-sets", "x-body-optional"),
        *("x-features", "x-error-body", "x-resource-types"),
    }
)
_PARAMETER = frozenset({"x-resource", "x-org", "x-provenance"})


def compare_access(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in scopes, credentials, role, billing, the largest body and events."""
    old, new = pair.old.operation, pair.new.operation
    yield from _compare_scopes(old.permissions, new.permissions)
    yield from _compare_credentials(pair)
    yield from _compare_role(old.role, new.role)
    yield from _compare_billing(old.billing, new.billing)
    yield from _compare_body_size(old.max_body, new.max_body)
    yield from _compare_events(old, new)


def _compare_scopes(old: Permissions, new: Permissions) -> Iterator[Change]:
    before, after = ([frozenset(group) for group in each.groups] for each in (old, new))
    # A list of scopes is held whenever one that is no wider is; so of all lists each has to follow from another.
    tightened = not all(any(held <= asked for held in before) for asked in after)
    loosened = not all(any(asked <= held for asked in after) for held in before)
    if tightened or loosened:
        kind = "scope-tightened" if tightened else "scope-loosened"
        was, now = _describe_permissions(old), _describe_permissions(new)
        yield change(kind, "x-permissions", f"{was} is now {now}", lost=was, gained=now)


def _describe_permissions(permissions: Permissions) -> str:
    groups = [" or ".join(sorted(set(group))) for group in permissions.groups]
    return " and ".join(f"({each})" if " or " in each and len(groups) > 1 else each for each in groups) or "no scope"


def _compare_credentials(pair: Pair) -> Iterator[Change]:
    before, after = _list_sign_in_ways(pair.old), _list_sign_in_ways(pair.new)
    tightened = not all(any(asked <= held for asked in after) for held in before)
    loosened = not all(any(held <= asked for held in before) for asked in after)
    if tightened or loosened:
        was, now = ("; ".join(sorted(map(_describe_schemes, each))) for each in (before, after))
        kind = "credential-tightened" if tightened else "credential-loosened"
        yield change(kind, "security", f"{was} is now {now}", lost=was, gained=now)


def _list_sign_in_ways(side: Side) -> list[_SchemeSet]:
    """Return the ways to sign in, any of which will do: each the schemes that it takes together."""
    schemes = side.document.get("components", {}).get("securitySchemes", {})
    given: list[dict[str, Any]] = side.node.get("security", side.document.get("security")) or [{}]
    ways = []
    for requirement in given:
        told = set()
        for name, scopes in requirement.items():
            scheme = resolve(side.document, schemes.get(name, {"type": name}))
            kept = {key: value for key, value in scheme.items() if key not in _SAYS_NOTHING}
            told.add(json.dumps([kept, sorted(scopes)], sort_keys=True, default=str))
        ways.append(frozenset(told))
    return ways


def _describe_schemes(schemes: _SchemeSet) -> str:
    told = []
    for scheme, scopes in map(json.loads, sorted(schemes)):
        kept = " ".join(str(scheme[key]) for key in ("type", "scheme", "in", "name") if key in scheme)
        told.append(kept + (f" ({', '.join(scopes)})" if scopes else ""))
    return " and ".join(told) or "no credential"


def _compare_role(old: str | None, new: str | None) -> Iterator[Change]:
    if old != new:
        kind = "role-loosened" if new is None else "role-tightened"
        yield change(kind, "x-role", f"{old or 'any role'} is now {new or 'any role'}")


def _compare_billing(old: str, new: str) -> Iterator[Change]:
    if old != new:
        tightened = BILLING_CLASSES.index(new) < BILLING_CLASSES.index(old)
        kind = "billing-tightened" if tightened else "billing-loosened"
        yield change(kind, "x-billing", f"{old} is now {new}", lost=old, gained=new)


def _compare_body_size(old: int | None, new: int | None) -> Iterator[Change]:
    if old != new:
        lowered = new is not None and (old is None or new < old)
        was, now = ("any size" if each is None else f"{each} bytes" for each in (old, new))
        kind = "max-body-lowered" if lowered else "max-body-raised"
        yield change(kind, "x-max-body", f"{was} is now {now}", lost=was, gained=now)


def _compare_events(old: Operation, new: Operation) -> Iterator[Change]:
    if old.events != new.events:
        was, now = (", ".join(each) for each in (old.events, new.events))
        if set(old.events) < set(new.events):
            yield change("event-added", "x-event", f"{was or 'no event'} is now {now}", gained=now)
        elif set(new.events) < set(old.events):
            yield change("event-removed", "x-event", f"{was} is now {now or 'no event'}", lost=was)
        else:
            yield change("event-changed", "x-event", f"{was} is now {now}", lost=was, gained=now)


def compare_named_things(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the resources and orgs that parameters name."""
    old, new = pair.old.parameters, pair.new.parameters
    for key in sorted(old.keys() & new.keys()):
        yield from _compare_resource(old[key], new[key])
        yield from _compare_org(old[key], new[key])


def _compare_resource(old: LocatedNode, new: LocatedNode) -> Iterator[Change]:
    before, after = (_read_named_resource(each) for each in (old, new))
    if before and not after:
        yield change("resource-unnamed", new.place, f"names no {before['name']} now")
    elif after and not before:
        yield change("resource-named", new.place, f"names a {after['name']} now: else 404 {after['not_found']}")
    elif before["name"] != after["name"] if before else False:
        yield change("resource-renamed", new.place, f"names a {after['name']} now, where it was a {before['name']}")
    if before and after and (was := before["not_found"]) != (now := after["not_found"]):
        yield change("not-found-code", new.place, f"404 {was} is now {now}", lost=str(was), gained=str(now))


def _read_named_resource(parameter: LocatedNode) -> JsonObject:
    return parameter.node.get("x-resource") or {}


def _compare_org(old: LocatedNode, new: LocatedNode) -> Iterator[Change]:
    before, after = (each.node.get("x-org") for each in (old, new))
    if before != after:
        kind, text = ("org-tightened", "has to be the caller's own org now")
        if after is None:
            kind, text = ("org-loosened", "may be another org now")
        yield change(kind, new.place, text)


def compare_flags(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the operation's id and in keywords that nothing else reads."""
    old, new = pair.old.operation, pair.new.operation
    if old.operation_id != new.operation_id:
        told = f"{old.operation_id} is now {new.operation_id}"
        yield change("operation-id", "operationId", told, lost=old.operation_id, gained=new.operation_id)
    if (deprecated := pair.new.node.get("deprecated", False)) != pair.old.node.get("deprecated", False):
        yield change("deprecated", "operation", f"is deprecated {'now' if deprecated else 'no longer'}")
    yield from _compare_other_extensions("operation", pair.old.node, pair.new.node, _READ)
    if pair.old.node.get("callbacks") != pair.new.node.get("callbacks"):
        yield change("vocabulary", "callbacks", "are others now")
    before, after = pair.old.parameters, pair.new.parameters
    for key in sorted(before.keys() & after.keys()):
        yield from _compare_other_extensions(after[key].place, before[key].node, after[key].node, _PARAMETER)
    answers = pair.old.answers, pair.new.answers
    for status in sorted(answers[0].keys() & answers[1].keys()):
        one, other = (each[status].node for each in answers)
        yield from _compare_other_extensions(f"status {status}", one, other, _READ)


def compare_addresses(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the base URLs that two documents name, and keywords at their roots that nothing else reads."""
    before, after = ([str(each.get("url", "/")) for each in document.get("servers") or [{}]] for document in (old, new))
    for url in before:
        if url not in after:
            yield change("address-removed", "servers", f"{url} is removed", lost=url)
    for url in after:
        if url not in before:
            yield change("address-added", "servers", f"{url} is added", gained=url)
    yield from _compare_other_extensions(DOCUMENT, old, new, _READ)


def _compare_other_extensions(
    place: str, old: Mapping[str, Any], new: Mapping[str, Any], read: frozenset[str]
) -> Iterator[Change]:
    """Yield the extensions of OpenAPI that have changed and that no row of the table is about."""
    for key in sorted({*old, *new}):
        if key.startswith("x-") and key not in read and old.get(key) != new.get(key):
            how = "is removed" if key not in new else "is added" if key not in old else "has changed"
            yield change(
                "vocabulary", place, f"{key} {how}", lost=_shorten(old.get(key)), gained=_shorten(new.get(key))
            )


def _shorten(value: Any) -> str:
    return "" if value is None else str(value)[:80]
