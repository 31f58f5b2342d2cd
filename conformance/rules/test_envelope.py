"""Clause envelope: every error has one shape. Each answer of a run is held to it; here are errors of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.contract.contract import Cell, Operation, Provenance
from conformance.hostile.addresses import PATHS
from conformance.hostile.headers import BROWSER
from conformance.hostile.json_bodies import NO_JSON
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS
from conformance.recipes.causes import provoke
from conformance.recipes.reading import get_field
from conformance.recipes.requests import JSON
from conformance.recipes.valid import build_refusable, build_valid, choose_anybody
from conformance.resources import packs
from conformance.resources.packs.archives import REASONS
from conformance.resources.packs.oracle import find_repository
from conformance.resources.packs.recipes import make_unusable_image
from conformance.results.difference import STATUS, Evidence, from_fields
from conformance.rules.checks import EACH_OPERATION, read_named_fields
from conformance.running.binding import Scope, in_full, over, rule
from conformance.session.harness import Harness


def _list_errors(scope: Scope) -> Iterator[tuple[Operation, Cell]]:
    for operation in scope.operations:
        for cell in operation.cells:
            if cell.code is not None:
                yield operation, cell


@rule("ENVELOPE-EVERY-ERROR")
@in_full
@over("operation, cell", _list_errors)
def test_each_declared_error_is_an_envelope(harness: Harness, operation: Operation, cell: Cell) -> None:
    """Each declared error is provoked by its own cause, and has to come; every other one of the run is judged too."""
    answer = provoke(harness, operation, cell)
    if answer.status != cell.status:
        raise NotProvoked(f"{operation} answered {answer} and not {cell.status} {cell.code}")


@rule("ENVELOPE-EVERY-ERROR")
@over("method, path", lambda _: [("GET", "/conformance-unknown"), ("PATCH", "/packs"), ("DELETE", "/me/session")])
def test_an_error_that_no_operation_declares_is_an_envelope_too(harness: Harness, method: str, path: str) -> None:
    """An unknown path and a wrong method are requested, also as a browser does that would rather see a page."""
    for headers in ((), BROWSER):
        answer = harness.send(choose_anybody(harness), Request(None, method, path, {}, headers=headers))
        if answer.status < 400:
            raise NotProvoked(f"{method} {path} was answered {answer}")


@rule("ENVELOPE-KEYS")
@EACH_OPERATION
def test_an_error_has_the_four_keys_and_no_others(harness: Harness, operation: Operation) -> None:
    """One error of each operation is judged here, and every other error of the run too."""
    refused = _ask_refused(harness, operation)
    error = get_field(refused.json, "error")
    keys = sorted(error) if isinstance(error, dict) else []
    holds = {"code", "message", "request_id"} <= set(keys) <= {"code", "message", "request_id", "details"}
    known = {"code", "message", "request_id", "details"}
    evidence = from_fields(sorted({*keys} - known or known - {"details", *keys}), {}, error)
    said = "the keys code, message, request_id and details", ", ".join(keys) or "none"
    harness.check(holds, refused, *said, evidence=evidence)


def _ask_refused(harness: Harness, operation: Operation) -> Exchange:
    return _send_as_nobody(harness, operation, build_refusable(harness, operation))


def _send_as_nobody(harness: Harness, operation: Operation, request: Request) -> Exchange:
    refused = harness.send(ANONYMOUS, request)
    if refused.status < 400:
        raise NotProvoked(f"{operation} was answered {refused}")
    return refused


@rule("ENVELOPE-CODE-STATUS")
@EACH_OPERATION
def test_a_code_comes_with_its_status(harness: Harness, operation: Operation) -> None:
    """One error of each operation is judged here, and every other error of the run too."""
    refused = _ask_refused(harness, operation)
    expected = {401: "unauthenticated", 404: "not_found", 405: "method_not_allowed"}.get(refused.status)
    known = refused.code in harness.contract.error_codes
    said = expected or "a code of the closed enum", str(refused.code)
    harness.check(known, refused, *said, evidence=Evidence((STATUS,), said[0], str(refused)))


@rule("ENVELOPE-REQUEST-ID-UNIQUE")
@EACH_OPERATION
def test_no_two_errors_carry_one_request_id(harness: Harness, operation: Operation) -> None:
    """Three errors of each operation are compared here, and all others of the run too."""
    _compare_request_ids(harness, operation, 3)


@rule("ENVELOPE-REQUEST-ID-UNIQUE")
@over("operation", lambda scope: scope.operations[:1])
def test_no_request_id_comes_again_after_a_while(harness: Harness, operation: Operation) -> None:
    """Fifty errors of one operation are compared, as a counter that is too short begins again."""
    _compare_request_ids(harness, operation, 50)


@rule("ENVELOPE-REQUEST-ID-UNIQUE")
@over("operation", lambda scope: scope.operations[:1])
def test_the_request_id_is_not_the_clients(harness: Harness, operation: Operation) -> None:
    """A client sends an X-Request-Id of its own with a request that is refused, and with one that is served."""
    own_id = f"conformance-{harness.random.getrandbits(64):016x}"
    request = replace(build_refusable(harness, operation), headers=(("X-Request-Id", own_id),))
    refused = _send_as_nobody(harness, operation, request)
    said = "a request id of the server's own", "that which the client sent"
    harness.check(get_field(get_field(refused.json, "error"), "request_id") != own_id, refused, *said)
    if harness.callers():
        served = harness.send(choose_anybody(harness), request)
        harness.check(served.find_header("x-request-id") != own_id, served, *said, Provenance.ASSUMED)


def _compare_request_ids(harness: Harness, operation: Operation, times: int) -> None:
    request, ids = build_refusable(harness, operation), set[object]()
    for _ in range(times):
        refused = _send_as_nobody(harness, operation, request)
        request_id = get_field(get_field(refused.json, "error"), "request_id")
        harness.check(request_id not in ids, refused, "a request id never seen before", "one seen before")
        ids.add(request_id)


@rule("ENVELOPE-REQUEST-ID-HEADER")
@EACH_OPERATION
def test_header_and_envelope_carry_one_request_id(harness: Harness, operation: Operation) -> None:
    """One error of each operation is judged here, and every other error of the run too."""
    refused = _ask_refused(harness, operation)
    header = refused.find_header("x-request-id")
    if header is None:
        raise NotProvoked("the target sends no X-Request-Id")
    request_id = get_field(get_field(refused.json, "error"), "request_id")
    harness.check(header == request_id, refused, "X-Request-Id equal to error.request_id", "another")


ABSENT_IMAGE = "registry.conformance.example/absent/pack:9.9.9"
WRONG: tuple[tuple[str, str, str], ...] = (
    ("packs.update_visibility", "wrong-value", "visibility"),
    ("packs.update_visibility", "wrong-type", "visibility"),
    ("packs.update_visibility", "missing", "visibility"),
    ("packs.update_visibility", "unknown-key", "note"),
    *(("packs.update_visibility", f"no-json:{kind}", "body") for kind in NO_JSON),
    ("packs.create", "wrong-value", "image_ref"),
    ("packs.create", "missing", "image_ref"),
    ("packs.create", "absent-image", "image_ref"),
    ("packs.create", "image:no-yaml", "image_ref"),
    ("packs.create", "image:no-version", "image_ref"),
    ("packs.create", "no-json:text", "body"),
    ("packs.replace_image", "missing", "image_ref"),
    ("packs.replace_image", "absent-image", "image_ref"),
    ("packs.replace_image", "image:no-version", "image_ref"),
    ("packs.replace_image", "no-json:text", "body"),
    ("packs.upload", "missing", "archive"),
    ("packs.upload", "wrong-value", "visibility"),
    *(("packs.upload", f"archive:{reason}", "archive") for reason in REASONS),
    *(("packs.read_file", f"path:{kind}", "path") for kind in PATHS),
    *(("packs.replace_file", f"path:{kind}", "path") for kind in PATHS),
    ("packs.replace_file", "pack-yaml:no-yaml", "body"),
    ("packs.replace_file", "pack-yaml:other-name", "body"),
)
"""Operation, what is wrong, and the name that it has in details.fields."""
UNUSABLE = {"no-yaml": "name: [unclosed", "no-version": "name: unusable\n"}
"""The pack.yaml of images of which no pack can be made, by what is wrong with it."""


@rule("ENVELOPE-FIELDS")
@over("operation_id, kind, names", lambda _: WRONG)
def test_a_validation_error_names_what_is_wrong(harness: Harness, operation_id: str, kind: str, names: str) -> None:
    """A request has one wrong part, and details.fields names exactly that part."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    refused = harness.send(caller, _with_wrong_part(harness, build_valid(harness, operation, caller), kind, names))
    if refused.code != "validation_error":
        raise NotProvoked(f"{operation} answered {refused}")
    named = sorted(read_named_fields(refused))
    harness.check(named == [names], refused, f"details.fields naming {names}", ", ".join(named) or "no field")


