"""Signing a browser in, as the sign-in page of Evershell does: a cookie, and the way back; and out again."""

from __future__ import annotations

from urllib.parse import quote

from mock_server.control import Desk, control
from mock_server.control.personas import persona_named
from mock_server.cookies import clear_cookie, set_cookie
from mock_server.errors import PermissionDenied, ValidationFailed
from mock_server.operations import Reply, Request
from mock_server.origins import how_to_let_in, origin_of
from mock_server.schema import shorten

_AS_IT_IS = "!#$%&'()*+,-./:;=?@[]_~"
"""What may stand in a URL beside letters and digits (RFC 3986)."""


@control("login.get")
async def login(desk: Desk, request: Request) -> Reply:
    """Set the session cookie of a person, and return to where they came from.

    PersonaUnknown where there is nobody of this name; ValidationFailed for an API key, and for a way back
    that is no URL; PermissionDenied for one that leads to an origin which is not let in.
    """
    persona = persona_named(desk, request.query["persona"])
    if persona.caller.kind != "session":
        raise ValidationFailed(fields={"persona": "It is an API key; only a person signs in."})
    cookie = ("Set-Cookie", set_cookie(persona.token))
    if "return_to" not in request.query:
        return Reply(200, {"persona": persona.name}, headers=(cookie,))
    return Reply(302, b"", headers=(cookie, ("Location", _way_back(desk, request.query["return_to"]))))


@control("logout.create")
async def logout(_desk: Desk, _request: Request) -> Reply:
    """Let the browser forget its session cookie."""
    return Reply(200, {"status": "signed_out"}, headers=(("Set-Cookie", clear_cookie()),))


def _way_back(desk: Desk, url: str) -> str:
    origin = origin_of(url)
    if origin is None:
        raise ValidationFailed(fields={"return_to": "It is not an absolute URL, such as http://localhost:5173/."})
    if not desk.origins.allows(origin):
        raise PermissionDenied(f"Nobody is sent to {shorten(origin)}; {how_to_let_in(origin)}.")
    return origin + quote(url[len(origin) :], safe=_AS_IT_IS)
