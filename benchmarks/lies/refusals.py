"""Lies about refusals: another status, code or body, refused though done, served though refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.lies.contract import Contract, Operation, Response
from benchmarks.lies.lie import Asked, Lie, Says, Teller
from benchmarks.lies.places import change_field, values
from tests.proxy.messages import Answer

CODE = ("error", "code")
ID = ("error", "request_id")
ANYWHERE = ""
"""The key of what was served last in any world."""
CREDENTIAL = (401, 403)
"""Refusals that another caller might not meet."""


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for operation in contract.operations:
        for it in operation.refusals:
            yield from _list_lies_of_refusal(contract, operation, it)
            sentence = f"{operation.id} does what it is asked for and says {it.status} in the place of its success."
            teller = partial(Says, operation, operation.success.status, partial(make_refusal, it))
            yield Lie("refused-though-done", operation.id, str(it.status), sentence, teller)


def _list_lies_of_refusal(contract: Contract, operation: Operation, it: Response) -> Iterator[Lie]:
    status = it.status
    says = partial(partial, Says, operation, status)
    for other in operation.refusals:
        if other is not it:
            about = f"{status}-{other.status}"
            sentence = f"{operation.id} sends its {status} with the status {other.status}."
            yield Lie("status-swapped", operation.id, about, sentence, says(partial(_as_status, other.status)))
            sentence = f"{operation.id} says {other.status}, with that status' own body, where it is a {status}."
            yield Lie("refusal-swapped", operation.id, about, sentence, says(partial(make_refusal, other)))
    yield from _list_code_lies(contract, operation, it)
    for about, (words, change) in BODIES.items() if it.schema is not None else ():
        sentence = f"Every {status} of {operation.id} {words}."
        yield Lie("error-body", operation.id, f"{status}:{about}", sentence, says(change))
    served: Callable[[], Teller] = partial(_Served, operation, status)
    sentence = f"{operation.id} repeats its last success where it has to say {status}."
    if status in CREDENTIAL:
        served = partial(_Anybody, operation, status)
        sentence = f"{operation.id} serves as somebody it has served before whomever it has to refuse with {status}."
    yield Lie("served-though-refused", operation.id, str(status), sentence, served)


def _list_code_lies(contract: Contract, operation: Operation, it: Response) -> Iterator[Lie]:
    for code in it.codes:
        for other in [other for other in it.codes if other != code] or [_choose_next_code(contract.codes, code)]:
            sentence = f"Every {it.status} {code} of {operation.id} has the code {other}."
            teller = partial(Says, operation, it.status, partial(_as_code, code, other))
            yield Lie("code-swapped", operation.id, f"{it.status}:{code}-{other}", sentence, teller)


def _choose_next_code(codes: tuple[str, ...], code: str) -> str:
    return codes[(codes.index(code) + 1) % len(codes)]


def _as_status(status: int, answer: Answer) -> Answer:
    return replace(answer, status=status)


def _as_code(code: str, other: str, answer: Answer) -> Answer:
    return answer.with_json(change_field(answer.json, CODE, lambda now: other if now == code else now))


def make_refusal(response: Response, answer: Answer) -> Answer:
    """Return the contract's first example of a refusal in the place of an answer, with this answer's request id."""
    if not response.examples:
        return replace(answer, status=response.status, body=b"")
    said: Any = change_field(response.examples[0], ID, lambda made: answer.headers.get("x-request-id", made))
    headers = {name: it.get("example") for name, it in response.headers.items() if it.get("required")}
    wrong = replace(answer, status=response.status).with_json(said).with_header("Content-Type", "application/json")
    for name, value in headers.items():
        wrong = wrong.with_header(name, str(value))
    return wrong


def with_id(said: Answer, answer: Answer) -> Answer:
    """Return what was said before as if it were said now, with the request id of this answer wherever it has one."""
    fresh = answer.headers.get("x-request-id")
    if fresh is None:
        return said
    if values(document := said.json, ID):
        said = said.with_json(change_field(document, ID, lambda _: fresh))
    return said.with_header("X-Request-Id", fresh)


def _strip_details(answer: Answer) -> Answer:
    document = answer.json
    return answer.with_json(document["error"]) if isinstance(document, dict) and "error" in document else answer


BODIES: dict[str, tuple[str, Callable[[Answer], Answer]]] = {
    "none": ("has no body", lambda answer: replace(answer, body=b"")),
    "bare": ("is the error without the envelope around it", _strip_details),
    "cut": ("lacks the last byte of its body", lambda answer: replace(answer, body=answer.body[:-1])),
    "listed": ("is a list that holds the envelope", lambda answer: answer.with_json([answer.json])),
}


class _Served(Teller):
    """A lie that says the last success of the same world, or else of any, where a request is to be refused."""

    def __init__(self, operation: Operation, status: int) -> None:
        self._operation, self._status = operation, status
        self._last: dict[str, Answer] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        if asked.operation is not self._operation:
            return answer
        if answer.status == asked.operation.success.status:
            self._last[asked.world] = self._last[ANYWHERE] = answer
        elif answer.status == self._status and (last := self._last.get(asked.world, self._last.get(ANYWHERE))):
            return with_id(last, answer)
        return answer


class _Anybody(Teller):
    """A lie that asks again with a credential that was served."""

    def __init__(self, operation: Operation, status: int) -> None:
        self._operation, self._status = operation, status
        self._served: dict[str, str] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        if asked.operation is not self._operation:
            return answer
        if answer.status == asked.operation.success.status:
            self._served[asked.world] = asked.caller
        elif answer.status == self._status and asked.world in self._served:
            other = asked.ask(asked.request.with_header("Authorization", self._served[asked.world]))
            return answer if other.status == self._status else other
        return answer