def _with_wrong_part(harness: Harness, request: Request, kind: str, names: str) -> Request:
    """Return the request with one wrong part."""
    what, _, which = kind.partition(":")
    if what == "no-json":
        body = json.loads(request.content or b"{}")
        return replace(request, content=NO_JSON[which](body, next(iter(body))))
    if what == "image":
        base = find_repository(json.loads(request.content or b"{}")["image_ref"])
        image_ref = make_unusable_image(harness, base, UNUSABLE[which])
        return replace(request, content=json.dumps({"image_ref": image_ref}).encode())
    if what == "archive":
        packed = REASONS[which](packs.pack_files(harness.make_fresh_name()), harness.contract.archive)
        return replace(request, content=multipart.encode(packs.archive_parts(packed)))
    if what == "path":
        return _put_at(request, PATHS[which][0])
    if what == "pack-yaml":
        content = b"name: [" if which == "no-yaml" else packs.pack_yaml("other")
        return replace(_put_at(request, "pack.yaml"), content=content)
    return _with_wrong_value(request, what, names)


def _with_wrong_value(request: Request, what: str, names: str) -> Request:
    """Return the request with another value of a field or part, or without it."""
    if request.media_type == JSON:
        return replace(request, content=json.dumps(BODIES[what](names)).encode())
    parts = multipart.decode(request.content or b"", request.find_header("content-type") or "")
    wrong = [multipart.Part(names, b"private")] if what == "wrong-value" else []
    return replace(request, content=multipart.encode([p for p in parts if p.name != names] + wrong))


def _put_at(request: Request, path: str) -> Request:
    return replace(request, path=request.path.removesuffix(request.path_values["path"]) + path)


BODIES: Mapping[str, Callable[[str], dict[str, object]]] = {
    "wrong-value": lambda name: {name: "Private Or Not"},
    "wrong-type": lambda name: {name: 1},
    "missing": lambda _: {},
    "absent-image": lambda name: {name: ABSENT_IMAGE},
    "unknown-key": lambda name: {"visibility": "org", name: "more"},
}
