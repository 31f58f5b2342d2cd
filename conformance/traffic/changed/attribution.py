"""The changes of a contract that are the reason for its refusal of a recorded exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from conformance.changes.change import KINDS, Change, Grade
from conformance.judging.lawful import DECLARED, ENVELOPE, HEADERS, NO_CRASH, SHAPE, TYPE
from conformance.oracle.breach import Breach
from conformance.traffic.changed.newly_wrong import BILLING, ORG, SCOPE
from conformance.traffic.client.rules import (
    BODY,
    CREDENTIAL_URL,
    HEADER,
    KEY,
    MEDIA_TYPE,
    METHOD,
    PATH,
    QUERY,
    SIZE,
)

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
