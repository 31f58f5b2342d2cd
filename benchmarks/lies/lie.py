"""A lie, and how it is told by a proxy before a correct server."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.lies.contract import Contract, Operation
from tests.proxy.behaviour import Behaviour
from tests.proxy.delivery import Delivery
from tests.proxy.messages import Answer, Request
from tests.proxy.stream import Stream

BASE = re.compile(r"(?P<world>.*?/v1)(?P<path>/.*)")
"""The address of an operation; before it stands a world, where the server has several."""
Ask = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for an operation."""

    operation: Operation
    params: dict[str, str]
    world: str
    path: str
    request: Request
    ask: Ask
    """The function that asks the server behind."""

    @property
    def caller(self) -> str:
        """The credential."""
        return self.request.headers.get("authorization", "")

    @property
    def target(self) -> str:
        """Return what is asked for, without who asks."""
        return self.request.path

    def ask_about(self, operation: Operation, **params: str) -> Request:
        """Return a request of this caller to another operation in this world, without a body."""
        path = re.sub(r"\{(\w+)\}", lambda it: {**self.params, **params}[it[1]], operation.path)
        return Request(operation.method, self.world + path, {"Host": "127.0.0.1", "Authorization": self.caller})


class Teller:
    """The part of a lie in one run, with what it remembers. By default it does nothing."""

    chunked = False
    """Whether answers leave without their length."""

    def replace_answer(self, asked: Asked) -> Answer | None:
        """Answer in the place of the server; None: it is asked. Several are asked at once."""

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
        """Say something in the place of an answer; None: it stays. One at a time, of every operation."""


class Says(Teller):
    """A lie that changes each answer of one operation and one status as a function of it says."""

    def __init__(self, operation: Operation, status: int, change: Callable[[Answer], Answer]) -> None:
        self._operation, self._status, self._change = operation, status, change

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        """Return the changed one."""
        if asked.operation is self._operation and answer.status == self._status:
            return self._change(answer)
        return answer


@dataclass(frozen=True, slots=True)
class Lie:
    """One small lie, told in all answers that it is about."""

    kind: str
    operation: str
    about: str
    sentence: str
    teller: Callable[[], Teller] = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """Return the name of the lie wherever the contract is the same."""
        return ":".join(it for it in (self.kind, self.operation, self.about) if it)


@dataclass
class Telling:
    """A lie at work before one server."""

    contract: Contract
    teller: Teller
    behind: str
    acted: int = 0
    """The number of answers that it has changed."""

    def make_behaviour(self) -> Behaviour:
        """Return what the proxy does."""
        return Behaviour(answers=self._answers, replaces=self._replace, delivers=self._deliver)

    def _answers(self, request: Request) -> Answer | None:
        asked = self._read_asked(request)
        answer = self.teller.replace_answer(asked) if asked else None
        self.acted += answer is not None
        return answer

    def _replace(self, request: Request, answer: Answer) -> Answer:
        asked = self._read_asked(request)
        if asked is None:
            return answer
        said = self.teller.tell(asked, answer) or answer
        if (said.status, said.body, said.headers.pairs) == (answer.status, answer.body, answer.headers.pairs):
            return answer
        self.acted += 1
        return said

    def _deliver(self, _: Request, answer: Answer, delivery: Delivery) -> Delivery:
        if self.teller.chunked and "content-length" not in answer.headers and answer.status == 200 and answer.body:
            return Delivery(chunked=True)
        return delivery

    def _read_asked(self, request: Request) -> Asked | None:
        address = BASE.fullmatch(request.path)
        found = self.contract.find_operation(request.method, address["path"]) if address else None
        if address is None or found is None:
            return None
        operation, params = found
        return Asked(operation, params, address["world"], address["path"], request, self._ask)

    def _ask(self, request: Request) -> Answer:
        at = urlsplit(self.behind)
        stream = Stream(socket.create_connection((at.hostname or "", at.port or 80), timeout=30))
        try:
            stream.send(request.with_header("Connection", "close").rendered())
            return stream.answer(request.method)[0]
        finally:
            stream.close()
