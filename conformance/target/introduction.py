"""The first answers of a target: whether it can be judged, who its callers are, and which operations it answers for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import is_throttled
from conformance.http.limiter import LimitReached
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.facts import find_posture
from conformance.profile import ANONYMOUS, Caller, Credential, ProfileError
from conformance.results.unserved import NOT_SERVED
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
    if any(answer.has_succeeded and "html" not in answer.media_type for answer in answers):
        return
    for holds, reason in _REASONS:
        if all(holds(answer) for answer in answers):
            raise Unusable(f"{answers[0].url}: {reason}")


def read_session(answer: Exchange) -> Mapping[str, Any]:
    """Return what the answer to GET /me/session says; nothing where it is no success or no JSON object."""
    return answer.json if answer.has_succeeded and isinstance(answer.json, dict) else {}


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


UNKNOWN = "/conformance-unknown"
JSON_LIST = b"[]"
"""A body that no operation takes: all take objects, forms or bytes about something that is there."""
JSON = (("Content-Type", "application/json"),)


@dataclass(slots=True)
class Look:
    """One request for each operation, of which it shows whether it is served.

    Without a credential nothing is changed. Where the server asks for one before it looks at the path, a caller reads,
    and asks for changes of objects that cannot exist, with a body that is not valid.
    """

    send: Callable[[Request, Credential, str], Exchange]
    """The function that sends a request with a credential and an org, and gives the answer."""
    absent: Callable[[str], str]
    """The function that makes an id that no object has, by the name of a resource."""
    caller: Caller | None = None
    _telling: dict[tuple[str, str], bool] = field(default_factory=dict)
    """The server's habit of answering to an unknown path that it is none, by the label of a credential and a method."""

    def answer(self, operation: Operation) -> Exchange | None:
        """Return an answer that shows whether the operation is served; None where no harmless one does."""
        try:
            if self._has_told(ANONYMOUS, operation.method):
                return self._ask(operation, ANONYMOUS)
            if self.caller and _is_harmless(operation) and self._has_told(self.caller.credential, operation.method):
                return self._ask(operation, self.caller.credential)
        except LimitReached:  # what would be withheld from a server that others use
            pass
        return None

    def is_served(self, operation: Operation) -> bool | None:
        """Return whether the operation is served; None where that cannot be told."""
        answer = self.answer(operation)
        if answer is None:
            return None
        return answer.status not in NOT_SERVED or answer.code in {named.not_found for named in operation.resources}

    def _has_told(self, credential: Credential, method: str) -> bool:
        key = credential.label, method
        if key not in self._telling:
            unknown = self.send(Request(None, method, UNKNOWN, {}, asks_if_served=True), credential, self._org)
            self._telling[key] = unknown.failure is None and unknown.status in NOT_SERVED
        return self._telling[key]

    def _ask(self, operation: Operation, credential: Credential) -> Exchange | None:
        named = (each for each in operation.path_parameters if not each.is_own_org)
        values = {each.name: self.absent(each.resource.name if each.resource else each.name) for each in named}
        request = Request(
            operation.operation_id,
            operation.method,
            operation.fill_path(values),
            values,
            headers=JSON if operation.body else (),
            content=JSON_LIST if operation.body else None,
            asks_if_served=True,
        )
        answer = self.send(request.put_in_org(self._org or self.absent("org")), credential, self._org)
        return answer if answer.failure is None else None

    @property
    def _org(self) -> str:
        return self.caller.org if self.caller else ""


def _is_harmless(operation: Operation) -> bool:
    """Return whether a caller may ask for the operation on ids that cannot exist; a stream would not end."""
    streams = any(media_type == "text/event-stream" for media_type in operation.success.schemas)
    return bool(operation.resources) or (operation.is_safe and not streams)
