"""The breaches that a new contract has in a recorded exchange, and the old one had not, with what changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.changes.change import KINDS, Change, Grade
from conformance.contract.contract import OWN_ORG, Contract
from conformance.contract.routing import find_route
from conformance.judging.lawful import DECLARED, ENVELOPE, HEADERS, NO_CRASH, SHAPE, TYPE, find_known_breaches
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.breach import Breach
from conformance.oracle.call import Refusals
from conformance.oracle.expect import add_gates
from conformance.oracle.facts import State
from conformance.traffic.client_judge import (
    BODY,
    CREDENTIAL_URL,
    HEADER,
    KEY,
    MEDIA_TYPE,
    METHOD,
    PATH,
    QUERY,
    SIZE,
    check_request,
)
from conformance.traffic.exchanges import ObservedEntry, observe_entry
from conformance.traffic.recording.selection import SelectedEntry

SCOPE, ORG, BILLING = "SCOPE-REQUIRED", "OWNERSHIP-ORG-PATH", "BILLING-CREATE-REFUSED"


@dataclass(frozen=True, slots=True)
class NewBreaches:
    """The breaches that are new in one exchange."""

    request: tuple[Breach, ...]
    """The reasons for which a request that was served is refused; none where it is not."""
    answer: tuple[Breach, ...]
    """The reasons for which the answer is ruled out."""

    def __bool__(self) -> bool:
        return bool(self.request or self.answer)


class ExchangeComparison:
    """The comparison of recorded exchanges with two contracts, one after the other, as they come."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old, self._new = old, new
        self._laws = ResponseInvariants(old), ResponseInvariants(new)

    def compare(self, seen: ObservedEntry, credentials: Iterable[str], posture: str | None) -> NewBreaches:
        """Return what the new contract has against an exchange, which is read by the old one.

        `posture`: that of the caller's org when it was sent, where it is known.
        """
        now = observe_entry(
            self._new, SelectedEntry(seen.entry, seen.base), seen.sender, seen.world, seen.exchange.number
        )
        request: tuple[Breach, ...] = ()
        if seen.exchange.has_succeeded:
            met = tuple(credentials)
            request = _filter_new(
                _check_refusal(self._old, seen, met, posture), _check_refusal(self._new, now, met, posture)
            )
        sides = zip((self._old, self._new), self._laws, (seen, now), strict=True)
        found = ([*find_known_breaches(laws, each), *_check_billing(contract, each)] for contract, laws, each in sides)
        return NewBreaches(request, _filter_new(*found))


def _filter_new(before: Iterable[Breach], after: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return the breaches after which were not there before, whatever else the contract asks for in the same place."""
    known = {(each.rule, each.got, each.evidence.names) for each in before}
    return tuple(each for each in after if (each.rule, each.got, each.evidence.names) not in known)


def _check_billing(contract: Contract, seen: ObservedEntry) -> Iterator[Breach]:
    """Yield a refusal for billing by an operation that is never refused for it."""
    unpaid, operation = contract.features.billing, seen.operation
    if operation is not None and operation.billing != "create" and unpaid is not None and seen.exchange.code == unpaid:
        yield Breach(BILLING, f"no {unpaid}, since it is {operation.billing}-class", "one")


def _check_refusal(
    contract: Contract, seen: ObservedEntry, credentials: tuple[str, ...], posture: str | None
) -> Iterator[Breach]:
    """Yield the refusals of a request by a contract, as far as its recording and sender are known."""
    yield from check_request(contract, seen, credentials)
    caller, operation = seen.sender.caller, seen.operation
    if caller is None or operation is None:
        return
    refusals = Refusals()
    postures = {caller.org: posture} if posture else {}
    add_gates(State(contract=contract, is_recorded=True, postures=postures), caller, operation, refusals)
    for each in refusals.certain:
        yield Breach(each.rule, "a caller who may", f"{each} for {seen.sender.name}", each.provenance)
    values = find_route(contract, seen.exchange.method, seen.exchange.path).values
    if any(p.is_own_org and values[p.name] not in (OWN_ORG, caller.org) for p in operation.path_parameters):
        yield Breach(ORG, "the caller's own org in the path", "another one")


_OF_BODIES = r"body-|request-|required-request-|encoding"
_OF_ANSWERS = r"answer-|required-answer-|closed-answer-|code-|not-found-code"
_REASONS: Mapping[str, str] = {
    PATH: r"operation-|parameter-|request-",
    METHOD: r"operation-",
    HEADER: r"parameter-|required-parameter-|request-",
    QUERY: r"parameter-|required-parameter-|request-",
    KEY: _OF_BODIES,
    BODY: _OF_BODIES,
    MEDIA_TYPE: _OF_BODIES,
    SIZE: r"max-body-",
    CREDENTIAL_URL: r"credential-|parameter-",
    SCOPE: r"scope-|role-",
    ORG: r"org-",
    BILLING: r"billing-",
    DECLARED: r"status-|success-",
    NO_CRASH: r"status-",
    SHAPE: _OF_ANSWERS,
    TYPE: r"answer-",
    HEADERS: r"header-|required-header-|answer-",
}
"""The kinds of changes by which a rule can come to be broken, by rule."""
_OF_PARAMETERS = frozenset({PATH, QUERY, HEADER})
_WORD = re.compile(r"[^\s./\[\]:*]+")
_PARAMETER = re.compile(r"(?:path|query|header|cookie) parameter ")


def find_reasons(
    breach: Breach, operation_id: str, changes: Sequence[Change], *, of_request: bool
) -> tuple[Change, ...]:
    """Return the changes of an operation by which a breach can have come; several where more than one can."""
    pattern = _REASONS.get(breach.rule, _OF_ANSWERS if breach.rule.startswith(ENVELOPE) else "(?!)")
    found = [
        each
        for each in changes
        if operation_id in each.operations
        and re.match(pattern, each.kind)
        and _may_break(each, of_request=of_request)
        and (breach.rule not in (*_OF_PARAMETERS, KEY, BODY) or _is_about(each, breach.rule))
    ]
    names = {*_split_words(breach.expected), *_split_words(breach.got), *breach.evidence.names}
    # The field itself says most, then what it is in; where neither is named any of them may be the reason.
    shared = {each: len(names & {*_split_words(each.where)}) for each in found}
    most = max(shared.values(), default=0)
    return tuple(each for each in found if shared[each] == most)


def _may_break(change: Change, *, of_request: bool) -> bool:
    """Return whether a change of its kind can break the side that the exchange shows."""
    row = KINDS[change.kind]
    return (row.clients if of_request else row.servers) > Grade.NO


def _is_about(change: Change, rule: str) -> bool:
    """Return whether a change is about a parameter where the rule is, and else not."""
    parameter = _PARAMETER.match(change.where) is not None or change.kind.startswith("operation-")
    return parameter is (rule in _OF_PARAMETERS)


def _split_words(text: str) -> Iterator[str]:
    return (found[0] for found in _WORD.finditer(text))
