"""Clause protocol: paths, methods, lengths and media types, before anybody looks at what is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance import needs
from conformance.contract.contract import Operation
from conformance.contract.routing import find_route, index_paths
from conformance.hostile.headers import CHUNKED
from conformance.hostile.trying import deal_kinds_of_rule, try_values
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_set
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values, on_nothing
from conformance.recipes.making import create_owned
from conformance.recipes.requests import JSON, build
from conformance.recipes.valid import build_once_served, build_valid, choose_anybody
from conformance.rules.checks import parametrize_tried, serve_once
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def _build_bare(method: str, path: str) -> Request:
    return Request(None, method, path, {})


def _fill_path(harness: Harness, caller: Caller | Credential, path: str) -> str:
    """Return the path with existing objects as parameters; without callers, with ids that cannot exist."""
    operation = next(o for o in harness.contract.operations.values() if o.path == path)
    if not isinstance(caller, Caller):
        return on_nothing(harness, operation).path
    resource = find_resource_in_path(operation) or find_resource_set(operation)
    fact = create_owned(harness, resource, caller.org) if resource else None
    return build(operation, choose_path_values(operation, fact)).path


def _judge(harness: Harness, request: Request, caller: Caller | None = None) -> Exchange:
    """Judge the answer to the caller, by default the one who may do most.

    Nobody may be asked for a credential first: that is right, and shows nothing of the path.
    """
    answer = harness.judge(caller or choose_anybody(harness), request)
    if answer.status == 401 and not harness.callers():
        raise NotProvoked("the target asks for a credential before it looks at the path", needs.CALLER)
    return answer


UNKNOWN = ("/conformance-unknown", "/pack", "/packs/upload/more", "/me", "/session")
OTHER_CASE = ("/Packs", "/PACKS", "/me/Session", "/Me/session")


@rule("PROTOCOL-UNKNOWN-PATH")
@over("method", lambda _: METHODS)
@over("path", lambda _: [*UNKNOWN, *OTHER_CASE])
def test_an_unknown_path_is_not_found(harness: Harness, method: str, path: str) -> None:
    """Unknown paths, and known ones in other letter case (RFC 3986), are requested with every method."""
    _judge(harness, _build_bare(method, path))


@rule("PROTOCOL-UNKNOWN-PATH")
@over("operation", lambda scope: [o for o in scope.operations if o.resources and o.is_safe])
def test_a_path_below_a_resource_is_not_found(harness: Harness, operation: Operation) -> None:
    """A path below that of an existing resource is requested."""
    if operation.path_parameters[-1].spans_segments:
        operation = next(o for o in harness.contract.operations.values() if o.path.endswith("{id}"))
    who = choose_anybody(harness)
    if isinstance(who, Caller):
        request = build_valid(harness, operation, who)
        harness.hold(who, request)
    else:
        request = on_nothing(harness, operation)
    _judge(harness, _build_bare("GET", request.path + "/conformance-unknown"))


@rule("PROTOCOL-TRAILING-SLASH")
@over("operation", lambda scope: [o for o in scope.operations if not any(p.spans_segments for p in o.parameters)])
def test_a_slash_at_the_end_is_another_path(harness: Harness, operation: Operation) -> None:
    """A path with a slash at its end is neither served nor redirected."""
    request = build_once_served(harness, operation)
    _judge(harness, replace(request, path=request.path + "/"), harness.able(operation) if harness.callers() else None)


def _list_undeclared(scope: Scope) -> Iterator[tuple[str, str]]:
    whole = index_paths(scope.contract.whole)
    for path in index_paths(scope.contract):
        for method in METHODS:
            if method not in whole[path]:
                yield path, method


@rule("PROTOCOL-METHOD")
@over("path, method", _list_undeclared)
def test_a_method_that_the_path_does_not_have(harness: Harness, path: str, method: str) -> None:
    """Every undeclared method of a path is a 405; the laws of every answer look at its Allow."""
    _judge(harness, _build_bare(method, _fill_path(harness, choose_anybody(harness), path)))


@rule("PROTOCOL-HEAD-OPTIONS")
@over("path, method", lambda scope: [(p, m) for p in index_paths(scope.contract) for m in ("HEAD", "OPTIONS")])
def test_head_and_options_are_methods_that_no_path_has(harness: Harness, path: str, method: str) -> None:
    """HEAD and OPTIONS are refused, with Allow by the laws of every answer; the answer to HEAD has no body."""
    refused = _judge(harness, _build_bare(method, _fill_path(harness, choose_anybody(harness), path)))
    if method == "HEAD":
        harness.check(not refused.body, refused, "no body", f"{len(refused.body)} bytes")


def _list_shadowed(scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield concrete paths that a template would match too, with a method that only the template has."""
    declared, whole = index_paths(scope.contract), index_paths(scope.contract.whole)
    for path in declared:
        templates = [] if "{" in path else [each for each in declared if "{" in each and _matches(each, path)]
        for method in METHODS:
            if method not in whole[path] and any(method in declared[each] for each in templates):
                yield path, method


