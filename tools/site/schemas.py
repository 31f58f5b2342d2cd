"""A page of the contract's schemas, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.site.document import code, contract, paragraphs, resolved, table

PAGE = "schemas.md"
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "format", "default")


def page() -> str:
    """Every schema but those of errors, which the operations name by their codes."""
    schemas = contract()["components"]["schemas"]
    shown = {name: node for name, node in schemas.items() if not name.endswith("Error")}
    text = "# Schemas\n\nWhat bodies are made of. The schemas of errors are one envelope with different codes.\n\n"
    return text + "".join(f"## {name} {{ #{name} }}\n\n{_schema(node)}" for name, node in shown.items())


def link(node: dict[str, Any]) -> str:
    """What a body or a field is, with a link where it has a schema of its own."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return "an error" if name.endswith("Error") else f"[{name}]({PAGE}#{name})"
    if "items" in node:
        return f"list of {link(node['items'])}"
    if "allOf" in node:
        return " and ".join(link(each) for each in node["allOf"])
    kind = node.get("type", "anything")
    return "bytes" if node.get("format") == "binary" else f"{kind}{' or null' if node.get('nullable') else ''}"


def limits(node: dict[str, Any]) -> str:
    """The bounds, values and pattern of a field."""
    return ", ".join(_limits(node))


def codes(node: dict[str, Any]) -> list[str]:
    """The error codes that a schema allows."""
    node = resolved(node)
    own: list[str] = node.get("properties", {}).get("error", {}).get("properties", {}).get("code", {}).get("enum", [])
    return [*own, *(each for part in node.get("allOf", []) for each in codes(part))]


def _schema(node: dict[str, Any]) -> str:
    parts = node.get("allOf", [node])
    text = paragraphs(node.get("description", ""))
    rows = [row for part in parts for row in _rows(part)]
    if rows:
        return text + table(("field", "is", "limits", "what"), rows)
    return f"{text}{link(node)}{'; ' if limits(node) else ''}{limits(node)}\n\n{table(('kind', 'has'), _kinds(node))}"


def _kinds(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each kind of a schema with what goes with it."""
    for kind, said in node.get("x-kinds", {}).items():
        secret = [f"the secret {code(said['secret'])}"] if "secret" in said else []
        needs = [f"{code(key)} in its config" for key in said.get("needs", [])]
        more = [f"{code(key)} too for {name}" for name, keys in said.get("needs_of", {}).items() for key in keys]
        settings = [f"the setting {code(key)}" for key in said.get("settings", [])]
        yield code(kind), ", ".join((*secret, *needs, *more, *settings))


def _rows(node: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    node = resolved(node)
    for part in node.get("allOf", []):
        yield from _rows(part)
    needed = node.get("required", [])
    for name, field in node.get("properties", {}).items():
        is_there = "" if name in needed else ", may be absent"
        yield code(name), link(field) + is_there, limits(field), resolved(field).get("description", "")


def _limits(node: dict[str, Any]) -> Iterator[str]:
    node = resolved(node)
    if "enum" in node:
        yield ", ".join(code(each) for each in node["enum"])
    for name in _BOUNDS:
        if name in node and node[name] != "binary":
            yield f"{name} {code(node[name])}"
    if "pattern" in node:
        yield code(node["pattern"])
    for name, value in node.get("x-archive", {}).items():
        if name == "manifest":
            yield f"{code('pack.yaml')} is {link(value)}"
        else:
            yield f"{name} {', '.join(map(code, value)) if isinstance(value, list) else code(value)}"
