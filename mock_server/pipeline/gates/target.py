"""The gates of path, method and declared length."""

from __future__ import annotations

from mock_server.contract.schema import shorten
from mock_server.errors import MethodNotAllowed, NotFound, PayloadTooLarge
from mock_server.pipeline.address import tell_directions
from mock_server.worlds.call import Call

_LONGEST_NUMBER = 18  # digits; nobody sends an exabyte


def require_path(call: Call) -> None:
    """404 where no operation has the path."""
    found = call.contract.router.find(call.path)
    if found is None:
        base, api = call.contract.base_path, call.contract.api_path
        directions = tell_directions(base if api is None else api)
        raise NotFound(f"There is no path {shorten(base + call.path)}. {directions}")
    call.route, call.raw_path_values = found


def require_method(call: Call) -> None:
    """405 where the path does not have the method; HEAD and OPTIONS are methods like others."""
    operation = call.route.methods.get(call.method)
    if operation is None:
        allow = call.route.allow
        raise MethodNotAllowed(f"{call.route.template} takes {allow}, not {shorten(call.method)}.", allow=allow)
    call.operation = operation


def check_declared_length(call: Call) -> None:
    """413 where the announced body is over the limit, before a byte of it is read."""
    length = call.headers.get(b"content-length")
    if length is None or not call.operation.bodies:
        return
    if len(length) > _LONGEST_NUMBER or (length.isdigit() and int(length) > call.operation.body_limit):
        raise make_too_large(call.operation.max_body)


def make_too_large(limit: int) -> PayloadTooLarge:
    """The refusal of a body, or of a part of one."""
    return PayloadTooLarge(f"The body may have at most {limit} bytes.")
