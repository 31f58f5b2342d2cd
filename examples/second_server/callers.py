"""Provider states of callers: credentials that were right once, people with scopes, and who accepts an invitation."""

from __future__ import annotations

import secrets
from dataclasses import replace

from examples.second_server import data, members, sessions
from examples.second_server.asked import Params, Unmakeable, Values, known_org, one_of
from examples.second_server.rules import Rules
from examples.second_server.store import Key


def issue(rules: Rules, params: Params, *, expired: bool = False, revoked: bool = False) -> Values:
    """A credential that was right once."""
    org = known_org(rules, params)
    if "permission_set" in params:
        key = data.key(org, one_of(params, "permission_set", tuple(data.SCOPES_OF_SET)))
        return {"token": _new_key(rules, replace(key, expired=expired, revoked=revoked))}
    role = one_of(params, "role", tuple(data.SCOPES_OF_ROLE))
    token = sessions.issue(data.Person(org, role).claims, lasts_s=-30 if expired else sessions.HOURS * 3600)
    if revoked:
        rules.store.revoked_sessions.add(sessions.read(token)["jti"])
    return {"token": token}


def issue_scoped(rules: Rules, params: Params) -> Values:
    """A session of a new person in a role of nobody else, whose scopes contradict none; a key of a permission set."""
    if "permission_set" in params:
        return issue(rules, params)
    claims, scopes = data.Person(known_org(rules, params), "custom").claims, list(params["scopes"])
    person = f"{claims['sub']}-{secrets.token_hex(6)}"
    claims |= {"sub": person, "email": f"{person}@second.example", "permissions": scopes}
    return {"token": sessions.issue(members.join(rules.store, claims)), "user_id": person}


def accept(rules: Rules, params: Params) -> Values:
    """Whoever is invited has accepted."""
    org = known_org(rules, params)
    row = members.accept(rules.store, params["membership_id"])
    if row is None:
        raise Unmakeable(409, "Nobody is invited by this id, or no longer.")
    claims = data.Person(org, row.role).claims | {"sub": row.user_id, "email": row.email}
    return {"user_id": row.user_id, "token": sessions.issue(claims)}


def leave(rules: Rules, params: Params, values: Params) -> None:
    """Whoever the setup made is in no org any longer."""
    members.leave(rules.store, values.get("user_id", ""))
    withdraw(rules, params, values)


def _new_key(rules: Rules, key: Key) -> str:
    token = f"sk_fake_{secrets.token_hex(12)}"
    rules.store.keys[token] = key
    return token


def withdraw(rules: Rules, _params: Params, values: Params) -> None:
    """The credential that the setup made is good for nothing."""
    rules.store.keys.pop(values.get("token", ""), None)
