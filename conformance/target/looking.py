"""The operations that a server answers for, asked with requests that can change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.http.limiter import LimitReached
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.results.unserved import NOT_SERVED

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
        named = (each for each in operation.path_parameters if not each.own_org)
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
    return bool(operation.resources) or (operation.safe and not streams)
