"""Clause envelope: every error has one shape. Each answer of a run is held to it; here are errors of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance import archive, multipart
from conformance.binding import Scope, over, rule
from conformance.contract import Cell, Operation
from conformance.exchange import Exchange, Request
from conformance.harness import Harness
from conformance.judging import NotProvoked
from conformance.profile import ANONYMOUS
from conformance.recipes import packs
from conformance.recipes.causes import provoke
from conformance.recipes.reading import field
from conformance.recipes.requests import JSON, build, with_json, with_parts
from conformance.recipes.valid import valid


def _errors(scope: Scope) -> Iterator[tuple[Operation, Cell]]:
    for operation in scope.operations:
        for cell in operation.cells:
            if cell.code is not None:
                yield operation, _Named(cell.operation_id, cell.status, cell.code)


class _Named(Cell):
    """A cell that stands in the test's id by status and code."""

    @property
    def id(self) -> str:
        return f"{self.status}-{self.code}"


def _error(exchange: Exchange, cell: Cell) -> Exchange:
    """The answer, shown to be the error that was meant: its envelope is judged, not that it came."""
    if (exchange.status, exchange.code) != (cell.status, cell.code) and exchange.status != cell.status:
        raise NotProvoked(f"{exchange.operation_id} answered {exchange} and not {cell.status} {cell.code}")
    return exchange


@rule("ENVELOPE-EVERY-ERROR")
@over("operation, cell", _errors)
def test_each_declared_error_is_an_envelope(harness: Harness, operation: Operation, cell: Cell) -> None:
    """Provoked by its own cause; that every error is whole is judged of each answer of the run."""
    _error(provoke(harness, operation, cell), cell)


@rule("ENVELOPE-EVERY-ERROR")
@over("method, path", lambda _: [("GET", "/conformance-unknown"), ("PATCH", "/packs"), ("DELETE", "/me/session")])
def test_an_error_that_no_operation_declares_is_an_envelope_too(harness: Harness, method: str, path: str) -> None:
    """Of an unknown path and of a wrong method."""
    caller = harness.able(next(iter(harness.contract.operations.values())))
    answer = harness.send(caller, Request(None, method, path, {}))
    if answer.status < 400:
        raise NotProvoked(f"{method} {path} was answered {answer}")


@rule("ENVELOPE-KEYS")
@over("operation", lambda scope: scope.operations)
def test_an_error_has_the_four_keys_and_no_others(harness: Harness, operation: Operation) -> None:
    """Looked for in every error of the run; here in one of each operation."""
    refused = _refused(harness, operation)
    error = field(refused.json, "error")
    keys = sorted(error) if isinstance(error, dict) else []
    holds = {"code", "message", "request_id"} <= set(keys) <= {"code", "message", "request_id", "details"}
    harness.check(holds, refused, "the keys code, message, request_id and details", ", ".join(keys) or "none")


def _refused(harness: Harness, operation: Operation) -> Exchange:
    caller = harness.able(operation)
    refused = harness.send(ANONYMOUS, valid(harness, operation, caller))
    if refused.status < 400:
        raise NotProvoked(f"{operation} was answered {refused}")
    return refused


@rule("ENVELOPE-CODE-STATUS")
@over("operation", lambda scope: scope.operations)
def test_a_code_comes_with_its_status(harness: Harness, operation: Operation) -> None:
    """Looked for in every error of the run; here in one of each operation."""
    refused = _refused(harness, operation)
    expected = {401: "unauthenticated", 404: "not_found", 405: "method_not_allowed"}.get(refused.status)
    known = refused.code in harness.contract.error_codes
    harness.check(known, refused, expected or "a code of the closed enum", str(refused.code))


@rule("ENVELOPE-REQUEST-ID-UNIQUE")
@over("operation", lambda scope: scope.operations)
def test_no_two_errors_carry_one_request_id(harness: Harness, operation: Operation) -> None:
    """Looked for in all errors of the run; here in three of each operation."""
    ids: set[object] = set()
    for _ in range(3):
        refused = _refused(harness, operation)
        request_id = field(field(refused.json, "error"), "request_id")
        harness.check(request_id not in ids, refused, "a request id never seen before", "one seen before")
        ids.add(request_id)


