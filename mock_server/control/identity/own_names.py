"""The names that this machine has for itself, by which a page and the mock may differ and a browser take them for two.

A browser sends no cookie from a page of `localhost` to `127.0.0.1`, or the other way round, unless it was set for
pages of that name: at the mock by the other name, while a document of the page's own name is open.
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
"""Asks as a page does, and goes on whatever comes: before the document has loaded, as a redirect would."""
_SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()


def page_of_other_name(host: str, page: str) -> str | None:
    """The origin of the mock by the name of a page, where it is reached by another one of this machine's names.

    `host`: as the header has it; `page`: an absolute URL. A page that came by TLS is of another site all the same.
    """
    ours, theirs = _parts(f"http://{host}"), _parts(page)
    if ours is None or theirs is None or ours[0] == theirs[0]:
        return None
    return f"http://{theirs[0]}{ours[1]}"


def is_other_name(host: str, origin: str) -> bool:
    """Whether an origin is the mock by another one of this machine's names."""
    return origin == page_of_other_name(host, origin)


def address_of(origin: str, **query: str) -> str:
    """The sign-in of the mock at an origin."""
    return f"{origin}/_mock/login?{urlencode(query)}"


def signing_in(also: str, back: str) -> bytes:
    """A document that signs in at one more address of the mock, and goes back."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Signing in</title>\n'
        f'<p><a id="back" href="{escape(back)}" data-also="{escape(also)}">Back to the page</a></p>\n'
        f"<script>{_SCRIPT}</script>\n</html>\n"
    ).encode()


def policy(origin: str) -> str:
    """The Content-Security-Policy of that document; the origin is the mock's, where it signs in too."""
    return f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; img-src {origin}; base-uri 'none'"


def _parts(url: str) -> tuple[str, str] | None:
    """The name of this machine in a plain URL, and the port with its colon; None where there is none such."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    own = name in {"localhost", "127.0.0.1"} or name.endswith(".localhost")
    return (name, "" if port is None else f":{port}") if own and parts.scheme == "http" else None
