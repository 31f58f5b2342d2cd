"""Headers and bodies that change nothing of what is asked: a browser's, those of other methods, chunks."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.contract import Operation
from conformance.frozen import changed
from conformance.hostile.kind import HostileValue, Spoil, has_body
from conformance.http.exchange import Headers, Request
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness

_RULE = "CONTRACT-RIGHT-ANSWER"
BROWSER: Headers = (("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"),)
"""What a browser says that it takes when somebody follows a link."""
CHUNKED: Headers = (("Transfer-Encoding", "chunked"),)


def takes_no_body(operation: Operation) -> bool:
    """Whether the operation takes no body, and its method has none."""
    return operation.body is None and operation.method in ("GET", "DELETE")


def _with(headers: Callable[[Operation], Headers]) -> Spoil:
    """With these headers besides."""
    return lambda _harness, operation, request: changed(request, headers=(*request.headers, *headers(operation)))


def _other_method(operation: Operation) -> Headers:
    """The headers by which frameworks take a request for one of another method, which would do no harm here."""
    method = "PATCH" if operation.safe else "GET"
    return tuple((name, method) for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"))


def _unasked(_harness: Harness, _operation: Operation, request: Request) -> Request:
    """With a body that nobody asked for."""
    return changed(request, headers=(*request.headers, ("Content-Type", JSON)), content=b'{"conformance": true}')


HEADERS = [
    HostileValue("browser", _RULE, lambda _: True, _with(lambda _: BROWSER)),
    HostileValue("method-override", _RULE, lambda _: True, _with(_other_method)),
    HostileValue("chunked", _RULE, has_body, _with(lambda _: CHUNKED)),
    HostileValue("body-besides", _RULE, takes_no_body, _unasked, everywhere=True),
]
