"""Content-Type headers that are not of an operation's body, or are written in an odd way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.hostile.kind import HostileValue, Right, Spoil, has_body, takes_json
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.session.harness import Harness

OTHER = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "application/merge-patch+json")
"""Types that no operation takes. They are tried at every operation."""


def takes_form(operation: Operation) -> bool:
    """Whether a right request for the operation has a form, which it has where nothing else is taken."""
    return operation.body is not None and next(iter(operation.body.schemas)) == multipart.MEDIA_TYPE


def _written(written: Callable[[str, str], str]) -> Spoil:
    """With a Content-Type made of the right one, and of its media type alone."""

    def spoil(_harness: Harness, _operation: Operation, request: Request) -> Request | None:
        usual, media_type = request.header("content-type"), request.media_type
        if usual is None or media_type is None:
            return None
        others = tuple(each for each in request.headers if each[0].lower() != "content-type")
        return replace(request, headers=(*others, ("Content-Type", written(usual, media_type))))

    return spoil


def _to(media_type: str) -> Spoil:
    return _written(lambda *_: media_type)


_TYPE, _INVALID = "PROTOCOL-MEDIA-TYPE", "CONTRACT-INVALID-REFUSED"

MEDIA_TYPES = [
    *(HostileValue(each, _TYPE, has_body, _to(each), everywhere=True) for each in OTHER),
    HostileValue("any-type", _TYPE, has_body, _to("*/*")),
    HostileValue("type-and-more", _TYPE, has_body, _written(lambda usual, kind: usual.replace(kind, f"{kind}x", 1))),
    HostileValue("type-cut-short", _TYPE, has_body, _written(lambda usual, kind: usual.replace(kind, kind[:-1], 1))),
    HostileValue("type-before", _TYPE, has_body, _written(lambda usual, _: f"text/plain, {usual}")),
    HostileValue("type-as-parameter", _TYPE, has_body, _written(lambda _, kind: f'text/plain; type="{kind}"')),
    HostileValue("no-subtype", _TYPE, has_body, _written(lambda _, kind: kind.partition("/")[0]), Right.REFUSED),
    HostileValue("text-json", _TYPE, takes_json, _to("text/json")),
    HostileValue("unknown-parameter", _TYPE, has_body, _written(lambda usual, _: f"{usual}; q=1"), Right.EITHER),
    HostileValue("foreign-charset", _TYPE, takes_json, _written(lambda usual, _: f"{usual}; charset=utf-16")),
    HostileValue(
        "no-charset-there-is", _TYPE, takes_json, _written(lambda usual, _: f"{usual}; charset=x"), Right.EITHER
    ),
    HostileValue("no-boundary", _INVALID, takes_form, _written(lambda _, kind: kind)),
    HostileValue("empty-boundary", _INVALID, takes_form, _written(lambda _, kind: f"{kind}; boundary=")),
    HostileValue("other-boundary", _INVALID, takes_form, _written(lambda _, kind: f"{kind}; boundary=other")),
]
