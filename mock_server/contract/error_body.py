"""The body of every error, in the shape that `x-error-body` of a contract says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mock_server.errors import ApiError

KEYWORD = "x-error-body"

Path = tuple[str, ...]


class ErrorBody(Struct, frozen=True):
    """The layout of the body of an error; `paths`: the way to each thing that is told, such as `code`."""

    template: Mapping[str, Any]
    paths: Mapping[str, Path]

    def show(self, error: ApiError, request_id: str) -> dict[str, Any]:
        """Return the body of the answer; the details are left out where there are none."""
        return self.make(error.code, error.message, request_id, error.details or None)

    def make(self, code: str, message: str, request_id: str | None = None, details: Any = None) -> dict[str, Any]:
        """Return the body with what is told; what is None is left out."""
        told = {"$code": code, "$message": message, "$request_id": request_id, "$details": details}
        return _fill(self.template, told)

    def read(self, body: Any, name: str) -> Any:
        """Return what a body tells of this name; None where it does not."""
        for step in self.paths.get(name, ("",)):
            body = body.get(step) if isinstance(body, Mapping) else None
        return body

    def answer_request(self, body: Mapping[str, Any], request_id: str) -> Mapping[str, Any]:
        """Return a body as the answer to a request."""
        return _put(body, self.paths["request_id"], request_id) if "request_id" in self.paths else body


def read_error_body(document: Mapping[str, Any]) -> ErrorBody:
    """Return the shape that a contract says, or the usual one."""
    template = document.get(KEYWORD, USUAL.template)
    return ErrorBody(template, _find_paths(template))


def _find_paths(node: Any, way: Path = ()) -> dict[str, Path]:
    if isinstance(node, str):
        return {node[1:]: way} if node.startswith("$") else {}
    return {name: path for step, each in node.items() for name, path in _find_paths(each, (*way, step)).items()}


def _fill(node: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    filled = {name: told.get(each, each) if isinstance(each, str) else _fill(each, told) for name, each in node.items()}
    return {name: each for name, each in filled.items() if each is not None}


def _put(body: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    step, *rest = path
    return {**body, step: _put(body.get(step, {}), tuple(rest), value) if rest else value}


_ENVELOPE = {"error": {"code": "$code", "message": "$message", "request_id": "$request_id", "details": "$details"}}
USUAL = ErrorBody(_ENVELOPE, _find_paths(_ENVELOPE))
"""The shape of what never reaches a contract, and where a contract says nothing."""
