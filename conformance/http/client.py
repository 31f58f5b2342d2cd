"""The one way in which a request leaves the suite: counted, logged, limited, never redirected."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any, NoReturn, Protocol

from conformance.http.connection import Connection
from conformance.http.exchange import SAFE, Exchange, Request
from conformance.http.limiter import Limiter, LimitReached
from conformance.http.outgoing import Outgoing
from conformance.http.pulse import Pulse
from conformance.http.reader import Answer, NoAnswer
from conformance.http.renewal import Renewals
from conformance.http.request_log import RequestLog, target_of
from conformance.http.throttling import LONGEST_WAIT_S, PATIENCE, is_throttled, retry_after, silence, size_of
from conformance.http.variables import header_variable, token_variable, veiled
from conformance.http.wire import Thought, Wire, nothing
from conformance.profile import ANONYMOUS, Credential, Limits, ProfileError

__all__ = ["Client", "Exchange", "LimitReached", "Request", "RequestLog"]

SHORTEST_SECRET = 12


class RanOut(LimitReached):
    """A caller's own credential is over, so nothing more can be sent for it."""


class RequestCheck(Protocol):
    """A check of each request before it is sent."""

    def check(self, request: Request, caller: str) -> None:
        """Raise LimitReached where the request, sent under this caller's name, could do harm."""

    def creates(self, request: Request) -> bool:
        """Return whether the request makes an object if it succeeds."""


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
        check: RequestCheck | None = None,
    ) -> None:
        self._check = check
        self.sent = 0
        self.throttled = 0
        self.ran_out: str | None = None
        """Whose credential is over, once one is."""
        self.whoami: Request | None = None
        """What any caller is served, once it is known."""
        self.limiter = limiter or Limiter(limits or Limits())
        self._log = log
        self._taken: list[Exchange] = []
        self.masks: dict[str, str] = {}
        """Each secret that was sent, and the variable that stands for it in every report."""
        self._veiled: dict[str, str] = {}
        self._connection = connection or Connection()
        for name, value in self._connection.headers:
            self._keep_to_itself(value, header_variable(name))
        self.renewals = renewals or Renewals()
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
        self._taken.append(exchange)
        self._feel(exchange)
        if exchange.status == 401:
            self._check_session(credential, base_url, cleaning=cleaning)
        return exchange

    def _patiently(
        self, request: Request, credential: Credential, base_url: str, meanwhile: Thought, *, cleaning: bool
    ) -> Exchange:
        waited, repeated = 0.0, False
        for pause in (*PATIENCE, None):
            exchange = self._signed_in(request, credential, base_url, meanwhile, cleaning=cleaning)
            if pause is None or not is_throttled(exchange):
                break
            self.throttled += 1
            repeated = repeated or (exchange.status != 429 and request.method not in SAFE)
            # The target itself asks for the pause: there is no event to wait for.
            time.sleep(wait := min(retry_after(exchange, pause), LONGEST_WAIT_S - waited))
            waited += wait
        return replace(exchange, repeated=True) if repeated else exchange

    def _signed_in(
        self, request: Request, credential: Credential, base_url: str, meanwhile: Thought, *, cleaning: bool
    ) -> Exchange:
        """The exchange; where the caller's session was refused, the one with a fresh session."""
        begun = self._begin(request, self.renewals.current(credential), base_url, cleaning=cleaning)
        exchange = self._end(begun, meanwhile)
        if exchange.status == 401 and self._renew(credential):
            exchange = self._end(self._begin(request, self.renewals.current(credential), base_url, cleaning=cleaning))
        return exchange

    def _renew(self, credential: Credential) -> bool:
        try:
            token = self.renewals.renewed(credential)
        except ProfileError as error:
            self._give_up(str(error))
        if token is None:
            return False
        self.mask(token, token_variable(credential.label) or "TOKEN")
        return True

    def _check_session(self, credential: Credential, base_url: str, *, cleaning: bool) -> None:
        """After a 401 that stands: RanOut where it says of the caller's session that it is over, and nothing else.

        A fresh session that was refused at once is either none, or the target is wrong: `whoami` tells which.
        """
        if reason := self.renewals.ran_out(credential):
            self._give_up(reason)
        usual = self.renewals.usual(credential)
        if usual is None or not self._renew(usual):
            return
        answer = self._patiently(self.whoami, usual, base_url, nothing, cleaning=cleaning) if self.whoami else None
        if answer is None or not answer.succeeded:
            self._give_up(f"callers.{credential.label}.token_command: the target refuses what it has just printed")

    def _give_up(self, reason: str) -> NoReturn:
        self.ran_out = reason
        raise RanOut(reason)

    def post(
        self, url: str, message: Mapping[str, Any], *, cleaning: bool = False, creates: bool = False
    ) -> tuple[int, Any, str]:
        """Ask the target's own side: status, JSON (None where it is none) and text of the answer.

        Such a request is none of the contract's, so it is logged and limited, but not remembered;
        OSError where no answer came, LimitReached where the profile forbids it.
        """
        self.limiter.admit("POST", cleaning=cleaning, creates=creates)
        content = json.dumps(message).encode()
        request = Request(None, "POST", "", {}, headers=(("Content-Type", "application/json"),), content=content)
        if self._log:
            self._log.write(self.sent, ANONYMOUS, url, request)
        try:
            answer = Outgoing.made(request, ANONYMOUS, url, ()).send(self._wire)
        except NoAnswer as error:
            raise OSError(str(error)) from None
        if creates and 400 <= answer.status < 500:
            self.limiter.created_nothing()
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
        exchanges = self._at_once(requests, credential, base_url)
        while (refused := [n for n, it in enumerate(exchanges) if it.status == 401]) and self._renew(credential):
            # What was refused has done nothing, so it may be sent again.
            again = self._at_once([requests[n] for n in refused], credential, base_url)
            for n, exchange in zip(refused, again, strict=True):
                exchanges[n] = exchange
            if all(exchange.status == 401 for exchange in again):
                break
        self._taken += exchanges
        for exchange in exchanges:
            self._feel(exchange)
        if refused:
            self._check_session(credential, base_url, cleaning=False)
        return tuple(exchanges)

    def _at_once(self, requests: Sequence[Request], credential: Credential, base_url: str) -> list[Exchange]:
        credential = self.renewals.current(credential)
        begun = [self._begin(request, credential, base_url, cleaning=False) for request in requests]
        start = Barrier(len(begun))

        def end(under_way: _UnderWay) -> Exchange:
            start.wait()
            return self._end(under_way)

        with ThreadPoolExecutor(len(begun)) as threads:
            return list(threads.map(end, begun))

    def _feel(self, exchange: Exchange) -> None:
        self.pulse.felt(silence(exchange), exchange.elapsed_ms, size_of(exchange), json="json" in exchange.media_type)

    def _begin(self, request: Request, credential: Credential, base_url: str, *, cleaning: bool) -> _UnderWay:
        """The request, admitted, counted and logged."""
        if self._check:
            self._check.check(request, credential.label)
        creates = self._check is not None and self._check.creates(request)
        self.limiter.admit(request.method, cleaning=cleaning, creates=creates)
        self.sent += 1
        outgoing = Outgoing.made(request, credential, base_url, self._connection.headers)
        request = self._masked(request)
        if self._log:
            self._log.write(self.sent, credential, base_url, request)
        shown = self._shown(credential)
        return _UnderWay(
            outgoing,
            Exchange(credential.label, request, base_url + target_of(request), 0, (), b"", 0.0, None, self.sent, shown),
            creates,
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
        if under_way.creates and 400 <= answer.status < 500:
            self.limiter.created_nothing()
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


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A request on its way, and its exchange as far as it is known."""

    outgoing: Outgoing
    exchange: Exchange
    creates: bool
    """Whether it makes an object if it succeeds."""
