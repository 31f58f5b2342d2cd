"""Sign-in and sign-out of a browser by a cookie, as on the sign-in page of Evershell."""

from __future__ import annotations

from urllib.parse import quote

from mock_server.access.cookies import clear_cookie, set_cookie
from mock_server.access.origins import how_to_let_in, origin_of
from mock_server.contract.schema import shorten
from mock_server.control import ControlContext, control
from mock_server.control.identity.own_names import address_of, is_other_name, page_of_other_name, policy, signing_in
from mock_server.control.identity.personas import persona_named
from mock_server.errors import PermissionDenied, ValidationFailed
from mock_server.resources.operation import Reply, Request

_URL_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"
"""What may stand in a URL beside letters and digits (RFC 3986)."""


@control("login.get")
async def login(context: ControlContext, request: Request) -> Reply:
    """Set the session cookie of a person, and redirect to `return_to`.

    Raises PersonaUnknown; ValidationFailed for an API key and for a `return_to` that is no URL; PermissionDenied
    for one whose origin is not allowed.
    """
    persona = persona_named(context, request.query["persona"])
    if persona.caller.kind != "session":
        raise ValidationFailed(fields={"persona": "It is an API key; only a person signs in."})
    cookie = ("Set-Cookie", set_cookie(persona.token, for_page=_is_cross_site(context, request)))
    if "return_to" not in request.query:
        return Reply(200, {"persona": persona.name}, headers=(cookie,))
    back = _return_address(context, request.query["return_to"])
    host, also = _header(request, b"host"), request.query.get("also", "")
    if _header(request, b"sec-fetch-mode") != "navigate":  # it keeps no cookies by site
        return _redirect(back, cookie)
    if is_other_name(host, also):
        document = signing_in(address_of(also, persona=persona.name), back)
        headers = (cookie, ("Content-Security-Policy", policy(also)), ("Referrer-Policy", "no-referrer"))
        return Reply(200, document, "text/html; charset=utf-8", headers=headers)
    if (ours := page_of_other_name(host, back)) is not None:
        address = address_of(ours, persona=persona.name, return_to=back, also=f"http://{host}")
        return _redirect(address, cookie)
    return _redirect(back, cookie)


@control("logout.create")
async def logout(context: ControlContext, request: Request) -> Reply:
    """Delete the session cookie of the browser."""
    cookie = clear_cookie(for_page=_is_cross_site(context, request))
    return Reply(200, {"status": "signed_out"}, headers=(("Set-Cookie", cookie),))


def _is_cross_site(context: ControlContext, request: Request) -> bool:
    """Whether a page of another site asks, whose origin is allowed."""
    cross_site = _header(request, b"sec-fetch-site") == "cross-site"
    return cross_site and context.origins.allows(_header(request, b"origin"))


def _header(request: Request, name: bytes) -> str:
    return request.sent_headers.get(name, b"").decode("latin-1")


def _redirect(address: str, cookie: tuple[str, str]) -> Reply:
    return Reply(302, b"", headers=(cookie, ("Location", address)))


def _return_address(context: ControlContext, url: str) -> str:
    origin = origin_of(url)
    if origin is None:
        raise ValidationFailed(fields={"return_to": "It is not an absolute URL, such as http://localhost:5173/."})
    if not context.origins.allows(origin):
        raise PermissionDenied(f"Nobody is sent to {shorten(origin)}; {how_to_let_in(origin)}.")
    return origin + quote(url[len(origin) :], safe=_URL_CHARACTERS)
