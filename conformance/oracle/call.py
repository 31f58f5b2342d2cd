"""A request for an operation, taken apart: its path, its query, and the refusals that are right for either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from conformance.contract.contract import Contract, NamedResource, Operation, Parameter, Provenance, resolve
from conformance.contract.schemas import get_schemas, parse_value
from conformance.http.exchange import Request
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import DataEffect
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller

WrongfulRefusal = tuple[str, str]  # the code of a refusal, and the rule that it would break


@dataclass(frozen=True)
class Call:
    """One call of an operation by a caller, in the state of that moment."""

    state: State
    caller: Caller
    operation: Operation
    values: Mapping[str, str]  # path parameters, decoded
    body: Any  # as `ReadBody.value` has it
    query: Mapping[str, list[str]] = field(default_factory=dict)  # decoded, each with all its values

    def find_named_id(self, resource: str) -> str | None:
        """Return the id that the path has for an object of this resource; None where it names none."""
        for parameter in self.operation.path_parameters:
            if parameter.resource and parameter.resource.name == resource:
                return self.values[parameter.name]
        return None

    @property
    def creates(self) -> bool:
        """Return whether a success makes an object: a POST on a collection, or a PUT of what need not be there."""
        return self.operation.method in ("POST", "PUT") and not self.operation.resources

    def find_object(self, resource: str) -> Fact | None:
        """Return the object that the path names, where it is certain what it is and that the org can see it."""
        fact = self.state.get_facts(resource).get(self.find_named_id(resource) or "")
        seen = fact is not None and self.state.is_certain(fact) and fact.is_visible_to(self.caller.org)
        return fact if seen else None


@dataclass(slots=True)
class Refusals:
    """Refusals found so far: those that are true of the request, and those that the run cannot exclude."""

    certain: set[Answer] = field(default_factory=set)
    possible: set[Answer] = field(default_factory=set)

    def add(
        self,
        status: int,
        code: str | None,
        rule: str,
        *,
        certain: bool = True,
        provenance: Provenance = Provenance.SEED,
        effect: DataEffect | None = None,
    ) -> None:
        """Add a refusal; if it is not certain, it is right only if what the run does not know is so.

        `provenance`: weaker where the rule is better founded than that it holds for this request.
        `effect`: what a success does instead, where it is certain that this request has to be refused.
        """
        answer = Answer(status, code, rule, provenance, effect if certain else None)
        (self.certain if certain else self.possible).add(answer)

    def add_if(self, status: int, code: str | None, rule: str, *, so: bool | None) -> None:
        """Add a refusal where this is so; a possible one where the run does not know."""
        if so is not False:
            self.add(status, code, rule, certain=so is True)

    def add_unless(self, status: int, code: str | None, rule: str, *, so: bool | None) -> None:
        """Add a refusal where this is not so; a possible one where the run does not know."""
        self.add_if(status, code, rule, so=None if so is None else not so)

    def add_possible(self, status: int, code: str, rule: str) -> None:
        """Add a refusal that is right only if what the run does not know is so."""
        self.add(status, code, rule, certain=False)


@dataclass(frozen=True, slots=True)
class ObjectInPath:
    """The judge of the path parameter that names an object of one org.

    Others see it only if it is shared, and nobody else changes it.
    """

    is_in_full: bool = True
    """Whether the facts may be all that an org has, so that whatever is not among them is not there."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add those by existence, visibility and ownership; possible only where the run cannot know them."""
        state, org, writes = call.state, call.caller.org, not call.operation.is_safe
        fact = state.get_facts(named.name).get(value)
        known = self.is_in_full or fact is not None or state.is_gone(named.name, value)
        certain = known and state.is_known(named.name, value, org)
        effect = DataEffect.LOST if writes else DataEffect.LEAKED
        if fact is None:
            rule = "DELETE-GONE" if (named.name, value) in state.gone else "CONTRACT-RIGHT-ANSWER"
            found.add(404, named.not_found, rule, certain=certain)
        elif not fact.is_visible_to(org):
            certain = certain and (fact.owner is not None or org in fact.foreign_to)  # else it may be this org's
            found.add(404, named.not_found, "OWNERSHIP-PRIVATE-HIDDEN", certain=certain, effect=effect)
        elif writes and not fact.is_owned_by(org):
            certain = certain and is_whose_known(fact, org)
            if call.operation.method == "DELETE":
                found.add(404, named.not_found, "OWNERSHIP-SHARED-DELETE", certain=certain, effect=effect)
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-DELETE", certain=certain, effect=effect)
            else:
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY", certain=certain, effect=effect)
        if not certain:
            _refuse_uncertain(call, fact, named, found, effect)

    def list_wrongful(self, call: Call, value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """Yield what each refusal would break where the request has to be served."""
        fact = call.state.get_facts(named.name).get(value)
        if fact is not None and not fact.is_visible_to(call.caller.org):
            yield "permission_denied", "OWNERSHIP-PRIVATE-HIDDEN"
        own = fact is not None and fact.is_owned_by(call.caller.org)
        yield named.not_found, "OWNERSHIP-OWN-SERVED" if own else "OWNERSHIP-SHARED-READABLE"


def _refuse_uncertain(call: Call, fact: Fact | None, named: NamedResource, found: Refusals, effect: DataEffect) -> None:
    """Add what is right for an object that may have changed: whose it is never does."""
    org, writes = call.caller.org, not call.operation.is_safe
    if fact is not None and _is_anothers(fact, org) and (writes or not fact.is_shareable):
        # It is hidden from the org, or shown and not changed.
        found.add(404, named.not_found, "OWNERSHIP-PRIVATE-HIDDEN", effect=effect)
        if fact.is_shareable:
            found.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY", effect=effect)
        return
    found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
    if writes and (fact is None or not fact.is_owned_by(org)):
        found.add_possible(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY")


def is_whose_known(fact: Fact, org: str) -> bool:
    """Return whether it is certain that the object is the org's own, or that it is not."""
    return fact.is_owned_by(org) or _is_anothers(fact, org)


def _is_anothers(fact: Fact, org: str) -> bool:
    """Return whether it is certain that the object is of no org's but another's, or the platform's."""
    return not fact.is_owned_by(org) and (fact.owner is not None or fact.is_platform or org in fact.foreign_to)


_RULE, _PATH = "CONTRACT-INVALID-REFUSED", "FILE-PATH"


def add_query_refusals(contract: Contract, operation: Operation, request: Request, refusals: Refusals) -> None:
    """Add what is right for a query: that a wrong value is refused is assumed, and of an unknown name left open."""
    sent = parse_qsl(request.query, keep_blank_values=True)
    known = {p.name for p in operation.parameters if p.location == "query"} | {operation.query_key}
    if request.query and (not sent or any(name not in known for name, _ in sent)):
        # Whether an unknown query parameter is refused is not judged.
        refusals.add_possible(400, "validation_error", _RULE)
    if any(list_unfit_parameters(contract, operation, request)):
        refusals.add(400, "validation_error", _RULE, provenance=Provenance.ASSUMED)


def list_unfit_parameters(contract: Contract, operation: Operation, request: Request) -> Iterator[str]:
    """Yield the names of declared query parameters that have no right value, or none where they are required."""
    sent = parse_qsl(request.query, keep_blank_values=True)
    for parameter in (p for p in operation.parameters if p.location == "query"):
        texts = [text for key, text in sent if key == parameter.name]
        if parameter.is_required if not texts else not _fits(contract, parameter.schema, texts):
            yield parameter.name


def _fits(contract: Contract, schema: Mapping[str, Any], texts: list[str]) -> bool:
    """Return whether a parameter may be sent so often with these texts: an array is sent item by item."""
    if schema.get("type") == "array":
        items = resolve(contract.document, schema.get("items", {}))
        return get_schemas(contract).fits(schema, [parse_value(items, each) for each in texts])
    return len(texts) == 1 and get_schemas(contract).fits(schema, parse_value(schema, texts[0]))


def does_header_fit(contract: Contract, parameter: Parameter, texts: Sequence[str]) -> bool:
    """Return whether a header may be sent with these values: several are one with commas (RFC 9110, 5.2)."""
    whole = ", ".join(texts)
    values = whole.split(",") if parameter.schema.get("type") == "array" else [whole]
    return _fits(contract, parameter.schema, [each.strip() for each in values])


def add_path_refusals(contract: Contract, operation: Operation, values: Mapping[str, str], refusals: Refusals) -> None:
    """Add what is right for a value in the path that does not fit its schema: 400, or a 404 as of another path."""
    for parameter in operation.spanning:
        if parameter.resource and not is_file_path(values[parameter.name]):
            refusals.add(400, "validation_error", _PATH)
            refusals.add(404, parameter.resource.not_found, _PATH)
            refusals.add_possible(404, "not_found", _PATH)
    for parameter in operation.path_parameters:
        value = parse_value(parameter.schema, values[parameter.name])
        if parameter.spans_segments or get_schemas(contract).fits(parameter.schema, value):
            continue
        refusals.add(400, "validation_error", _RULE, provenance=Provenance.ASSUMED)
        for code in ("not_found", *(each.not_found for each in operation.resources)):
            refusals.add(404, code, _RULE, provenance=Provenance.ASSUMED)


def is_file_path(path: str) -> bool:
    """Return whether a decoded path inside an object is one that a file can have."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))
