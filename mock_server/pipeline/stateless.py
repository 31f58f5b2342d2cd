"""Operations of the contract for which the mock has no function: they answer with their declared examples.

Every gate works for them as for others, since none needs a function. Nothing is read from the state or changed in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mock_server.contract.compiled import Contract, Operation
from mock_server.contract.forced import make_undeclared
from mock_server.contract.samples import Sample
from mock_server.operation import Reply
from mock_server.pipeline.destination import Serve
from mock_server.pipeline.performing import render_checked
from mock_server.pipeline.response_check import find_breach
from mock_server.state.state import make_request_id as some_request_id
from mock_server.worlds.answer import Answer, render
from mock_server.worlds.call import Call

HEADER = "X-Mock-Stateless"
"""Marks what an operation without a function answers."""
WITHOUT_EXAMPLE = 501
"""The status where no example fits its schema; the contract does not declare it."""

_MARK = ((HEADER, "true"),)
_STATUSES = range(200, 400)


class ExampleAnswer(Struct, frozen=True):
    """The answer of an operation without a function: an example, or else why it has none."""

    operation: Operation
    status: int
    sample: Sample | None
    problem: str | None = None

    @property
    def reply(self) -> Reply:
        """The example, marked; ForcedAnswer where there is none."""
        if self.sample is None:
            message = (
                f"The mock has no function for {self.operation.id}, and no example to answer with: {self.problem}. "
                "Give a response of it an example that fits its schema."
            )
            refusal = make_undeclared(self.status, code="not_implemented", message=message)
            refusal.headers += _MARK
            raise refusal
        return _make_reply(self.status, self.sample)


ExampleAnswers = Mapping[str, ExampleAnswer]
"""The answers by the ids of their operations."""


def find_example_answers(contract: Contract) -> ExampleAnswers:
    """Return the answers of those operations of a contract that have no function."""
    return {each.id: _find_example(contract, each) for each in contract.operations.values() if each.handler is None}


def with_examples(serve: Serve, examples: ExampleAnswers) -> Serve:
    """Return what serves every operation; without examples it is `serve` itself."""
    if not examples:
        return serve

    def serve_or_example(call: Call, *rest: Any) -> Any:
        example = examples.get(call.operation.id)
        return serve(call, *rest) if example is None else _answer(example, call, rest[1])

    return serve_or_example


def _answer(example: ExampleAnswer, call: Call, request_id: str) -> Answer:
    call.stateless = True
    return render_checked(call, example.reply, request_id)


def describe_example(example: ExampleAnswer, reason: str | None) -> dict[str, Any]:
    """Return an operation without a function as JSON has it, with the reason why it does not follow."""
    operation = example.operation
    record = {"operation_id": operation.id, "method": operation.method, "path": operation.path}
    problem = {} if example.problem is None else {"problem": example.problem}
    known = {} if reason is None else {"reason": reason}
    return {**record, "status": example.status, **problem, **known}


def describe_stateless(examples: ExampleAnswers) -> Iterator[str]:
    """Yield what whoever starts the mock has to know of these operations, as sentences."""
    if shown := [each.operation.id for each in examples.values() if each.sample is not None]:
        yield f"the mock has no function for {', '.join(shown)}: examples of the contract are answered, marked {HEADER}"
    for each in examples.values():
        if each.sample is None:
            yield f"the mock has no function for {each.operation.id}, and answers {each.status}: {each.problem}"


def _find_example(contract: Contract, operation: Operation) -> ExampleAnswer:
    """Return the first example of a success that the contract itself allows."""
    problem = None
    for status in sorted(operation.responses.keys() & set(_STATUSES)):
        for sample in operation.responses[status].samples:
            answer = render(_make_reply(status, sample), some_request_id(0, 0))
            misfit = find_breach(contract, operation, answer)
            if misfit is None:
                return ExampleAnswer(operation, status, sample)
            problem = problem or f"the example of its {status} does not fit: {misfit}"
    return ExampleAnswer(operation, WITHOUT_EXAMPLE, None, problem or "no response that is a success has one")


def _make_reply(status: int, sample: Sample) -> Reply:
    return Reply(status, sample.body, sample.media_type, sample.headers + _MARK)
