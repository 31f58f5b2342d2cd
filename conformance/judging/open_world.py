"""The oracle, asked in every state in which the target may have been when it answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.contract.contract import Contract
from conformance.judging.observed import STRANGE_ORG, Observed, RequestSender, Signed
from conformance.judging.opinion import RIGHT, Opinion
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach
from conformance.oracle.expect import Due, due, expecting
from conformance.oracle.facts import State
from conformance.oracle.judging import broken, described, effect_of, founded, is_meant
from conformance.profile import Caller

ACCEPTED = "CONTRACT-VALID-ACCEPTED"
BY_SUCCESS = frozenset({"SCOPE-SUFFICIENT", "SCOPE-ANY-CALLER", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE"})
"""Rules of a wrongful refusal that a success shows to be kept."""
OF_OBJECTS = frozenset({"OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE"})
UNAUTHENTICATED = 401


@dataclass(frozen=True, slots=True)
class Possible:
    """The answers that may come, in each of the possible states."""

    states: tuple[Due, ...]

    @property
    def right(self) -> frozenset[Answer]:
        return frozenset().union(*(each.right for each in self.states))

    @property
    def served(self) -> frozenset[Answer]:
        """The successes."""
        return frozenset(each.served for each in self.states if each.served)

    @property
    def certain(self) -> frozenset[Answer]:
        """The refusals that had to come, of which a success says most."""
        return frozenset().union(*(each.certain for each in self.states))


def possible(state: State, seen: Observed, *, strangers: State) -> Possible:
    """Return what may be answered to a recorded request; strangers: what is known whoever asks."""
    exchange, body = seen.exchange, seen.body(state.contract)
    dues = []
    for caller in _callers(seen.sender, seen):
        known = state if caller is seen.sender.caller else strangers
        dues.append(due(known, caller, exchange.request, body))
    return Possible(tuple(dues))


def _callers(sender: RequestSender, seen: Observed) -> Iterator[Caller | None]:
    """Yield everybody who may have sent it; None: whoever has no valid credential."""
    if sender.signed in (Signed.NOT, Signed.WRONGLY):
        yield None
        return
    # Who is served, or refused as a caller, has a valid credential; any may have run out meanwhile.
    if seen.exchange.status == UNAUTHENTICATED or sender.signed is Signed.UNKNOWN:
        yield None
    if sender.caller is not None:
        yield sender.caller
        return
    where = route_orgs(seen)
    for org in (*where, STRANGE_ORG):
        yield Caller(name=sender.name, org=org, token="")


def route_orgs(seen: Observed) -> tuple[str, ...]:
    """Return the orgs that the path names, so that whoever asks may be of one of them."""
    operation = seen.operation
    own = (each.name for each in operation.path_parameters if each.own_org) if operation else ()
    return tuple(seen.values[name] for name in own)


def judge_answer(contract: Contract, seen: Observed, found: Possible, opinion: Opinion) -> None:
    """Say whether the answer is right in some possible state, and which rules it decides."""
    right = found.right
    exchange = replace(seen.exchange, request=expecting(seen.exchange.request, right))
    about = {each.rule for each in right}
    if agrees(seen, right):
        opinion.add((), _kept(seen, found), about)
        return
    operation = seen.operation
    crashed = exchange.status >= 500 and (operation is None or exchange.status not in operation.responses)
    if crashed or (seen.answer_known and is_meant(contract, exchange, right)):
        opinion.add((), left_open=about)  # the laws of every answer say it
        return
    if not seen.answer_known and 400 <= exchange.status < 500 and not all(each.status < 400 for each in right):
        opinion.add((), left_open=about)  # another number may be the code's own
        return
    if RIGHT not in contract.rules:
        return
    due_ = found.certain or found.served or right  # what may be right as well is not what was missed
    rule = contract.rules[broken(contract, exchange, due_, RIGHT)]
    provenance, effect = founded(contract, rule, exchange, due_), effect_of(contract, exchange, due_)
    opinion.add([Breach(rule.id, described(right), str(exchange), provenance, effect)], left_open=about - {rule.id})


def agrees(seen: Observed, answers: frozenset[Answer]) -> bool:
    """Return whether the answer may be one of these, as far as it is recorded."""
    exchange = seen.exchange
    numbered = [each for each in answers if each.status == exchange.status]
    if not seen.answer_known or exchange.method == "HEAD":
        return bool(numbered)
    return any(each.code == exchange.code for each in numbered)


def _kept(seen: Observed, found: Possible) -> Iterator[str]:
    """Yield the rules that a right answer shows to be kept: in every possible state another would have broken them."""
    exchange = seen.exchange
    if seen.answer_known and all(_is_due(seen, each) for each in found.states):
        for each in found.states:
            yield from (a.rule for a in each.certain if a.status == exchange.status and a.code == exchange.code)
    if not exchange.succeeded:
        return
    served = [each.served for each in found.states if each.served]
    if len(served) == len(found.states) == 1 and seen.sender.caller is not None:
        forbidden = {rule for _, rule in served[0].wrongful}
        known = bool(seen.sender.caller.scopes)
        yield from forbidden & (BY_SUCCESS - OF_OBJECTS) if known else ()
        if not found.states[0].possible and not found.states[0].certain:
            yield from (ACCEPTED, RIGHT)


def _is_due(seen: Observed, found: Due) -> bool:
    """Return whether in this state the answer is a refusal that had to come."""
    return any(each.status == seen.exchange.status and each.code == seen.exchange.code for each in found.certain)
