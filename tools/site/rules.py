"""A page of the contract's rules, clause by clause, with how well founded each is."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any

from tools.site.document import code, contract, operations, table

PAGE = "rules.md"
EVERY = "every-operation"
"""The place of the rules that name no operations."""
MEANINGS = {
    "seed": "the public documents of the service say so; where it is broken, that is a violation",
    "reference": "the same, in the reference of its API",
    "mentioned": "they mention it; where it is broken, that is an advisory",
    "assumed": "the contract decides it; where it is broken, that is an advisory",
}


def page() -> str:
    """All rules."""
    rules: dict[str, dict[str, Any]] = contract()["x-rules"]
    counts = Counter(rule["provenance"] for rule in rules.values())
    meanings = table(("provenance", "rules", "means"), ((it, str(counts[it]), said) for it, said in MEANINGS.items()))
    clauses = groupby(sorted(rules.items(), key=lambda it: it[1]["clause"]), key=lambda it: it[1]["clause"])
    said = f"The {len(rules)} promises that a schema cannot express. The suite names the broken one in each finding."
    every = [code(name) for name, rule in rules.items() if "operations" not in rule]
    return (
        f"# Rules\n\n{said}\n\n{meanings}"
        + "".join(f"## {clause.capitalize()}\n\n{_clause(list(of))}" for clause, of in clauses)
        + f"## Of every operation {{ #{EVERY} }}\n\nThese are about every operation: {', '.join(every)}.\n\n"
    )


def about(rule: dict[str, Any]) -> list[str]:
    """The ids of the operations that a rule is about, in the contract's order."""
    patterns = rule.get("operations", ["*"])
    return [each.id for each in operations() if any(fnmatchcase(each.id, pattern) for pattern in patterns)]


def _clause(rules: list[tuple[str, dict[str, Any]]]) -> str:
    rows = ((code(name), it["text"], _about(it), _how(it)) for name, it in rules)
    return table(("rule", "says", "is about", "founded on"), rows)


def _about(rule: dict[str, Any]) -> str:
    return ", ".join(map(code, rule["operations"])) if "operations" in rule else "every operation"


def _how(rule: dict[str, Any]) -> str:
    return str(rule["provenance"]) if rule["level"] == "must" else f"{rule['provenance']}, {rule['level']}"
