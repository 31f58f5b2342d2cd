"""The first answers of a target: whether it can be judged, and who its callers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.http.exchange import Exchange
from conformance.http.throttling import is_throttled
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.facts import find_posture
from conformance.profile import Caller, ProfileError
from conformance.target.target import Unusable

_REASONS: tuple[tuple[Callable[[Exchange], bool], str], ...] = (
    (lambda a: a.status in (401, 403), "every credential of the profile is refused; renew them"),
    (lambda a: 300 <= a.status < 400, "redirects elsewhere; give the address that it leads to"),
    (is_throttled, "a limit or a gateway answers in its place; try again later"),
    (lambda a: a.status == 404, "is not there; give the base URL of the API"),
    (lambda a: "html" in a.media_type and a.status < 500, "answers in HTML; give the base URL of the API"),
)
"""Reasons why a target is unusable, each with what has to hold of every first answer."""


def check_usable(answers: Sequence[Exchange]) -> None:
    """Raise Unusable where none of the first answers is a success that can be judged."""
    if any(answer.succeeded and "html" not in answer.media_type for answer in answers):
        return
    for holds, reason in _REASONS:
        if all(holds(answer) for answer in answers):
            raise Unusable(f"{answers[0].url}: {reason}")


def read_session(answer: Exchange) -> Mapping[str, Any]:
    """Return what the answer to GET /me/session says; nothing where it is no success or no JSON object."""
    return answer.json if answer.succeeded and isinstance(answer.json, dict) else {}


def introduce_caller(caller: Caller, answer: Exchange) -> Caller:
    """Return the caller with the scopes and the user id that the target names for it.

    Unusable where it is refused though others are served; ProfileError where the target says something
    else of it than the profile does.
    """
    place = f"callers.{caller.name}"
    if answer.status == 401:
        raise Unusable(f"{place}.token: the target refuses it ({answer}); renew it, or leave the caller out")
    said = read_session(answer)
    if not isinstance(said.get("permissions"), list):
        return caller
    for key, declared, told in (
        ("org", caller.org, said.get(find_org_field())),
        ("role", caller.role, said.get("role")),
        ("permission_set", caller.permission_set, said.get("api_key_permission_set")),
    ):
        if declared is not None and isinstance(told, str) and told != declared:
            raise ProfileError(f"{place}.{key}: is {declared!r}, but its token is of {told!r}; mend one of the two")
    scopes = frozenset(str(scope) for scope in said["permissions"])
    if caller.scopes is not None and caller.scopes != scopes:
        raise ProfileError(
            f"{place}.scopes: {_describe_difference(caller.scopes, scopes)}; mend them, or leave them out"
        )
    user_id = said.get("user_id")
    return replace(caller, scopes=scopes, user_id=user_id if isinstance(user_id, str) and user_id else None)


def read_posture(caller: Caller, answer: Exchange) -> str | None:
    """Return the billing posture of the caller's org; None where the session does not tell it."""
    return find_posture(read_session(answer), caller.org, find_org_field())


def _describe_difference(declared: frozenset[str], held: frozenset[str]) -> str:
    more, fewer = sorted(declared - held), sorted(held - declared)
    said = [f"its token does not hold {', '.join(more)}"] if more else []
    said += [f"its token holds {', '.join(fewer)} too"] if fewer else []
    return " and ".join(said)
