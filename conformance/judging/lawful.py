"""Laws of every answer, of a recorded one as far as it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.contract.schemas import list_field_names
from conformance.http.exchange import Exchange
from conformance.judging.laws import ResponseInvariants
from conformance.judging.observed import ALL_HEADERS, ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.archiving import list_refusals_again
from conformance.oracle.breach import Breach
from conformance.results.difference import from_field, from_fields
from conformance.values import copy_with

CHALLENGE, HEADERS, TYPE, SHAPE = "AUTH-CHALLENGE", "CONTRACT-HEADERS", "CONTRACT-CONTENT-TYPE", "CONTRACT-BODY-SCHEMA"
DECLARED, NO_CRASH = "CONTRACT-STATUS-DECLARED", "CONTRACT-NO-SERVER-ERROR"
ENVELOPE = "ENVELOPE-"
ID_HEADER, EVERY_ERROR = f"{ENVELOPE}REQUEST-ID-HEADER", f"{ENVELOPE}EVERY-ERROR"
METHOD, HEAD_OPTIONS = "PROTOCOL-METHOD", "PROTOCOL-HEAD-OPTIONS"
FIELDS, _WHOLES = f"{ENVELOPE}FIELDS", frozenset({"body", "archive", "image_ref", "path"})
_NAME = re.compile(r"[^\w-]")
"""The text behind the name of a field at which a value in it is named."""
_OF_FRAMEWORKS = {"HEAD", "OPTIONS"}


def judge_laws(contract: Contract, laws: ResponseInvariants, seen: ObservedExchange, opinion: Opinion) -> None:
    """Say what the answer breaks by itself, and what it shows to be kept."""
    opinion.add(find_known_breaches(laws, seen), _list_decided_rules(seen))
    if seen.exchange.status == 405 and not _is_hidden(seen, "allow"):
        rule = HEAD_OPTIONS if seen.method in _OF_FRAMEWORKS and not seen.exchange.find_header("allow") else METHOD
        opinion.add(check_allow(contract, seen.exchange, rule), [rule])
    if not contract.is_plain and not seen.is_blurred:
        opinion.add(_find_strange_fields(contract, seen))


def _find_strange_fields(contract: Contract, seen: ObservedExchange) -> Iterator[Breach]:
    """Yield what details.fields names that is neither in the request nor part of one.

    A parameter, field or part without a name may be called anything.
    """
    operation, error = seen.operation, seen.json.get("error") if isinstance(seen.json, dict) else None
    details = error.get("details") if isinstance(error, dict) and error.get("code") == "validation_error" else None
    fields = details.get("fields") if isinstance(details, dict) else None
    if operation is None or not seen.is_request_known or not isinstance(fields, dict) or "" in seen.sent_names:
        return
    known = list_field_names(contract) | {each.name for each in operation.parameters} | seen.sent_names | _WHOLES
    headers = {name.lower() for name, _ in seen.exchange.request.headers} | {"authorization"}
    unknown = (name for name in fields if known.isdisjoint((name, _NAME.split(name)[0])))
    if strange := sorted(name for name in unknown if name.lower() not in headers):
        said = "a part of the request in details.fields", "another name"
        yield Breach(FIELDS, *said, evidence=from_fields(strange, {}, fields))


def find_known_breaches(laws: ResponseInvariants, seen: ObservedExchange) -> Iterator[Breach]:
    """Yield what the answer breaks by itself, as far as it is recorded."""
    exchange = seen.exchange
    if again := list_refusals_again(exchange.operation_id):
        exchange = copy_with(exchange, request=copy_with(exchange.request, foreseen=exchange.request.foreseen | again))
    return (each for each in laws.find_breaches(exchange) if _is_known(seen, each))


def _is_known(seen: ObservedExchange, breach: Breach) -> bool:
    """Return whether a breach rests on nothing that is not recorded."""
    if breach.rule == CHALLENGE:
        return not _is_hidden(seen, "www-authenticate")
    if breach.rule == HEADERS:
        return not any(_is_hidden(seen, name.lower()) for name in breach.evidence.names)
    if breach.rule == TYPE:
        return not _is_hidden(seen, "content-type") and seen.is_answer_known
    if breach.rule == ID_HEADER:
        return seen.is_answer_known
    if breach.rule.startswith(ENVELOPE) or breach.rule == SHAPE:
        # Without its media type a body is no JSON to us; recorders leave headers out as a whole.
        return seen.is_answer_known and (ALL_HEADERS not in seen.masked or "Content-Type" not in breach.evidence.names)
    return True


def _list_decided_rules(seen: ObservedExchange) -> Iterator[str]:
    """Yield the laws that the answer could have broken."""
    exchange, operation = seen.exchange, seen.operation
    spec = operation.find_response(exchange.status) if operation else None
    if operation is not None:
        yield from (DECLARED, NO_CRASH)
    if spec is not None and spec.headers and ALL_HEADERS not in seen.masked:
        yield HEADERS
    if exchange.status == 401 and not _is_hidden(seen, "www-authenticate"):
        yield CHALLENGE
    if not seen.is_answer_known or exchange.method == "HEAD":
        return
    if spec is not None and exchange.body:
        yield from (TYPE, SHAPE)
    if exchange.has_envelope:
        yield from (EVERY_ERROR, f"{ENVELOPE}KEYS", f"{ENVELOPE}CODE-STATUS")
        if exchange.find_header("x-request-id") is not None:
            yield ID_HEADER


def _is_hidden(seen: ObservedExchange, name: str) -> bool:
    return name in seen.masked or ALL_HEADERS in seen.masked


def check_allow(contract: Contract, exchange: Exchange, rule: str) -> Iterator[Breach]:
    """Yield what is wrong with the Allow of a 405: it names the methods of the path, and may name what is not served.

    HEAD and OPTIONS are often the framework's own.
    """
    right, declared = (
        {*find_route(each, exchange.method, exchange.path).allowed} for each in (contract, contract.whole)
    )
    given = {each.strip().upper() for each in (exchange.find_header("allow") or "").split(",") if each.strip()}
    if right and not right <= given - _OF_FRAMEWORKS <= declared:
        got = f"Allow: {', '.join(sorted(given))}" if given else "no Allow"
        said = f"Allow: {', '.join(sorted(right))}", got
        yield Breach(rule, *said, evidence=from_field("Allow", sorted(right), sorted(given) or None))
