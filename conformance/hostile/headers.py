"""Headers that change nothing of what is asked, or that say of a body what it is not, and bodies nobody asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.hostile.kind import HostileValue, RightAnswers, Spoil, has_body, takes_json
from conformance.http import multipart
from conformance.http.exchange import Headers, Request
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness
from conformance.values import copy_with

_RULE = "CONTRACT-RIGHT-ANSWER"
BROWSER: Headers = (("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"),)
"""The media types that a browser asks for when somebody follows a link."""
CHUNKED: Headers = (("Transfer-Encoding", "chunked"),)
OTHER = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "application/merge-patch+json")
"""Types that no operation takes. They are tried at every operation."""
_TYPE, _INVALID = "PROTOCOL-MEDIA-TYPE", "CONTRACT-INVALID-REFUSED"


def takes_no_body(operation: Operation) -> bool:
    """Return whether the operation takes no body, and its method has none."""
    return operation.body is None and operation.method in ("GET", "DELETE")


def _with(headers: Callable[[Operation], Headers]) -> Spoil:
    """Return what adds these headers to a request."""
    return lambda _harness, operation, request: copy_with(request, headers=(*request.headers, *headers(operation)))


def _override_method(operation: Operation) -> Headers:
    """Return the headers by which frameworks take a request for one of another method, which would do no harm here."""
    method = "PATCH" if operation.is_safe else "GET"
    return tuple((name, method) for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"))


def _request_id(_operation: Operation) -> Headers:
    """Return the header in which a server names a request, with a name that the client has given."""
    return (("X-Request-Id", "conformance-request-of-the-client"),)


def _send_unasked_body(_harness: Harness, _operation: Operation, request: Request) -> Request:
    """Return the request with a body that nobody asked for."""
    return copy_with(request, headers=(*request.headers, ("Content-Type", JSON)), content=b'{"conformance": true}')


HEADERS = [
    HostileValue("browser", _RULE, lambda _: True, _with(lambda _: BROWSER)),
    HostileValue("method-override", _RULE, lambda _: True, _with(_override_method)),
    HostileValue("chunked", _RULE, has_body, _with(lambda _: CHUNKED)),
    HostileValue("own-request-id", _RULE, lambda _: True, _with(_request_id)),
    HostileValue("body-besides", _RULE, takes_no_body, _send_unasked_body, is_tried_everywhere=True),
]


def takes_form(operation: Operation) -> bool:
    """Return whether a right request for the operation has a form, which it has where nothing else is taken."""
    return operation.body is not None and next(iter(operation.body.schemas)) == multipart.MEDIA_TYPE


def _replace_content_type(written: Callable[[str, str], str]) -> Spoil:
    """Return what replaces a Content-Type by one made of the right one, and of its media type alone."""

    def spoil(_harness: Harness, _operation: Operation, request: Request) -> Request | None:
        usual, media_type = request.find_header("content-type"), request.media_type
        if usual is None or media_type is None:
            return None
        others = tuple(each for each in request.headers if each[0].lower() != "content-type")
        return replace(request, headers=(*others, ("Content-Type", written(usual, media_type))))

    return spoil


def _to(media_type: str) -> Spoil:
    return _replace_content_type(lambda *_: media_type)


MEDIA_TYPES = [
    *(HostileValue(each, _TYPE, has_body, _to(each), is_tried_everywhere=True) for each in OTHER),
    HostileValue("any-type", _TYPE, has_body, _to("*/*")),
    HostileValue(
        "type-and-more", _TYPE, has_body, _replace_content_type(lambda usual, kind: usual.replace(kind, f"{kind}x", 1))
    ),
    HostileValue(
        "type-cut-short", _TYPE, has_body, _replace_content_type(lambda usual, kind: usual.replace(kind, kind[:-1], 1))
    ),
    HostileValue("type-before", _TYPE, has_body, _replace_content_type(lambda usual, _: f"text/plain, {usual}")),
    HostileValue(
        "type-as-parameter", _TYPE, has_body, _replace_content_type(lambda _, kind: f'text/plain; type="{kind}"')
    ),
    HostileValue(
        "no-subtype",
        _TYPE,
        has_body,
        _replace_content_type(lambda _, kind: kind.partition("/")[0]),
        RightAnswers.REFUSED,
    ),
    HostileValue("text-json", _TYPE, takes_json, _to("text/json")),
    HostileValue(
        "unknown-parameter",
        _TYPE,
        has_body,
        _replace_content_type(lambda usual, _: f"{usual}; q=1"),
        RightAnswers.EITHER,
    ),
    HostileValue(
        "foreign-charset", _TYPE, takes_json, _replace_content_type(lambda usual, _: f"{usual}; charset=utf-16")
    ),
    HostileValue(
        "no-charset-there-is",
        _TYPE,
        takes_json,
        _replace_content_type(lambda usual, _: f"{usual}; charset=x"),
        RightAnswers.EITHER,
    ),
    HostileValue("no-boundary", _INVALID, takes_form, _replace_content_type(lambda _, kind: kind)),
    HostileValue("empty-boundary", _INVALID, takes_form, _replace_content_type(lambda _, kind: f"{kind}; boundary=")),
    HostileValue(
        "other-boundary", _INVALID, takes_form, _replace_content_type(lambda _, kind: f"{kind}; boundary=other")
    ),
]
