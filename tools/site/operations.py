"""Pages of the contract's operations: an overview, and a page an area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tools.site import openapi31
from tools.site.document import Operation, code, contract, operations, paragraphs, resolved, table
from tools.site.rules import EVERY, about
from tools.site.rules import PAGE as RULES
from tools.site.schemas import codes, limits, link

OVERVIEW = "contract.md"


def area_page(area: str) -> str:
    """The name of the page of an area."""
    return f"contract-{area.replace('_', '-')}.md"


def names() -> list[str]:
    """The pages, in the order in which they are read."""
    return [OVERVIEW, *(area_page(tag["name"]) for tag in contract()["tags"])]


def pages() -> dict[str, str]:
    """By name, the text: the overview first, then the areas in the order of the contract."""
    made = {OVERVIEW: _overview()}
    for tag in contract()["tags"]:
        name = tag["name"]
        title = name.replace("_", " ").capitalize()
        listed = [each for each in operations() if each.area == name]
        made[area_page(name)] = f"# {title}\n\n{paragraphs(tag['description'])}{''.join(map(_operation, listed))}"
    return made


def _overview() -> str:
    info = contract()["info"]
    count = sum(1 for _ in operations())
    said = f"Version {info['version']}, {count} operations. Each row leads to what it asks and answers."
    said = f"{said} It is written in OpenAPI 3.0; [{openapi31.FILE}]({openapi31.FILE}) says the same in 3.1."
    rows = [
        (f"[{code(f'{it.method} {it.path}')}]({area_page(it.area)}#{it.id})", it.node["summary"]) for it in operations()
    ]
    listed = table(("operation", "what"), rows)
    vocabulary = f"## The vocabulary\n\n{paragraphs(info['description'])}"
    return f"# {info['title']}\n\n{said}\n\n{listed}{vocabulary}{_grants()}"


def _grants() -> str:
    """Which scopes each role and each permission set gives."""
    given = contract()["x-roles"] | contract()["x-permission-sets"]
    scopes = sorted({scope for held in given.values() for scope in held})
    rows = [(code(scope), *("yes" if scope in held else "" for held in given.values())) for scope in scopes]
    said = f"A person holds the scopes of a role ({_names('x-roles')}), an API key those of a permission set"
    said = f"{said} ({_names('x-permission-sets')})."
    return f"## Roles and permission sets {{ #grants }}\n\n{said}\n\n{table(('scope', *map(code, given)), rows)}"


def _names(keyword: str) -> str:
    return ", ".join(map(code, contract()[keyword]))


def _operation(operation: Operation) -> str:
    node = operation.node
    return "".join(
        (
            f"## {node['summary']} {{ #{operation.id} }}\n\n",
            f"```http\n{operation.method} {operation.path}\n```\n\n",
            paragraphs(node.get("description", "")),
            table(("asked", "of the caller"), _asked(operation)),
            _section("Parameters", table(("name", "is", "limits", "what"), map(_parameter, operation.parameters))),
            _section("Body", _body(node)),
            _section("Answers", table(("status", "what", "codes or body", "founded on"), _answers(node))),
            _section("Rules", _rules(operation)),
        )
    )


def _section(title: str, text: str) -> str:
    return f"**{title}**\n\n{text}" if text else ""


def _asked(operation: Operation) -> Iterator[tuple[str, str]]:
    node = operation.node
    yield "operation id", code(operation.id)
    if permissions := node.get("x-permissions"):
        yield "scopes", _scopes(permissions)
        yield "held by", ", ".join(map(code, _holders(permissions))) or "no role and no permission set"
    if role := node.get("x-role"):
        yield "role", code(role)
    if billing := node.get("x-billing"):
        yield "billing", code(billing)
    if events := node.get("x-event"):
        yield "writes", ", ".join(map(code, [events] if isinstance(events, str) else events))
    if most := node.get("x-max-body"):
        yield "largest body", f"{most:,} bytes"
    yield "founded on", _founded(node.get("x-provenance", "assumed"))


def _holders(permissions: dict[str, Any]) -> Iterator[str]:
    """Yield the roles and permission sets whose scopes are enough."""
    groups = [permissions["any"]] if "any" in permissions else permissions["all"]
    for keyword in ("x-roles", "x-permission-sets"):
        for name, held in contract()[keyword].items():
            if all(set(group) & set(held) for group in groups):
                yield name


def _scopes(permissions: dict[str, Any]) -> str:
    if "any" in permissions:
        return " or ".join(map(code, permissions["any"]))
    return ", and ".join(" or ".join(map(code, each)) for each in permissions["all"])


def _parameter(parameter: dict[str, Any]) -> Sequence[str]:
    needed = "" if parameter.get("required") else ", may be absent"
    schema = parameter["schema"]
    where = f"{parameter['in']}: {link(schema)}{needed}"
    return code(parameter["name"]), where, limits(schema), parameter.get("description", "")


def _body(node: dict[str, Any]) -> str:
    contents = resolved(node.get("requestBody", {})).get("content", {})
    return table(("media type", "is"), ((code(name), link(it["schema"])) for name, it in contents.items()))


def _answers(node: dict[str, Any]) -> Iterator[Sequence[str]]:
    for status, declared in node["responses"].items():
        answer = resolved(declared)
        contents = answer.get("content", {})
        told = [
            ", ".join(map(code, codes(it["schema"]))) or f"{link(it['schema'])} ({code(name)})"
            for name, it in contents.items()
        ]
        yield status, answer["description"], "; ".join(told), _founded(answer.get("x-provenance", ""))


def _rules(operation: Operation) -> str:
    """The rules that are about the operation, beside those about every operation."""
    named = {name: rule for name, rule in contract()["x-rules"].items() if "operations" in rule}
    rows = [(code(name), rule["text"]) for name, rule in named.items() if operation.id in about(rule)]
    others = f"Beside them hold the [rules of every operation]({RULES}#{EVERY}).\n\n"
    return table(("rule", "says"), rows) + others


def _founded(provenance: Any) -> str:
    if isinstance(provenance, str):
        return provenance
    return ", ".join(f"{about} {how}" for about, how in provenance.items())
