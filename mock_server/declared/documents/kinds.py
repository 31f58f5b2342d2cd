"""The resources of a contract that is not ours, as its `x-resource-types` name them, and their schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from mock_server.contract.document import follow, resolve
from mock_server.declared.documents.fields import read_fields, read_required

Schema = Mapping[str, Any]

PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, eq=False)
class Kind:
    """One resource: what is said of it, the schema of one object, and the path that names one."""

    name: str
    said: Mapping[str, Any]
    shown: Schema
    path: str

    @property
    def schema_name(self) -> str:
        """The name of its schema."""
        return str(self.said["schema"])

    @cached_property
    def fields(self) -> Mapping[str, Schema]:
        """The fields that an object shows, with their schemas."""
        return read_fields(self.shown)

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that an object always shows."""
        return read_required(self.shown)

    @property
    def is_made_by_server(self) -> bool:
        """Whether the server gives an object its key, and not the caller."""
        return "key" not in self.said

    @property
    def key(self) -> str:
        """The field by which a path names an object."""
        return str(self.said.get("key") or self.said.get("id", {}).get("field", "id"))

    @property
    def owner(self) -> str | None:
        """The field that says whose an object is, be it shown or not; None where all are everybody's."""
        return self.said.get("owner")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of its path; the last one names it."""
        return tuple(PARAMETER.findall(self.path))

    @property
    def place(self) -> str:
        """The path of all its objects."""
        return self.path.rpartition("/")[0]

    @property
    def noun(self) -> str:
        """The name of one object in a sentence."""
        return self.name.replace("_", " ")

    @property
    def within(self) -> str | None:
        """The resource in whose path its own begins."""
        return self.said.get("within")


def read_kinds(document: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Kind]:
    """Return the resources that are declared with a path, or that a parameter's `x-resource` names; by their names."""
    schemas = document.get("components", {}).get("schemas", {})
    named = dict(_find_named_paths(document))
    return {
        name: Kind(name, said, resolve(document, schemas[said["schema"]]), said.get("path") or named[name])
        for name, said in types.items()
        if said["schema"] in schemas and (said.get("path") or name in named)
    }


def _find_named_paths(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The paths of one object each, by the resource that the `x-resource` of their last parameter names."""
    for path, item in document["paths"].items():
        last = PARAMETER.fullmatch(path.rpartition("/")[2])
        operations = [each for each in item.values() if isinstance(each, dict)]
        given = [*item.get("parameters", ()), *(one for each in operations for one in each.get("parameters", ()))]
        for each in (follow(document, one) for one in given):
            if last and each.get("name") == last[1] and "x-resource" in each:
                yield each["x-resource"]["name"], path


def make_key(values: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return the key of what parameters of a path name; empty for none."""
    return "/".join(quote(write_key(values[name]), safe="") for name in names)


def join_key(within: str, own: Any) -> str:
    """Return the key of an object that is in something else."""
    text = quote(write_key(own), safe="")
    return f"{within}/{text}" if within else text


def write_key(value: Any) -> str:
    """Return a value as a path has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
