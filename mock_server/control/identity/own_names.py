"""The names of this machine (`localhost`, `127.0.0.1`), which a browser takes for different sites.

A browser sends no cookie from a page of `localhost` to `127.0.0.1`, or the other way round, unless the mock set it
under that name while a document of the page's own name was open.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import urlencode, urlsplit

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


def page_of_other_name(host: str, page: str) -> str | None:
    """The origin of the mock under the name of a page; None where page and mock have the same name.

    `host` is the header, `page` an absolute URL. A page over TLS is of another site anyway.
    """
    ours, theirs = _parts(f"http://{host}"), _parts(page)
    if ours is None or theirs is None or ours[0] == theirs[0]:
        return None
    return f"http://{theirs[0]}{ours[1]}"


def is_other_name(host: str, origin: str) -> bool:
    """Whether an origin is the mock under another name of this machine."""
    return origin == page_of_other_name(host, origin)


def address_of(origin: str, **query: str) -> str:
    """The address of the sign-in at an origin of the mock."""
    return f"{origin}/_mock/login?{urlencode(query)}"


def signing_in(also: str, back: str) -> bytes:
    """An HTML document that signs in at another address of the mock and goes back."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Signing in</title>\n'
        f'<p><a id="back" href="{escape(back)}" data-also="{escape(also)}">Back to the page</a></p>\n'
        f"<script>{_SCRIPT}</script>\n</html>\n"
    ).encode()


def policy(origin: str) -> str:
    """The Content-Security-Policy of the document that signs in at this origin."""
    return f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; img-src {origin}; base-uri 'none'"


def _parts(url: str) -> tuple[str, str] | None:
    """The name of this machine in a plain HTTP URL, and the port with its colon; None for another URL."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    own = name in {"localhost", "127.0.0.1"} or name.endswith(".localhost")
    return (name, "" if port is None else f":{port}") if own and parts.scheme == "http" else None
