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
    return [_line(org, made) for org, made in sorted(by_org.items())]


def _line(org: str, made: Counter[str]) -> str:
    words = [plural(count, name) for name, count in sorted(made.items())]
    named = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    stays, them = ("stays", "it") if made.total() == 1 else ("stay", "them")
    return f"{named} of {org} {stays} for good, archived: the contract has no way to remove {them}"
