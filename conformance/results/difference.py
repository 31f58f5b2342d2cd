"""The difference between two values, each kept short: the evidence of a finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.http.variables import CUT, mask_cut_text

LONGEST = 160
"""The most characters of a value that are kept."""
CONTEXT = 24
"""The number of characters before the first that differs."""
MOST_NAMES = 8
"""The number of fields that are shown with their values."""
CONTENT, LIST, STATUS = "the content", "the list", "the status"
"""The names of what differs where it is no field: the bytes of a part, what a list holds, and status or code."""
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The difference, before and after; all empty where what was expected and what came says it."""

    names: tuple[str, ...] = ()
    before: str = ""
    after: str = ""

    def __bool__(self) -> bool:
        return bool(self.names)

    def mask(self, masks: Mapping[str, str]) -> Evidence:
        """Return the evidence without secrets."""
        names = tuple(mask_cut_text(name, masks) for name in self.names)
        return replace(
            self, names=names, before=mask_cut_text(self.before, masks), after=mask_cut_text(self.after, masks)
        )

    def to_json(self) -> dict[str, Any]:
        return {"names": list(self.names), "before": self.before, "after": self.after}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Evidence:
        return Evidence(tuple(data["names"]), data["before"], data["after"])


NO_EVIDENCE = Evidence()


def from_fields(names: Iterable[str], before: Any, after: Any) -> Evidence:
    """Return the fields of these names in two objects, one a line."""
    every = tuple(names)
    pairs = [cut_texts(_format_field(before, name), _format_field(after, name)) for name in every[:MOST_NAMES]]
    shown = [[f"{name}: {pair[side]}" for name, pair in zip(every, pairs, strict=False)] for side in (0, 1)]
    more = [f"and {len(every) - MOST_NAMES} more"] if len(every) > MOST_NAMES else []
    return Evidence(every, "\n".join(shown[0] + more), "\n".join(shown[1] + more))


def from_field(name: str, before: Any, after: Any) -> Evidence:
    """Return two values of one field; None is shown as absent."""
    return from_fields([name], *({} if value is None else {name: value} for value in (before, after)))


def from_bytes(before: bytes | None, after: bytes | None) -> Evidence:
    """Return two contents, from shortly before the first byte that differs."""
    texts = cut_texts(*(repr(bytes(content or b""))[1:] for content in (before, after)))
    sizes = [len(content or b"") for content in (before, after)]
    return Evidence((CONTENT,), *(f"{size} bytes: {text}" for size, text in zip(sizes, texts, strict=True)))


def from_list(before: str, after: str) -> Evidence:
    """Return what a list should hold and what it holds."""
    return Evidence((LIST,), before, after)


def cut_texts(before: str, after: str, *, longest: int = LONGEST) -> tuple[str, str]:
    """Return two texts cut to what is worth showing: from shortly before the first character that differs."""
    same = count_same_beginning(before, after)
    start = 0 if max(len(before), len(after)) <= longest else max(0, same - CONTEXT)
    return _cut(before, start, longest), _cut(after, start, longest)


def count_same_beginning(before: str, after: str) -> int:
    """Return how many characters two texts begin with alike."""
    fewest, most = 0, min(len(before), len(after))
    while fewest < most:
        middle = (fewest + most + 1) // 2
        alike = before[fewest:middle] == after[fewest:middle]
        fewest, most = (middle, most) if alike else (fewest, middle - 1)
    return fewest


def _cut(text: str, start: int, longest: int) -> str:
    end = start + longest
    return (CUT if start else "") + text[start:end] + (CUT if len(text) > end else "")


def _format_field(value: Any, name: str) -> str:
    if not isinstance(value, Mapping):
        return ABSENT if value is None else _format_text(value)
    return _format_text(value[name]) if name in value else ABSENT


def _format_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
