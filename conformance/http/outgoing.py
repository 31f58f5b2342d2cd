"""A request as it goes out, its credential with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.http.exchange import Headers, Request
from conformance.http.reader import Answer
from conformance.http.request_log import target_of
from conformance.http.wire import Thought, Wire, nothing
from conformance.profile import Credential


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What stands on the wire."""

    method: str
    base_url: str
    target: str
    headers: Headers = field(repr=False)
    content: bytes | None

    @staticmethod
    def made(request: Request, credential: Credential, base_url: str, added: Headers) -> Outgoing:
        """The request with the credential and the headers that every request gets."""
        headers = [("Accept", "*/*"), ("Accept-Encoding", "identity"), *request.headers, *added]
        if credential.authorization is not None:
            headers.append(("Authorization", credential.authorization))
        return Outgoing(request.method, base_url, target_of(request), tuple(headers), request.content)

    def send(self, wire: Wire, meanwhile: Thought = nothing) -> Answer:
        """The answer; NoAnswer where none came. What is to be thought meanwhile is thought while the target works."""
        sent = self.method, self.base_url, self.target, self.headers, self.content
        return wire.exchange(*sent, meanwhile=meanwhile)