def _matches(template: str, path: str) -> bool:
    parts, segments = template.split("/"), path.split("/")
    return len(parts) == len(segments) and all(a == b or a[:1] == "{" for a, b in zip(parts, segments, strict=True))


@rule("PROTOCOL-CONCRETE-PATH")
@over("path, method", _list_shadowed)
def test_a_concrete_path_wins_over_a_template(harness: Harness, path: str, method: str) -> None:
    """The last segment of a concrete path is not taken for an id."""
    assert find_route(harness.contract, method, path).operation is None
    _judge(harness, _build_bare(method, path))


EACH_LIMITED = over("operation", lambda scope: [o for o in scope.operations if o.body and o.max_body])


@rule("PROTOCOL-BODY-LIMIT")
@EACH_LIMITED
def test_a_body_of_exactly_the_limit_is_taken(harness: Harness, operation: Operation) -> None:
    """A body of exactly the limit is not refused for its length."""
    caller = harness.able(operation)
    harness.judge(caller, _pad_to_length(build_valid(harness, operation, caller), operation.max_body or 0))


@rule("PROTOCOL-BODY-LIMIT")
@EACH_LIMITED
def test_a_body_past_the_limit_is_refused(harness: Harness, operation: Operation) -> None:
    """A body is one byte longer than the limit, of JSON also where it comes in chunks; a short one was taken before."""
    caller, request = serve_once(harness, operation)
    longer = _pad_to_length(request, (operation.max_body or 0) + 1)
    harness.judge(caller, longer)
    if request.media_type == JSON:
        harness.judge(caller, replace(longer, headers=(*longer.headers, *CHUNKED)))


def _pad_to_length(request: Request, length: int) -> Request:
    """Return the request with a body of this length; in a form the largest part has it."""
    content = request.content or b""
    if request.media_type == JSON:
        # Space after a JSON value is part of the body and of no value.
        return replace(request, content=content + b" " * (length - len(content)))
    if request.media_type == multipart.MEDIA_TYPE:
        parts = multipart.decode(content, request.find_header("content-type") or "")
        largest = max(parts, key=lambda part: len(part.content))
        padded = [replace(p, content=bytes(length)) if p is largest else p for p in parts]
        return replace(request, content=multipart.encode(padded))
    return replace(request, content=bytes(length))


@rule("PROTOCOL-MEDIA-TYPE")
@parametrize_tried("PROTOCOL-MEDIA-TYPE")
def test_a_body_of_another_media_type_is_refused(harness: Harness, operation: Operation) -> None:
    """A body has another media type, or one in an odd spelling; the same body was taken under its own."""
    try_values(harness, operation, deal_kinds_of_rule(harness, operation, "PROTOCOL-MEDIA-TYPE"))


@rule("PROTOCOL-JSON")
@parametrize_tried("PROTOCOL-JSON")
def test_a_body_that_is_no_json_object_is_refused(harness: Harness, operation: Operation) -> None:
    """The body is no JSON object in one way at a time; an object was taken before."""
    try_values(harness, operation, deal_kinds_of_rule(harness, operation, "PROTOCOL-JSON"))
