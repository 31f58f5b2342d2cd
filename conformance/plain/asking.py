"""The requests that are generated from a plain document for an operation, sent once, with objects that are there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from conformance.budget import Budget
from conformance.contract.contract import Operation
from conformance.contract.schemas import get_schemas
from conformance.declared.plain_resources import find_resource_about, read_key, read_object, read_sent_object
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest, get_generator
from conformance.http.client import LimitReached
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.plain.life import Lives, OwnObject
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.session.harness import Harness
from conformance.values import read_json


@dataclass(frozen=True, slots=True)
class UnfitBodyAnswer:
    """The answer to a body that breaks its schema."""

    exchange: Exchange
    why: str

    @property
    def size(self) -> int:
        """The bytes of the request's body."""
        return len(self.exchange.request.content or b"")


@dataclass(slots=True)
class RequestsOutcome:
    """The outcome of the requests of one operation."""

    answered: int = 0
    unfit: list[UnfitBodyAnswer] = field(default_factory=list)
    reason: str = ""
    """The reason for which the last request that was not answered was not."""


class SharedOutcomes:
    """The requests of one process, each operation's sent for the first rule that needs it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._asked: dict[str, RequestsOutcome] = {}

    def ask(self, harness: Harness, operation: Operation) -> RequestsOutcome:
        """Return what came of the operation's requests."""
        if operation.operation_id not in self._asked:
            self._asked[operation.operation_id] = _Asker(harness, operation).ask(self._budget)
        return self._asked[operation.operation_id]


class _Asker:
    def __init__(self, harness: Harness, operation: Operation) -> None:
        self._harness = harness
        self._operation = operation
        self._lives = Lives(harness)
        self._resource = find_resource_about(operation)
        self._named: Mapping[str, str] | None = None
        self._schemas = get_schemas(harness.contract)
        self._asked = RequestsOutcome()

    def ask(self, budget: Budget) -> RequestsOutcome:
        """Send a right request, then those that are generated."""
        try:
            caller: Caller | Credential = self._lives.caller_for(self._operation)
        except NotProvoked:
            caller = ANONYMOUS
        self._send(caller, self._build_right)
        source = get_generator(self._harness.contract, self._harness.seed, budget)
        for generated in source.get_cases(self._operation.operation_id):
            if generated.is_method_declared:
                self._send(caller, partial(self._fill_request, generated))
        return self._asked

    def _send(self, caller: Caller | Credential, make: Callable[[], Request]) -> None:
        """Send what is made, and note what came of it."""
        harness, operation = self._harness, self._operation
        try:
            request = make()
            org = caller.org if isinstance(caller, Caller) else None
            exchange = harness.send(caller, request, org=org)
        except (NotProvoked, LimitReached) as reason:
            self._asked.reason = str(reason)
            return
        self._asked.answered += 1
        harness.judged[operation.operation_id] = None
        if why := self._breaks(request):
            self._asked.unfit.append(UnfitBodyAnswer(exchange, why))
        if exchange.has_succeeded and isinstance(caller, Caller):
            self._follow(caller, exchange)

    def _follow(self, caller: Caller, exchange: Exchange) -> None:
        """Track the objects that a success created or renamed, and forget those that it removed."""
        resource, operation_id = self._resource, self._operation.operation_id
        if resource is None:
            return
        if operation_id == resource.shape.remove:
            self._named = None
        elif operation_id == resource.shape.create:
            if key := read_key(resource.shape, read_object(resource.shape, operation_id, exchange.json)):
                self._lives.keep(resource, key, caller, exchange)
        elif operation_id == resource.shape.update:
            above = dict(self._find_keys())
            made = OwnObject(resource, above.pop(resource.name), caller, {}, exchange, above)
            sent = read_sent_object(resource.shape, operation_id, read_json(exchange.request.content or b""))
            self._named = self._lives.apply_update(made, sent, exchange).keys

    def _build_right(self) -> Request:
        """Return a request that is right in every respect, as far as the document tells."""
        return self._lives.request(
            self._operation, self._find_keys(), self._lives.make_right_body(self._operation, self._resource)
        )

    def _find_keys(self) -> Mapping[str, str]:
        """Return the keys of objects that are there for what the path names, by resource."""
        if self._named is None:
            self._named = self._lives.make_keys(self._operation, self._resource)
        return self._named

    def _fill_request(self, generated: GeneratedRequest) -> Request:
        """Return a generated request about an object that is there, with names of its own instead of drawn ones."""
        case, operation = generated.case, self._operation
        request = conversion.request(case, operation.operation_id, self._harness.find_base_url(None))
        if operation.path_parameters and (self._resource is not None or not operation.is_safe):
            right = self._lives.request(operation, self._find_keys())
            request = replace(request, path=right.path, path_values=right.path_values)
        return self._rename_keys(request)

    def _rename_keys(self, request: Request) -> Request:
        """Return the request with fresh names in the place of keys and names that others may have."""
        resource = self._resource
        if resource is None or request.content is None or self._harness.is_alone:
            return request
        try:
            body = json.loads(request.content)
        except (ValueError, RecursionError):
            return request
        shape = resource.shape
        wrapper = shape.sent_in.get(self._operation.operation_id)
        inner = body.get(wrapper) if wrapper and isinstance(body, dict) else body
        if not isinstance(inner, dict):
            return request
        for name, value in dict(self._draw_fresh_values(inner)).items():
            inner[name] = value
        return replace(request, content=json.dumps(body).encode())

    def _draw_fresh_values(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the fields by which an object is known, each with a value that no other has."""
        resource = self._resource
        assert resource is not None  # noqa: S101  # as its caller has seen
        for name in {resource.shape.key, *resource.shape.unique, resource.named_in} & fields.keys():
            if isinstance(fields[name], str):
                yield name, self._harness.make_fresh_name()
            elif name == resource.shape.key:
                yield name, self._harness.random.randrange(10**8, 2**31 - 1)

    def _breaks(self, request: Request) -> str:
        """Return what the JSON body of a request breaks of its schema, in words; empty where it fits, or is none."""
        body, media = self._operation.body, request.media_type or ""
        schema = body.schemas.get(media) if body else None
        if schema is None or "json" not in media or request.content is None:
            return ""
        try:
            value = json.loads(request.content)
        except (ValueError, RecursionError):
            return ""
        complaints = self._schemas.find_complaints(schema, value)
        return f"{complaints[0].place or 'the body'} breaks '{complaints[0].keyword}'" if complaints else ""
