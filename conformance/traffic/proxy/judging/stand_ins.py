"""Stand-ins for credentials and secrets, so that neither what is judged nor what is recorded has any."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import quote, unquote_plus

from conformance.contract.contract import Operation
from conformance.http.exchange import Headers
from conformance.judging.observed import make_stand_in
from conformance.profile import Caller
from conformance.traffic.callers import SHORTEST
from conformance.traffic.client_judge import is_jwt, may_be_credential
from conformance.traffic.proxy.judging.order import OrderedExchange

MASK = "(masked)"
MOST_SOUGHT = 500
"""Credentials and secrets that are looked for in every text: those that came last."""
_MASKED = frozenset({"cookie", "set-cookie", "proxy-authorization", "x-api-key"})
_SCHEMES = frozenset({"bearer", "basic", "digest", "token"})


@dataclass(slots=True)
class StandIns:
    """The stand-ins for credentials and secrets, each the same wherever it comes again."""

    _fields: re.Pattern[bytes]
    """A secret in JSON, by the name of its field."""
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    """The names of callers, by credential."""
    _texts: dict[str, bytes] = field(default_factory=dict, repr=False)
    """The stand-ins in texts, by credential or secret: as long, so that lengths stay true."""

    @staticmethod
    def from_callers(callers: Iterable[Caller], secret_fields: Iterable[str]) -> StandIns:
        """Return the stand-ins of a profile, with the names that it gives them."""
        names = b"|".join(re.escape(each.encode()) for each in sorted(secret_fields))
        stand_ins = StandIns(re.compile(rb'("(?:%s)"\s*:\s*")((?:[^"\\]|\\.)*)(?=")' % names))
        for caller in callers:
            if caller.token:
                stand_ins._names[caller.token] = caller.name
                stand_ins._make_for(caller.token)
        return stand_ins

    def learn(self, ordered: OrderedExchange, operation: Operation | None) -> None:
        """Take note of the credentials and secrets of an exchange."""
        self._request_headers(ordered.begun.headers)
        self._replace_url(ordered.begun.url, operation)
        for message in (ordered.passed.request, ordered.passed.answer):
            for found in self._fields.finditer(message.body or b""):
                self._make_for(found[2].decode("utf-8", "replace"))

    def apply_to(self, ordered: OrderedExchange, operation: Operation | None) -> OrderedExchange:
        """Return the exchange with stand-ins in the place of all credentials and secrets that were met so far."""
        begun, passed = ordered.begun, ordered.passed
        headers, url = self._request_headers(begun.headers), self._replace_url(begun.url, operation)
        request = replace(passed.request, headers=headers, body=self._replace_body(passed.request.body))
        got = tuple(map(self._replace_header, passed.answer.headers))
        answer = replace(passed.answer, headers=got, body=self._replace_body(passed.answer.body))
        return replace(
            ordered,
            begun=replace(begun, url=self._replace_text(url), headers=headers),
            passed=replace(passed, request=request, answer=answer),
        )

    def _name(self, credential: str) -> str:
        """Return the name of whoever sends this credential."""
        if credential not in self._names:
            self._names[credential] = f"caller-{len(self._names) + 1}"
            self._make_for(credential)
        return self._names[credential]

    def _make_for(self, secret: str) -> bytes:
        if secret not in self._texts:
            if len(secret) < SHORTEST:  # it may stand in any text by chance
                return b"x" * len(secret.encode())
            self._texts[secret] = make_stand_in(len(self._texts), len(secret.encode())).encode()
        return self._texts[secret]

    def _request_headers(self, headers: Headers) -> Headers:
        return tuple(
            (name, self._replace_authorization(value))
            if name.lower() == "authorization"
            else self._replace_header((name, value))
            for name, value in headers
        )

    def _replace_authorization(self, value: str) -> str:
        scheme, _, credential = value.strip().partition(" ")
        if credential.strip():
            return f"{scheme} {self._name(credential.strip())}"
        return scheme if scheme.lower() in _SCHEMES or not scheme else self._name(scheme)

    def _replace_header(self, header: tuple[str, str]) -> tuple[str, str]:
        name, value = header
        return name, MASK if name.lower() in _MASKED else self._replace_text(value)

    def _replace_url(self, url: str, operation: Operation | None) -> str:
        path, mark, query = url.partition("?")
        return path + mark + "&".join(self._replace_parameter(each, operation) for each in query.split("&"))

    def _replace_parameter(self, pair: str, operation: Operation | None) -> str:
        name, separator, raw = pair.partition("=")
        key, value, taken = unquote_plus(name), unquote_plus(raw), operation.query_key if operation else None
        if not value or not (key == taken or value in self._names or may_be_credential(key, value)):
            return pair
        caller = self._name(value)
        if is_jwt(value):
            caller = f"ey.{caller}.of-somebody"
        elif key != taken and may_be_credential(key, value):
            caller += "-of-somebody"
        return name + separator + quote(caller)

    def _replace_text(self, text: str) -> str:
        for secret, replacement in self._list_sought():
            if secret in text:
                text = text.replace(secret, replacement.decode())
        return text

    def _replace_body(self, body: bytes | None) -> bytes | None:
        if not body:
            return body
        body = self._fields.sub(lambda found: found[1] + self._make_for(found[2].decode("utf-8", "replace")), body)
        for secret, replacement in self._list_sought():
            sought = secret.encode()
            if sought in body:
                body = body.replace(sought, replacement)
        return body

    def _list_sought(self) -> Iterable[tuple[str, bytes]]:
        return islice(reversed(self._texts.items()), MOST_SOUGHT)
