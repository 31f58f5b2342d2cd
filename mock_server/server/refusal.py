"""Refusals of requests that never reach the application, in the envelope."""

from __future__ import annotations

import secrets
from email.utils import formatdate
from http import HTTPStatus

import httptools
import orjson

from mock_server.contract.error_body import USUAL
from mock_server.errors import ApiError, ValidationFailed


class RequestRefused(Exception):
    """A request is over a limit; raised in a callback of the parser, it ends the parsing."""

    def __init__(self, refused: ApiError) -> None:
        super().__init__(refused.message)
        self.refused = refused


def make_refusal(text: str) -> ApiError:
    """Return the refusal of a request that is not valid."""
    return ValidationFailed(fields={"request": text})


def make_parser_refusal(error: httptools.HttpParserError) -> ApiError:
    """Return the refusal of what the parser could not read."""
    if isinstance(error.__context__, RequestRefused):
        return error.__context__.refused
    if isinstance(error, httptools.HttpParserCallbackError):
        return make_refusal("Its target is none that HTTP/1.1 knows (RFC 9112, 3.2).")
    return make_refusal(f"It is not HTTP/1.1 (RFC 9112): {error}.")


def write_refusal(refused: ApiError, *, with_body: bool = True) -> bytes:
    """Return the bytes of the answer, after which the connection ends; an answer to HEAD has no body."""
    request_id = secrets.token_hex(4)  # of no world: nothing says which one was meant
    body = orjson.dumps(USUAL.show(refused, request_id))
    status = HTTPStatus(refused.status)
    more = "".join(f"{name.lower()}: {value}\r\n" for name, value in refused.headers)
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "content-type: application/json\r\n"
        f"content-length: {len(body)}\r\n"
        f"date: {formatdate(usegmt=True)}\r\n"
        f"x-request-id: {request_id}\r\n"
        f"{more}"
        "connection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")