@rule("ENVELOPE-REQUEST-ID-HEADER")
@over("operation", lambda scope: scope.operations)
def test_header_and_envelope_carry_one_request_id(harness: Harness, operation: Operation) -> None:
    """Looked for in every error of the run; here in one of each operation."""
    refused = _refused(harness, operation)
    header = refused.header("x-request-id")
    if header is None:
        raise NotProvoked("the target sends no X-Request-Id")
    request_id = field(field(refused.json, "error"), "request_id")
    harness.check(header == request_id, refused, "X-Request-Id equal to error.request_id", "another")


def _with(operation_id: str, kind: str, names: str) -> tuple[str, str, str]:
    return operation_id, kind, names


WRONG = (
    _with("packs.update_visibility", "wrong-value", "visibility"),
    _with("packs.update_visibility", "wrong-type", "visibility"),
    _with("packs.update_visibility", "missing", "visibility"),
    _with("packs.update_visibility", "unknown-key", "note"),
    _with("packs.update_visibility", "no-json", "body"),
    _with("packs.create", "wrong-value", "image_ref"),
    _with("packs.create", "missing", "image_ref"),
    _with("packs.create", "absent-image", "image_ref"),
    _with("packs.replace_image", "missing", "image_ref"),
    _with("packs.replace_image", "absent-image", "image_ref"),
    _with("packs.upload", "missing", "archive"),
    _with("packs.upload", "no-archive", "archive"),
    _with("packs.upload", "no-pack-yaml", "archive"),
    _with("packs.upload", "wrong-value", "visibility"),
    _with("packs.replace_file", "wrong-pack-yaml", "body"),
)


@rule("ENVELOPE-FIELDS")
@over("operation_id, kind, names", lambda _: WRONG)
def test_a_validation_error_names_what_is_wrong(harness: Harness, operation_id: str, kind: str, names: str) -> None:
    """One wrong thing, and exactly its name."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    refused = harness.send(caller, _spoilt(valid(harness, operation, caller), operation, kind, names))
    if refused.code != "validation_error":
        raise NotProvoked(f"{operation} answered {refused}")
    fields = field(field(field(refused.json, "error"), "details"), "fields")
    named = sorted(fields) if isinstance(fields, dict) else []
    harness.check(named == [names], refused, f"details.fields naming {names}", ", ".join(named) or "no field")


BODIES: Mapping[str, Callable[[str], dict[str, object]]] = {
    "wrong-value": lambda name: {name: "Private Or Not"},
    "wrong-type": lambda name: {name: 1},
    "missing": lambda _: {},
    "absent-image": lambda name: {name: "registry.conformance.example/absent/pack:9.9.9"},
    "unknown-key": lambda name: {"visibility": "org", name: "more"},
}


def _spoilt(request: Request, operation: Operation, kind: str, names: str) -> Request:
    values = request.path_values
    if kind == "no-json":
        return replace(request, content=b"no json")
    if kind == "wrong-pack-yaml":
        pack_yaml = {**values, "path": "pack.yaml"}
        return build(operation, pack_yaml, content=b"name: [", media_type=request.media_type)
    if request.media_type == JSON:
        return with_json(operation, values, BODIES[kind](names))
    parts = multipart.decode(request.content or b"", request.header("content-type") or "")
    kept = [part for part in parts if part.name != names]
    wrong = {
        "missing": [],
        "no-archive": [multipart.Part("archive", b"no archive", "pack.tar.gz", "application/gzip")],
        "no-pack-yaml": packs.archive_parts(archive.write_files({"behavior.md": b"#"}), None),
        "wrong-value": [multipart.Part(names, b"private")],
    }
    return with_parts(operation, values, kept + wrong[kind])
