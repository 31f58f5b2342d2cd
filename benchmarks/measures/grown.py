"""A contract with as many operations as one likes, served.

Few are the own contract's first ones. Many are whole copies of its paths, below a segment of their own each: nothing
about an operation is made up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from fnmatch import filter as filter_names
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks import servers
from benchmarks.measures.grown_mock import make_copied_id
from benchmarks.promises import ALL
from mock_server.declared.resource_types import find_resources
from mock_server.settings import find_own_contract


def count_copies(operations: int) -> int:
    """Return how many sets of the own contract's operations come to so many, the originals among them."""
    return max(1, round(operations / ALL))


def name_prefix(copy: int) -> str:
    """Return the path below which a set stands; the originals, number 1, stand where they are."""
    return "" if copy == 1 else f"/set{copy}"


def build_contract(operations: int) -> dict[str, Any]:
    """Return the own contract with so many operations, or with as many as its sets come to."""
    document: dict[str, Any] = yaml.load(find_own_contract().read_bytes(), Loader=yaml.CSafeLoader)
    if operations < ALL:
        return _shorten(document, operations)
    originals = dict(document["paths"])
    for copy in range(2, count_copies(operations) + 1):
        for path, item in originals.items():
            copied = deepcopy(item)
            for part in copied.values():
                if isinstance(part, dict) and "operationId" in part:
                    part["operationId"] = make_copied_id(copy, part["operationId"])
                    part.pop("x-event", None)  # a type of event is what one operation writes
            document["paths"][name_prefix(copy) + path] = copied
    copies = range(2, count_copies(operations) + 1)
    for resource in document["x-resource-types"].values():
        if "code" in resource:
            resource["code"] += [make_copied_id(copy, each) for copy in copies for each in resource["code"]]
    return document


def _shorten(document: dict[str, Any], operations: int) -> dict[str, Any]:
    """Return the document without the operations that come after so many."""
    left = operations
    for path, item in list(document["paths"].items()):
        for name, part in list(item.items()):
            if isinstance(part, dict) and "operationId" in part:
                left -= 1
                if left < 0:
                    del item[name]
        if not any(isinstance(part, dict) for part in item.values()):
            del document["paths"][path]
    _forget_what_is_gone(document)
    return document


def _forget_what_is_gone(document: dict[str, Any]) -> None:
    """Take out what the document says of operations, and of resources, that it has no more."""
    ids = list_ids(document)
    for rule in document["x-rules"].values():
        if "operations" in rule:
            rule["operations"] = [each for each in rule["operations"] if filter_names(ids, each)]
    if document["x-features"]["session"]["operation"] not in ids:
        del document["x-features"]["session"]
    named = find_resources(document)
    types = {name: each for name, each in document["x-resource-types"].items() if name in named}
    for resource in types.values():
        resource["code"] = [each for each in resource.get("code", ()) if filter_names(ids, each)]
    document["x-resource-types"] = types


def list_ids(document: Mapping[str, Any]) -> list[str]:
    """Return the ids of a contract's operations."""
    parts = [part for item in document["paths"].values() for part in item.values()]
    return [part["operationId"] for part in parts if isinstance(part, dict) and "operationId" in part]


@contextmanager
def build_command(operations: int) -> Iterator[list[str]]:
    """Yield the command that serves about so many operations on a free port, as long as the block runs."""
    document = build_contract(operations)
    ids = ",".join(list_ids(document))
    with TemporaryDirectory() as folder:
        file = Path(folder, "openapi.yaml")
        file.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper), encoding="utf-8")
        options = ["--port", "0", "--quiet", "--log-level", "warning", "--contract", str(file)]
        yield [sys.executable, "-m", "benchmarks.measures.grown_mock", str(count_copies(operations)), ids, *options]


@contextmanager
def serve(operations: int) -> Iterator[str]:
    """Serve about so many operations; the URL of the last set's, with its base path."""
    with build_command(operations) as command, servers.start(command) as server:
        yield f"{server.url}/v1{name_prefix(count_copies(operations))}"
