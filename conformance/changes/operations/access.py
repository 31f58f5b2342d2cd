"""What has changed in who may call an operation and how much it takes: the contract's own vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.changes.change import Change
from conformance.changes.operations.pairs import Pair, Side
from conformance.changes.table import change
from conformance.contract.contract import BILLING_CLASSES, Operation, Permissions, resolve

_SAYS_NOTHING = ("description", "bearerFormat")
_SchemeSet = frozenset[str]


def changed_access(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in scopes, credentials, role, billing, the largest body and events."""
    old, new = pair.old.operation, pair.new.operation
    yield from _scopes(old.permissions, new.permissions)
    yield from _credentials(pair)
    yield from _role(old.role, new.role)
    yield from _billing(old.billing, new.billing)
    yield from _body_size(old.max_body, new.max_body)
    yield from _events(old, new)


def _scopes(old: Permissions, new: Permissions) -> Iterator[Change]:
    before, after = ([frozenset(group) for group in each.groups] for each in (old, new))
    # A list of scopes is held whenever one that is no wider is; so of all lists each has to follow from another.
    tightened = not all(any(held <= asked for held in before) for asked in after)
    loosened = not all(any(asked <= held for asked in after) for held in before)
    if tightened or loosened:
        kind = "scope-tightened" if tightened else "scope-loosened"
        was, now = _asked(old), _asked(new)
        yield change(kind, "x-permissions", f"{was} is now {now}", lost=was, gained=now)


def _asked(permissions: Permissions) -> str:
    groups = [" or ".join(sorted(set(group))) for group in permissions.groups]
    return " and ".join(f"({each})" if " or " in each and len(groups) > 1 else each for each in groups) or "no scope"


def _credentials(pair: Pair) -> Iterator[Change]:
    before, after = _ways(pair.old), _ways(pair.new)
    tightened = not all(any(asked <= held for asked in after) for held in before)
    loosened = not all(any(held <= asked for held in before) for asked in after)
    if tightened or loosened:
        was, now = ("; ".join(sorted(map(_way, each))) for each in (before, after))
        kind = "credential-tightened" if tightened else "credential-loosened"
        yield change(kind, "security", f"{was} is now {now}", lost=was, gained=now)


def _ways(side: Side) -> list[_SchemeSet]:
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


def _way(schemes: _SchemeSet) -> str:
    told = []
    for scheme, scopes in map(json.loads, sorted(schemes)):
        kept = " ".join(str(scheme[key]) for key in ("type", "scheme", "in", "name") if key in scheme)
        told.append(kept + (f" ({', '.join(scopes)})" if scopes else ""))
    return " and ".join(told) or "no credential"


def _role(old: str | None, new: str | None) -> Iterator[Change]:
    if old != new:
        kind = "role-loosened" if new is None else "role-tightened"
        yield change(kind, "x-role", f"{old or 'any role'} is now {new or 'any role'}")


def _billing(old: str, new: str) -> Iterator[Change]:
    if old != new:
        tightened = BILLING_CLASSES.index(new) < BILLING_CLASSES.index(old)
        kind = "billing-tightened" if tightened else "billing-loosened"
        yield change(kind, "x-billing", f"{old} is now {new}", lost=old, gained=new)


def _body_size(old: int | None, new: int | None) -> Iterator[Change]:
    if old != new:
        lowered = new is not None and (old is None or new < old)
        was, now = ("any size" if each is None else f"{each} bytes" for each in (old, new))
        kind = "max-body-lowered" if lowered else "max-body-raised"
        yield change(kind, "x-max-body", f"{was} is now {now}", lost=was, gained=now)


def _events(old: Operation, new: Operation) -> Iterator[Change]:
    if old.events != new.events:
        was, now = (", ".join(each) for each in (old.events, new.events))
        if set(old.events) < set(new.events):
            yield change("event-added", "x-event", f"{was or 'no event'} is now {now}", gained=now)
        elif set(new.events) < set(old.events):
            yield change("event-removed", "x-event", f"{was} is now {now or 'no event'}", lost=was)
        else:
            yield change("event-changed", "x-event", f"{was} is now {now}", lost=was, gained=now)
