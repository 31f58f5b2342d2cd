"""The one client of the suite: each request is checked, limited, counted and logged; no redirect is followed."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlencode

from conformance.http.connection import Connection
from conformance.http.connection_pool import ConnectionPool, find_path
from conformance.http.exchange import IN_QUERY, SAFE, Exchange, Headers, Request
from conformance.http.gateways import send_until_answered
from conformance.http.health import TargetGone, TargetHealth
from conformance.http.limiter import CreatedObjects, Limiter, LimitReached
from conformance.http.reader import ConnectionClosed, NoAnswer, Response
from conformance.http.renewal import Renewals
from conformance.http.variables import SHORTEST_SECRET, list_forms, mask_text, name_header_variable, name_token_variable
from conformance.profile import ANONYMOUS, Credential, Limits, ProfileError
from conformance.values import copy_with


class RequestLog:
    """A file with a line of JSON for each request, without credentials and without the target's origin."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, number: int, credential: Credential, base_url: str, request: Request) -> None:
        """Append one request."""
        entry = {
            "number": number,
            "caller": credential.label,
            "operation_id": request.operation_id,
            "method": request.method,
            "target": find_path(base_url) + request.target,
            "headers": [list(pair) for pair in request.headers],
            "body": _make_loggable(request.content),
        }
        self._file.write(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _make_loggable(content: bytes | None) -> object:
    if content is None:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= 4096:
        return text
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


__all__ = ["Client", "Exchange", "LimitReached", "Request", "RequestLog"]


MOST_UNANSWERED = 15
"""Control requests in a row without an answer, repeated ones too, after which none is sent any more."""
_ONE_VARIABLE = re.compile(r"\S+ (?:\$\w+|\$\{\w+\})")


class CredentialExpired(LimitReached):
    """A caller's own credential is over, so nothing more can be sent for it."""


class Outgoing(NamedTuple):
    """A request that is about to be sent, for whom, and where to."""

    request: Request
    credential: Credential
    base_url: str


class Client:
    """A client that sends requests over kept connections and holds every exchange until it is taken."""

    def __init__(
        self,
        limits: Limits | None = None,
        log: RequestLog | None = None,
        *,
        connection: Connection | None = None,
        renewals: Renewals | None = None,
        check: Callable[[Request, str], CreatedObjects] | None = None,
        pool: ConnectionPool | None = None,
    ) -> None:
        """Make a client. `check`: takes a request and the name of its caller, before it is sent.

        It raises LimitReached where the request could do harm, and returns what it makes. `pool`: kept connections.
        """
        self.sent = 0
        self.throttled = 0
        self.expired: str | None = None  # why a caller's credential is over
        self.whoami: Request | None = None  # a request that every signed-in caller is served, once it is known
        self.masks: dict[str, str] = {}  # the secrets that were sent, and the variable that replaces each in reports
        self.limiter = Limiter(limits or Limits())
        self.renewals = renewals or Renewals()
        self._connection = connection or Connection()
        self.health = TargetHealth(timeout_s=self._connection.timeout_s)
        self._pool = pool or ConnectionPool(self._connection)
        self._check = check
        self._log = log
        self._taken: list[Exchange] = []
        self._unanswered = 0  # control requests in a row
        self._silent: set[str] = set()  # the operations that gave no answer however often they were asked
        self._masked_authorizations: dict[str, str] = {}  # as reports show each that was sent
        for name, value in self._connection.headers:
            self._mask_if_long(value, name_header_variable(name))

    def mask(self, token: str, variable: str) -> None:
        """Have every report show a token by the name of this variable."""
        for form, name in list_forms(token, variable):
            self.masks[form] = name

    def _mask_if_long(self, secret: str, variable: str) -> None:
        """Mask what is long enough for a secret; a shorter text would hide half of every answer."""
        if len(secret) >= SHORTEST_SECRET:
            for form, name in list_forms(secret, variable):
                self.masks.setdefault(form, name)

    def send(
        self, request: Request, credential: Credential, base_url: str, *, cleaning: bool = False, harmless: bool = False
    ) -> Exchange:
        """Return the exchange, also where no answer came; LimitReached where the request may not be sent.

        A 429 and a gateway's page are waited out a few times, and an expired session is renewed; where the connection
        was closed in the place of an answer the request is repeated if it did not reach the target, or does no harm
        (`harmless`: a right server refuses it). The last answer is returned.
        """
        if not cleaning:
            self.health.check()
        harmless = harmless or request.method in SAFE
        exchange = self._send_until_answered(request, credential, base_url, cleaning=cleaning, harmless=harmless)
        self._taken.append(exchange)
        self.health.record(exchange)
        if exchange.status == 401:
            self._check_session(credential, base_url, cleaning=cleaning)
        return exchange

    def _send_until_answered(
        self, request: Request, credential: Credential, base_url: str, *, cleaning: bool, harmless: bool
    ) -> Exchange:
        send = partial(self._send_with_renewal, request, credential, base_url, cleaning=cleaning, harmless=harmless)
        asked = request.operation_id or f"{request.method} {request.path}"
        exchange, throttled = send_until_answered(
            send, harmless=harmless, insists=asked not in self._silent, until=self._find_deadline(cleaning=cleaning)
        )
        self.throttled += throttled
        self.health.answered_later += exchange.failure is None and exchange.tries > 1 + throttled
        if exchange.is_hopeless:
            self._silent.add(asked)
        return exchange

    def _find_deadline(self, *, cleaning: bool) -> float:
        """Return when the run's time is over, on the monotonic clock; what was made is removed after that too."""
        return math.inf if cleaning or self.health.ends_at is None else self.health.ends_at

    def _send_with_renewal(
        self, request: Request, credential: Credential, base_url: str, *, cleaning: bool, harmless: bool
    ) -> Exchange:
        """Return the exchange; where the caller's session was refused, the one with a renewed session."""
        exchange = self._admit(request, credential, base_url, cleaning=cleaning, harmless=harmless)()
        if exchange.status == 401 and self._renew(credential):
            exchange = self._admit(request, credential, base_url, cleaning=cleaning, harmless=harmless)()
        return exchange

    def _renew(self, credential: Credential) -> bool:
        try:
            token = self.renewals.renew(credential)
        except ProfileError as error:
            self._stop_for(str(error))
        if token is None:
            return False
        self.mask(token, name_token_variable(credential.label) or "TOKEN")
        return True

    def _check_session(self, credential: Credential, base_url: str, *, cleaning: bool) -> None:
        """Raise CredentialExpired where a 401 says of the caller's session that it is over, and nothing else.

        Where a renewed session is refused at once, either it is invalid or the target is wrong: `whoami` tells which.
        """
        if reason := self.renewals.explain_expired(credential):
            self._stop_for(reason)
        usual = self.renewals.find_bearer(credential)
        if usual is None or not self._renew(usual):
            return
        answer = (
            self._send_until_answered(self.whoami, usual, base_url, cleaning=cleaning, harmless=True)
            if self.whoami
            else None
        )
        if answer is None or not answer.has_succeeded:
            self._stop_for(f"callers.{credential.label}.token_command: the target refuses what it has just printed")

    def _stop_for(self, reason: str) -> NoReturn:
        self.expired = reason
        raise CredentialExpired(reason)

    def post(self, url: str, message: Mapping[str, Any], *, cleaning: bool = False, creates: bool = False) -> Exchange:
        """Return the exchange of a control request; LimitReached where the profile forbids it.

        Such a request is none of the contract's, so it is logged and limited, but its exchange is not held. TargetGone
        once many in a row got no answer: none is sent any more.
        """
        if self._unanswered >= MOST_UNANSWERED:
            raise TargetGone(f"{url}: stopped answering")
        makes = CreatedObjects.OBJECT if creates else CreatedObjects.NOTHING
        self.limiter.admit("POST", cleaning=cleaning, creates=makes)
        content = json.dumps(message).encode()
        request = Request(None, "POST", "", {}, headers=(("Content-Type", "application/json"),), content=content)
        if self._log:
            self._log.write(self.sent, ANONYMOUS, url, request.mask(self.masks))
        send = partial(self._pool.exchange, "POST", url, "", _build_sent_headers(request, ANONYMOUS), content)
        asked = Exchange(ANONYMOUS.label, request, url, 0, (), b"", 0.0)
        exchange = self._complete_exchange(asked, send, creates=makes)
        self._unanswered = self._unanswered + 1 if exchange.failure else 0
        return exchange

    def share_masks(self, other: Client) -> None:
        """Take over the secrets that another client masks, and its masked credentials."""
        self.masks |= other.masks
        self._masked_authorizations = dict(other._masked_authorizations)

    def take(self, *, raised: bool = True) -> list[Exchange]:
        """Return every exchange since the last call, in order; `raised`: whether an exception may hold them still."""
        taken, self._taken = self._taken, []
        self.health.release(raised=raised)
        return taken

    def reconnect(self) -> None:
        """Use new connections; a forked process must not share the ones so far."""
        self._pool = ConnectionPool(self._connection)

    def close(self) -> None:
        """Close the connections and the log."""
        self._pool.close()
        if self._log:
            self._log.close()

    def send_together(self, asked: Sequence[Outgoing]) -> tuple[Exchange, ...]:
        """Return the exchanges of requests that are sent at the same time, in the order given.

        They are admitted and logged in that order before the first is sent, so that the log is the same each time.
        """
        self.health.check()
        exchanges = self._send_in_parallel(asked)
        for n, exchange in enumerate(exchanges):
            if exchange.is_unheard:
                second = self._admit(*asked[n], cleaning=False)()
                exchanges[n] = replace(second, is_repeated=asked[n].request.method not in SAFE)
        while again := self._find_renewable(asked, exchanges):
            # A refused request has changed nothing, so it may be sent again.
            renewed = self._send_in_parallel([asked[n] for n in again])
            for n, exchange in zip(again, renewed, strict=True):
                exchanges[n] = exchange
            if all(exchange.status == 401 for exchange in renewed):
                break
        self._taken += exchanges
        for exchange in exchanges:
            self.health.record(exchange)
        refused = {asked[n].credential: asked[n] for n, it in enumerate(exchanges) if it.status == 401}
        for each in refused.values():
            self._check_session(each.credential, each.base_url, cleaning=False)
        return tuple(exchanges)

    def _find_renewable(self, asked: Sequence[Outgoing], exchanges: Sequence[Exchange]) -> list[int]:
        """Return the places of requests that were refused, and whose session has been renewed since."""
        refused = [n for n, exchange in enumerate(exchanges) if exchange.status == 401]
        renewed = {each: self._renew(each) for each in dict.fromkeys(asked[n].credential for n in refused)}
        return [n for n in refused if renewed[asked[n].credential]]

    def _send_in_parallel(self, asked: Sequence[Outgoing]) -> list[Exchange]:
        admitted = [self._admit(*each, cleaning=False) for each in asked]
        start = Barrier(len(admitted))

        def exchange(send: Callable[[], Exchange]) -> Exchange:
            start.wait()
            return send()

        with ThreadPoolExecutor(len(admitted)) as threads:
            return list(threads.map(exchange, admitted))

    def _admit(
        self, request: Request, credential: Credential, base_url: str, *, cleaning: bool, harmless: bool = False
    ) -> Callable[[], Exchange]:
        """Check, admit, count and log the request; return what sends it."""
        credential = self.renewals.get_current(credential)
        creates = self._check(request, credential.label) if self._check else CreatedObjects.NOTHING
        if (
            harmless and creates is CreatedObjects.LASTING
        ):  # a right server refuses it, and max_lasting is for what it serves
            creates = CreatedObjects.OBJECT
        self.limiter.admit(request.method, cleaning=cleaning, creates=creates)
        self.sent += 1
        headers = _build_sent_headers(request, credential, self._connection.headers)
        sent, shown = _with_key(request, credential), self._mask_request(request)
        if self._log:
            self._log.write(self.sent, credential, base_url, shown.mask(self.masks))
        url, authorization = base_url + self._mask_request(sent).target, self._mask_authorization(credential)
        exchange = Exchange(credential.label, shown, url, 0, (), b"", 0.0, None, self.sent, authorization)
        placed = IN_QUERY if credential.query else credential.header
        if placed != exchange.authorized_by:
            exchange = replace(exchange, authorized_by=placed)
        what = (request.method, base_url, sent.target, headers, request.content)
        send = partial(
            self._pool.exchange, *what, reading=request.reading, until=self._find_deadline(cleaning=cleaning)
        )
        return partial(self._complete_exchange, exchange, send, creates=creates)

    def _complete_exchange(
        self, exchange: Exchange, send: Callable[[], Response], *, creates: CreatedObjects
    ) -> Exchange:
        """Return the exchange with the answer, or with the reason why none came."""
        started = time.perf_counter()
        answer, lost = Response(0, (), b""), None
        try:
            answer = send()
        except NoAnswer as error:
            lost = error
        elapsed = (time.perf_counter() - started) * 1000
        if creates and 400 <= answer.status < 500:
            self.limiter.note_nothing_created(creates)
        return copy_with(
            exchange,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            is_reframed=answer.is_reframed,
            elapsed_ms=elapsed,
            started=started,
            failure=str(lost) if lost else None,
            repeats=self._count_repeats(lost),
            is_unheard=isinstance(lost, ConnectionClosed) and lost.unheard,
        )

    def _count_repeats(self, lost: NoAnswer | None) -> int:
        """Return the number of times that a request which got no answer for this reason is worth sending again."""
        repeats = lost.repeats if lost else 0
        return repeats + self.health.further_tries if repeats > 1 else repeats

    def _mask_authorization(self, credential: Credential) -> str | None:
        """Return the Authorization header with the variable of each token in its place."""
        given = credential.authorization
        if given is None:
            return None
        if given not in self._masked_authorizations:
            shown = mask_text(given, self.masks)
            # A token that is made of parts of others is none of them.
            known = _ONE_VARIABLE.fullmatch(shown) is not None or not given.partition(" ")[2]
            variable = name_token_variable(credential.label) or "TOKEN"
            self._masked_authorizations[given] = shown if known else f"Bearer ${variable}"
            if not known:
                self._mask_if_long(given.partition(" ")[2], variable)
        return self._masked_authorizations[given]

    def _mask_request(self, request: Request) -> Request:
        if request.query:
            request = replace(request, query=mask_text(request.query, self.masks))
        if self._connection.headers:
            shown = tuple((name, f"${name_header_variable(name)}") for name, _ in self._connection.headers)
            request = replace(request, headers=(*request.headers, *shown))
        return request


def _with_key(request: Request, credential: Credential) -> Request:
    """Return the request with the credential in its query, where it goes there."""
    if credential.query is None or credential.authorization is None:
        return request
    pair = urlencode({credential.query: credential.authorization})
    return replace(request, query=f"{request.query}&{pair}" if request.query else pair)


def _build_sent_headers(request: Request, credential: Credential, added: Headers = ()) -> Headers:
    """Return the headers of a request, the credential and those that every request gets among them."""
    accept = () if request.find_header("accept") else (("Accept", "*/*"),)
    headers = (*accept, ("Accept-Encoding", "identity"), *request.headers, *added)
    authorization = None if credential.query else credential.authorization
    return headers if authorization is None else (*headers, (credential.header, authorization))
