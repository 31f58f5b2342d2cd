"""Contracts as files: read, and checked as far as Connexion does not."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mock_server.contract.openapi31 import to_openapi30
from mock_server.contract.references import find_target
from mock_server.contract.slips import find_first_slip, read_vocabulary_schema
from mock_server.contract.texts import parse_yaml, read_content
from mock_server.disk_cache import load_or_make
from mock_server.errors import ContractError, UnsupportedError
from mock_server.settings import USUAL_BODY

_log = logging.getLogger(__name__)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


_OURS = ("x-roles", "x-permission-sets", "x-rules", "x-features")


def is_foreign(document: Mapping[str, Any]) -> bool:
    """Whether a contract is of another API: it has nothing that says who is who in ours."""
    return not any(keyword in document for keyword in _OURS)


def load_document(path: Path, overlays: Sequence[Path] = (), *, any_api: bool = False) -> dict[str, Any]:
    """Return the document at a path; ContractError when there is none, or it is no OpenAPI that can be served.

    One of OpenAPI 3.1 is as 3.0 says the same.
    `overlays`: files of changes, each applied to what the one before it made. Each of the document's references leads
    somewhere in it, and none back to itself; its vocabulary has no slip. `any_api`: in a contract of another API a
    reference may lead back to itself.
    """
    files = [(read_content(each), str(each)) for each in (path, *overlays)]
    known_by = pickle.dumps(
        [files[0][0], *files[1:], read_vocabulary_schema(), any_api]
    )  # of another vocabulary another check
    make = partial(_check_document, files, any_api=any_api)
    document, unmatched = load_or_make("checked contract", known_by, make, library="PyYAML")
    for line in unmatched:
        _log.warning("%s", line)
    return document


def _check_document(files: Sequence[tuple[bytes, str]], *, any_api: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    (text, name), *overlays = files
    document = parse_yaml(text, name)
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ContractError(f"{name}: is not an OpenAPI document: it has no paths")
    document, unmatched = _overlay_all(document, overlays)
    version = str(document.get("openapi"))
    if not version.startswith(("3.0.", "3.1.")):
        raise ContractError(f"{name}: openapi: is {version}, and must be 3.0.x or 3.1.x")
    if version.startswith("3.1."):
        try:
            document = to_openapi30(document)
        except UnsupportedError as problem:
            raise ContractError(f"{name}: {problem}") from problem
    if slip := find_first_slip(document):
        raise ContractError(f"{name}: {slip}")
    document["paths"] = {each: item for each, item in document["paths"].items() if not each.startswith("x-")}
    _check_references(document, name, may_circle=any_api and is_foreign(document))
    return document, unmatched


def _overlay_all(
    document: dict[str, Any], overlays: Sequence[tuple[bytes, str]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the document with all overlays, and what of them finds nothing."""
    if not overlays:
        return document, ()
    # Imported here, so that no other start waits for the library of its paths.
    from mock_server.contract.overlay import apply_overlay, read_overlay  # noqa: PLC0415

    unmatched: list[str] = []
    for text, name in overlays:
        document, missed = apply_overlay(document, read_overlay(text, name))
        unmatched += missed
    return document, tuple(unmatched)


def bound_bodies(document: Mapping[str, Any], most: int) -> None:
    """Let no operation take a body of more bytes than these, whatever the document allows."""
    for item in document["paths"].values():
        for method in item.keys() & set(METHODS) if isinstance(item, dict) else ():
            if isinstance(operation := item[method], dict):
                allowed = operation.get("x-max-body", USUAL_BODY)
                if allowed > most:
                    operation["x-max-body"] = most


def find_operation_ids(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the place of each operation (`PATCH /packs/{id}`) by its id; ContractError for none, or another's."""
    places: dict[str, str] = {}
    for path, item in document["paths"].items():
        if not isinstance(item, dict):
            raise ContractError(f"{name}: paths.{path}: is not an object")
        if "$ref" in item:
            raise ContractError(f"{name}: paths.{path}.$ref: a path by reference is not supported; write it out")
        for method in item.keys() & set(METHODS):
            place = f"{method.upper()} {path}"
            known = item[method].get("operationId") if isinstance(item[method], dict) else None
            if not isinstance(known, str):
                raise ContractError(f"{name}: {place}: has no operationId")
            if known in places:
                raise ContractError(f"{name}: {place}: {known} is also {places[known]}")
            places[known] = place
    return places


def follow(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a node of a document that was loaded leads to, where it is a reference; or else the node."""
    while isinstance(reference := node.get("$ref"), str):
        node = find_target(document, reference, reference)
    return node


def find_parameters(document: Mapping[str, Any], path: str, method: str) -> list[Mapping[str, Any]]:
    """Return the parameters of an operation and of its path."""
    item = document["paths"][path]
    given = (*item.get("parameters", ()), *item[method].get("parameters", ()))
    return [follow(document, each) for each in given]


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """Return a part of a document that was loaded, each reference replaced by what it leads to."""
    if isinstance(node, list):
        return [resolve(document, part) for part in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        return resolve(document, find_target(document, reference, reference))
    return {key: resolve(document, part) for key, part in node.items()}


def _check_references(document: Mapping[str, Any], name: str, *, may_circle: bool = False) -> None:
    """Raise ContractError for the first reference that leads nowhere, elsewhere, or back to itself."""
    sound: set[str] = set()

    def visit(node: Any, place: str, above: frozenset[str]) -> None:
        if isinstance(node, list):
            node = dict(enumerate(node))
        elif not isinstance(node, dict):
            return
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in sound:
            where = f"{name}: {place.removeprefix('.')}.$ref: {reference}"
            if reference in above and may_circle:
                return
            if reference in above:
                raise ContractError(f"{where} refers to itself, which is not supported")
            target = find_target(document, reference, where)
            visit(target, reference.removeprefix("#/").replace("/", "."), above | {reference})
            sound.add(reference)
        for key, part in node.items():
            visit(part, f"{place}.{key}", above)

    visit(document, "", frozenset())
