"""The oracle, asked in every state in which the target may have been when it answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.contract.contract import Contract
from conformance.judging.observed import STRANGE_ORG, ObservedExchange, RequestSender, Signature
from conformance.judging.opinion import RIGHT, Opinion
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach
from conformance.oracle.expect import DueAnswers, expect_answers, find_due
from conformance.oracle.facts import State
from conformance.oracle.judging import describe_answers, find_broken_rule, find_effect, find_provenance, is_meant
from conformance.profile import Caller

ACCEPTED = "CONTRACT-VALID-ACCEPTED"
BY_SUCCESS = frozenset({"SCOPE-SUFFICIENT", "SCOPE-ANY-CALLER", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE"})
"""Rules of a wrongful refusal that a success shows to be kept."""
OF_OBJECTS = frozenset({"OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE"})
UNAUTHENTICATED = 401


@dataclass(frozen=True, slots=True)
class PossibleAnswers:
    """The answers that may come, in each of the possible states."""

    states: tuple[DueAnswers, ...]

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


def find_possible(state: State, seen: ObservedExchange, *, strangers: State) -> PossibleAnswers:
    """Return the possible answers to a recorded request, for each caller who may have sent it."""
    exchange, body = seen.exchange, seen.read_body(state.contract)
    dues = []
    for caller in _list_possible_callers(seen.sender, seen):
        known = state if caller is seen.sender.caller else strangers
        dues.append(find_due(known, caller, exchange.request, body))
    return PossibleAnswers(tuple(dues))


def _list_possible_callers(sender: RequestSender, seen: ObservedExchange) -> Iterator[Caller | None]:
    """Yield everybody who may have sent it; None: whoever has no valid credential."""
    if sender.signed in (Signature.NOT, Signature.WRONGLY):
        yield None
        return
    # Who is served, or refused as a caller, has a valid credential; any may have run out meanwhile.
    if seen.exchange.status == UNAUTHENTICATED or sender.signed is Signature.UNKNOWN:
        yield None
    if sender.caller is not None:
        yield sender.caller
        return
    where = list_route_orgs(seen)
    for org in (*where, STRANGE_ORG):
        yield Caller(name=sender.name, org=org, token="")


def list_route_orgs(seen: ObservedExchange) -> tuple[str, ...]:
    """Return the orgs that the path names, to one of which the caller may belong."""
    operation = seen.operation
    own = (each.name for each in operation.path_parameters if each.is_own_org) if operation else ()
    return tuple(seen.values[name] for name in own)


def judge_answer(contract: Contract, seen: ObservedExchange, found: PossibleAnswers, opinion: Opinion) -> None:
    """Say whether the answer is right in some possible state, and which rules it decides."""
    right = found.right
    exchange = replace(seen.exchange, request=expect_answers(seen.exchange.request, right))
    about = {each.rule for each in right}
    if agrees(seen, right):
        opinion.add((), _list_kept_rules(seen, found), about)
        return
    operation = seen.operation
    crashed = exchange.status >= 500 and (operation is None or exchange.status not in operation.responses)
    if crashed or (seen.is_answer_known and is_meant(contract, exchange, right)):
        opinion.add((), left_open=about)  # the laws of every answer say it
        return
    if not seen.is_answer_known and 400 <= exchange.status < 500 and not all(each.status < 400 for each in right):
        opinion.add((), left_open=about)  # another number may be the code's own
        return
    if RIGHT not in contract.rules:
        return
    due_ = found.certain or found.served or right  # what may be right as well is not what was missed
    rule = contract.rules[find_broken_rule(contract, exchange, due_, RIGHT)]
    provenance, effect = find_provenance(contract, rule, exchange, due_), find_effect(contract, exchange, due_)
    opinion.add(
        [Breach(rule.id, describe_answers(right), str(exchange), provenance, effect)], left_open=about - {rule.id}
    )


def agrees(seen: ObservedExchange, answers: frozenset[Answer]) -> bool:
    """Return whether the answer may be one of these, as far as it is recorded."""
    exchange = seen.exchange
    numbered = [each for each in answers if each.status == exchange.status]
    if not seen.is_answer_known or exchange.method == "HEAD":
        return bool(numbered)
    return any(each.code == exchange.code for each in numbered)


def _list_kept_rules(seen: ObservedExchange, found: PossibleAnswers) -> Iterator[str]:
    """Yield the rules that a right answer shows to be kept: in every possible state another would have broken them."""
    exchange = seen.exchange
    if seen.is_answer_known and all(_is_due(seen, each) for each in found.states):
        for each in found.states:
            yield from (a.rule for a in each.certain if a.status == exchange.status and a.code == exchange.code)
    if not exchange.has_succeeded:
        return
    served = [each.served for each in found.states if each.served]
    if len(served) == len(found.states) == 1 and seen.sender.caller is not None:
        forbidden = {rule for _, rule in served[0].wrongful}
        known = bool(seen.sender.caller.scopes)
        yield from forbidden & (BY_SUCCESS - OF_OBJECTS) if known else ()
        if not found.states[0].possible and not found.states[0].certain:
            yield from (ACCEPTED, RIGHT)


def _is_due(seen: ObservedExchange, found: DueAnswers) -> bool:
    """Return whether in this state the answer is a refusal that had to come."""
    return any(each.status == seen.exchange.status and each.code == seen.exchange.code for each in found.certain)
