"""A page of the contract's rules, clause by clause, with how well founded each is."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from tools.site.document import code, contract, table

PAGE = "rules.md"
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
    return f"# Rules\n\n{said}\n\n{meanings}" + "".join(
        f"## {clause.capitalize()}\n\n{_clause(list(of))}" for clause, of in clauses
    )


def _clause(rules: list[tuple[str, dict[str, Any]]]) -> str:
    return table(("rule", "says", "founded on"), ((code(id_), it["text"], _how(it)) for id_, it in rules))


def _how(rule: dict[str, Any]) -> str:
    return str(rule["provenance"]) if rule["level"] == "must" else f"{rule['provenance']}, {rule['level']}"
