"""The token without which a mock that is not on loopback takes no control call."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from mock_server.access.callers import NOBODY, Caller
from mock_server.errors import StartError, Unauthenticated
from mock_server.state.state import State


class ControlKey:
    """Knows the control token, as its hash."""

    def __init__(self, token: str) -> None:
        """StartError for what cannot be sent as a bearer credential."""
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise StartError("--control-token: it is one word of printable ASCII characters")
        self._digest = sha256(token.encode()).digest()

    def authenticate(self, token: str, _state: State, _now: datetime) -> Caller:
        """Return nobody in particular, who may; Unauthenticated for another token. It takes as long either way."""
        if not compare_digest(sha256(token.encode()).digest(), self._digest):
            raise Unauthenticated("It is not the control token that the mock was started with.")
        return NOBODY
