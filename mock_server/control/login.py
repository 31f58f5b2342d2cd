"""Sign-in and sign-out of a browser by a cookie, as on the sign-in page of Evershell.

A browser takes the names of this machine (`localhost`, `127.0.0.1`) for different sites: it sends no cookie from a
page of one to the other, unless the mock set it under that name while a document of the page's own name was open.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import quote, urlencode, urlsplit

from mock_server.access.cookies import clear_cookie, set_cookie
from mock_server.access.origins import explain_letting_in, read_origin
from mock_server.contract.schema import shorten
from mock_server.control import ControlContext, control
from mock_server.control.tokens import find_persona
from mock_server.errors import PermissionDenied, ValidationFailed
from mock_server.operation import Reply, Request

_URL_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"
"""The characters that may stand in a URL beside letters and digits (RFC 3986)."""

_SCRIPT = """
const back = document.getElementById('back');
const image = new Image();
image.crossOrigin = 'use-credentials';
image.onload = image.onerror = () => location.replace(back.href);
image.src = back.dataset.also;
document.body.append(image);
"""
"""Sends a request as a page does, and goes on whatever the answer is, before the document has loaded."""
_SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()


@control("login.get")
async def sign_in(context: ControlContext, request: Request) -> Reply:
    """Set the session cookie of a person, and redirect to `return_to`.

    Raises PersonaUnknown; ValidationFailed for an API key and for a `return_to` that is no URL; PermissionDenied
    for one whose origin is not allowed.
    """
    persona = find_persona(context, request.query["persona"])
    if persona.caller.kind != "session":
        raise ValidationFailed(fields={"persona": "It is an API key; only a person signs in."})
    cookie = ("Set-Cookie", set_cookie(persona.token, for_page=_is_cross_site(context, request)))
    if "return_to" not in request.query:
        return Reply(200, {"persona": persona.name}, headers=(cookie,))
    back = _read_return_address(context, request.query["return_to"])
    host, also = _read_header(request, b"host"), request.query.get("also", "")
    if _read_header(request, b"sec-fetch-mode") != "navigate":  # it keeps no cookies by site
        return _redirect(back, cookie)
    if also == _find_origin_named(host, also):
        document = _make_page(_make_address(also, persona=persona.name), back)
        headers = (cookie, ("Content-Security-Policy", _make_policy(also)), ("Referrer-Policy", "no-referrer"))
        return Reply(200, document, "text/html; charset=utf-8", headers=headers)
    if (ours := _find_origin_named(host, back)) is not None:
        address = _make_address(ours, persona=persona.name, return_to=back, also=f"http://{host}")
        return _redirect(address, cookie)
    return _redirect(back, cookie)


@control("logout.create")
async def sign_out(context: ControlContext, request: Request) -> Reply:
    """Delete the session cookie of the browser."""
    cookie = clear_cookie(for_page=_is_cross_site(context, request))
    return Reply(200, {"status": "signed_out"}, headers=(("Set-Cookie", cookie),))


def _is_cross_site(context: ControlContext, request: Request) -> bool:
    """Whether a page of another site asks, whose origin is allowed."""
    cross_site = _read_header(request, b"sec-fetch-site") == "cross-site"
    return cross_site and context.origins.allows(_read_header(request, b"origin"))


def _read_header(request: Request, name: bytes) -> str:
    return request.sent_headers.get(name, b"").decode("latin-1")


def _redirect(address: str, cookie: tuple[str, str]) -> Reply:
    return Reply(302, b"", headers=(cookie, ("Location", address)))


def _read_return_address(context: ControlContext, url: str) -> str:
    origin = read_origin(url)
    if origin is None:
        raise ValidationFailed(fields={"return_to": "It is not an absolute URL, such as http://localhost:5173/."})
    if not context.origins.allows(origin):
        raise PermissionDenied(f"Nobody is sent to {shorten(origin)}; {explain_letting_in(origin)}.")
    return origin + quote(url[len(origin) :], safe=_URL_CHARACTERS)


def _find_origin_named(host: str, page: str) -> str | None:
    """The origin of the mock under the name of a page; None where page and mock have the same name.

    `host` is the header, `page` an absolute URL. A page over TLS is of another site anyway.
    """
    ours, theirs = _split(f"http://{host}"), _split(page)
    if ours is None or theirs is None or ours[0] == theirs[0]:
        return None
    return f"http://{theirs[0]}{ours[1]}"


def _make_address(origin: str, **query: str) -> str:
    """The address of the sign-in at an origin of the mock."""
    return f"{origin}/_mock/login?{urlencode(query)}"


def _make_page(also: str, back: str) -> bytes:
    """An HTML document that signs in at another address of the mock and goes back."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Signing in</title>\n'
        f'<p><a id="back" href="{escape(back)}" data-also="{escape(also)}">Back to the page</a></p>\n'
        f"<script>{_SCRIPT}</script>\n</html>\n"
    ).encode()


def _make_policy(origin: str) -> str:
    """The Content-Security-Policy of the document that signs in at this origin."""
    return f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; img-src {origin}; base-uri 'none'"


def _split(url: str) -> tuple[str, str] | None:
    """The name of this machine in a plain HTTP URL, and the port with its colon; None for another URL."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    own = name in {"localhost", "127.0.0.1"} or name.endswith(".localhost")
    return (name, "" if port is None else f":{port}") if own and parts.scheme == "http" else None
