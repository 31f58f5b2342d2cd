"""What a run made and nobody can remove, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.custody.ledger import MadeObject
from conformance.results.plural import plural


def staying_lines(staying: Iterable[MadeObject]) -> list[str]:
    """Return a line for each org: how much of which resource stays there, and why."""
    by_org: dict[str, Counter[str]] = {}
    for each in staying:
        by_org.setdefault(each.org, Counter())[each.resource.replace("_", " ")] += 1
    return [
        f"{_listed([plural(count, name) for name, count in sorted(made.items())])} of {org} "
        f"{'stays' if made.total() == 1 else 'stay'} for good, archived: the contract has no way to remove them"
        for org, made in sorted(by_org.items())
    ]


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
