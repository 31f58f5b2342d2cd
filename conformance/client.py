"""The one way in which a request leaves the suite: counted, logged, limited, never redirected."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from threading import Barrier
from typing import Any

from conformance.connection import Connection
from conformance.exchange import Exchange, Headers, Request
from conformance.limiter import Limiter, LimitReached
from conformance.profile import ANONYMOUS, Credential, Limits, ProfileError
from conformance.pulse import Pulse
from conformance.reader import Answer, NoAnswer
from conformance.renewal import Renewals
from conformance.request_log import RequestLog, target_of
from conformance.variables import header_variable, token_variable, veiled
from conformance.wire import Thought, Wire, nothing

__all__ = ["Client", "Exchange", "LimitReached", "Request", "RequestLog"]

PATIENCE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between tries where the target or a gateway asks for patience without saying how long."""
SHORTEST_SECRET = 12
LONGEST_WAIT_S = 30.0
"""For one request, in all."""


class RanOut(LimitReached):
    """A caller's own credential is over, so nothing more can be sent for it."""


class Client:
    """Sends requests over kept connections and remembers every exchange until it is taken."""

    def __init__(
        self,
        limits: Limits | None = None,
        log: RequestLog | None = None,
        *,
        connection: Connection | None = None,
        limiter: Limiter | None = None,
        renewals: Renewals | None = None,
    ) -> None:
        self.sent = 0
        self.throttled = 0
        self.ran_out: str | None = None
        """Whose credential is over, once one is."""
        self.limiter = limiter or Limiter(limits or Limits())
        self._log = log
        self._taken: list[Exchange] = []
        self.masks: dict[str, str] = {}
        """Each secret that was sent, and the variable that stands for it in every report."""
        self._veiled: dict[str, str] = {}
        self._connection = connection or Connection()
        for name, value in self._connection.headers:
            self._keep_to_itself(value, header_variable(name))
        self._renewals = renewals or Renewals()
        self._wire = Wire(self._connection)
        self.pulse = Pulse(timeout_s=self._connection.timeout_s)

    def mask(self, token: str, variable: str) -> None:
        """Have a token shown by the name of this variable, never by itself."""
        self.masks[token] = variable

    def _keep_to_itself(self, secret: str, variable: str) -> None:
        """Mask what is long enough to be a secret; what is shorter would hide half of every answer."""
        if len(secret) >= SHORTEST_SECRET:
            self.masks.setdefault(secret, variable)

    def send(
        self,
        request: Request,
        credential: Credential,
        base_url: str,
        *,
        cleaning: bool = False,
        meanwhile: Thought = nothing,
    ) -> Exchange:
        """The exchange, also where no answer came; LimitReached where the profile forbids it.

        A 429 and a gateway's page are waited out a few times, a session that ran out is renewed;
        the last answer is what is returned. What is to be thought meanwhile is thought while the target works.
        """
        if not cleaning:
            self.pulse.check()
        exchange = self._patiently(request, credential, base_url, meanwhile, cleaning=cleaning)
        if exchange.status == 401 and self._renew(credential):
            exchange = self._patiently(request, credential, base_url, nothing, cleaning=cleaning)
        elif exchange.status and exchange.status != 401:
            self._renewals.accepted(credential)
        self._taken.append(exchange)
        self._feel(exchange)
        if exchange.status == 401 and (reason := self._renewals.ran_out(self._renewals.current(credential))):
            self.ran_out = reason
            raise RanOut(reason)
        return exchange

    def _patiently(
        self, request: Request, credential: Credential, base_url: str, meanwhile: Thought, *, cleaning: bool
    ) -> Exchange:
        waited = 0.0
        for pause in (*PATIENCE, None):
            begun = self._begin(request, self._renewals.current(credential), base_url, cleaning=cleaning)
            exchange = self._end(begun, meanwhile)
            if pause is None or not is_throttled(exchange):
                break
            self.throttled += 1
            # The target itself asks for the pause: there is no event to wait for.
            time.sleep(wait := min(_retry_after(exchange, pause), LONGEST_WAIT_S - waited))
            waited += wait
        return exchange

    def _renew(self, credential: Credential) -> bool:
        try:
            token = self._renewals.renewed(credential)
        except ProfileError as error:
            self.ran_out = str(error)
            raise RanOut(str(error)) from None
        if token is None:
            return False
        self.mask(token, token_variable(credential.label) or "TOKEN")
        return True

    def post(self, url: str, message: Mapping[str, Any]) -> tuple[int, Any, str]:
        """Ask the target's own side: status, JSON (None where it is none) and text of the answer.

        Such a request is none of the contract's, so it is logged but neither limited nor remembered;
        OSError where no answer came.
        """
        content = json.dumps(message).encode()
        request = Request(None, "POST", "", {}, headers=(("Content-Type", "application/json"),), content=content)
        if self._log:
            self._log.write(self.sent, ANONYMOUS, url, request)
        try:
            answer = self._outgoing(request, ANONYMOUS, url, ()).send(self._wire)
        except NoAnswer as error:
            raise OSError(str(error)) from None
        text = answer.body.decode("utf-8", "replace")
        try:
            return answer.status, json.loads(text), text
        except ValueError:
            return answer.status, None, text

    def take(self) -> list[Exchange]:
        """Every exchange since the last time this was asked, in order."""
        taken, self._taken = self._taken, []
        self.pulse.let_go()
        return taken

    def reconnect(self) -> None:
        """Leave the connections so far to whoever else has them, and send over others."""
        self._wire = Wire(self._connection)

    def close(self) -> None:
        """Close the connections and the log."""
        self._wire.close()
        if self._log:
            self._log.close()

    def send_together(self, requests: Sequence[Request], credential: Credential, base_url: str) -> tuple[Exchange, ...]:
        """The exchanges of requests that are under way at the same time, in the order in which they were given.

        They are admitted and logged in that order before the first goes out, so that the log is the same each time.
        """
        self.pulse.check()
        credential = self._renewals.current(credential)
        begun = [self._begin(request, credential, base_url, cleaning=False) for request in requests]
        start = Barrier(len(begun))

        def end(under_way: _UnderWay) -> Exchange:
            start.wait()
            return self._end(under_way)

        with ThreadPoolExecutor(len(begun)) as threads:
            exchanges = tuple(threads.map(end, begun))
        self._taken += exchanges
        for exchange in exchanges:
            self._feel(exchange)
        return exchanges

    def _feel(self, exchange: Exchange) -> None:
        json = "json" in exchange.media_type
        self.pulse.felt(_silence(exchange), exchange.elapsed_ms, size_of(exchange), json=json)

    def _begin(self, request: Request, credential: Credential, base_url: str, *, cleaning: bool) -> _UnderWay:
        """The request, admitted, counted and logged."""
        self.limiter.admit(request.method, cleaning=cleaning)
        self.sent += 1
        outgoing = self._outgoing(request, credential, base_url, self._connection.headers)
        request = self._masked(request)
        if self._log:
            self._log.write(self.sent, credential, base_url, request)
        shown = self._shown(credential)
        return _UnderWay(
            outgoing,
            Exchange(credential.label, request, base_url + target_of(request), 0, (), b"", 0.0, None, self.sent, shown),
        )

    def _end(self, under_way: _UnderWay, meanwhile: Thought = nothing) -> Exchange:
        """The exchange with the answer, or with why none came."""
        started = time.perf_counter()
        answer, failure = Answer(0, (), b""), None
        try:
            answer = under_way.outgoing.send(self._wire, meanwhile)
        except NoAnswer as error:
            failure = str(error)
        elapsed = (time.perf_counter() - started) * 1000
        return replace(
            under_way.exchange,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            elapsed_ms=elapsed,
            failure=failure,
        )

    def _shown(self, credential: Credential) -> str | None:
        """What stands in Authorization, the variable of each token in its place."""
        given = credential.authorization
        if given is None:
            return None
        if given not in self._veiled:
            veil = veiled(given, self.masks)
            known = "$" in veil or not given.partition(" ")[2]
            variable = token_variable(credential.label) or "TOKEN"
            self._veiled[given] = veil if known else f"Bearer ${variable}"
            if not known:
                self._keep_to_itself(given.partition(" ")[2], variable)
        return self._veiled[given]

    def _masked(self, request: Request) -> Request:
        if request.query:
            request = replace(request, query=veiled(request.query, self.masks))
        if self._connection.headers:
            shown = tuple((name, f"${header_variable(name)}") for name, _ in self._connection.headers)
            request = replace(request, headers=(*request.headers, *shown))
        return request

    def _outgoing(self, request: Request, credential: Credential, base_url: str, added: Headers) -> _Outgoing:
        headers = [("Accept", "*/*"), ("Accept-Encoding", "identity"), *request.headers, *added]
        if credential.authorization is not None:
            headers.append(("Authorization", credential.authorization))
        return _Outgoing(request.method, base_url, target_of(request), tuple(headers), request.content)


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A request as it goes out, its credential with it."""

    method: str
    base_url: str
    target: str
    headers: Headers = field(repr=False)
    content: bytes | None

    def send(self, wire: Wire, meanwhile: Thought = nothing) -> Answer:
        sent = self.method, self.base_url, self.target, self.headers, self.content
        return wire.exchange(*sent, meanwhile=meanwhile)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A request on its way, and its exchange as far as it is known."""

    outgoing: _Outgoing
    exchange: Exchange


def size_of(exchange: Exchange) -> int:
    """What an answer takes to be held, about: each header some hundred bytes beside its own."""
    return len(exchange.body) + sum(len(name) + len(value) + 200 for name, value in exchange.headers)


def is_throttled(exchange: Exchange) -> bool:
    """A limit or a gateway answered in the target's place: says nothing about the contract."""
    gateway = exchange.status in (502, 503, 504) and exchange.media_type != "application/json"
    return gateway or exchange.status == 429


def _silence(exchange: Exchange) -> str | None:
    """Why nothing came that can be judged, however patiently it was waited for."""
    return exchange.failure or (f"a limit or a gateway answers {exchange.status}" if is_throttled(exchange) else None)


def _retry_after(exchange: Exchange, otherwise: float) -> float:
    """Seconds to wait: as many as the answer says, up to a bound, in either form that RFC 9110 has."""
    given = (exchange.header("retry-after") or "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(given).timestamp() - time.time()
    except ValueError:
        return otherwise
    return min(max(until, 0.0), LONGEST_WAIT_S)
