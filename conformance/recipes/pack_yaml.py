"""What is to be said in a pack.yaml, beside a name and a version, to go against its grammar or just not to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WRONG: Mapping[str, dict[str, Any]] = {
    "no-name": {"name": None},
    "no-version": {"version": None},
    "name-of-64": {"name": "a" * 64},
    "name-capital": {"name": "Slack"},
    "name-underscore": {"name": "a_b"},
    "name-hyphen-first": {"name": "-ab"},
    "name-hyphen-last": {"name": "ab-"},
    "name-empty": {"name": ""},
    "name-number": {"name": 12},
    "name-list": {"name": ["a"]},
    "name-newline": {"name": "ab\n"},
    "version-two-parts": {"version": "1.2"},
    "version-leading-zero": {"version": "01.2.3"},
    "version-v": {"version": "v1.2.3"},
    "version-number": {"version": 1.2},
    "version-empty": {"version": ""},
    "description-4097": {"description": "x" * 4097},
    "description-list": {"description": ["x"]},
    "category-65": {"category": "x" * 65},
    "category-number": {"category": 7},
    "capabilities-text": {"capabilities": "chat"},
    "capabilities-mapping": {"capabilities": {"chat": 1}},
    "suggested-text": {"suggested_packs": "calendar"},
    "suggested-number": {"suggested_packs": [1]},
    "display-name-number": {"display_name": 5},
}
"""Against it in one key each; None takes a key away."""

NULLS = ("name", "version", "description", "category", "capabilities", "suggested_packs", "display_name")
"""The keys that a null is not taken for."""

RIGHT: Mapping[str, dict[str, Any]] = {
    "only-what-is-needed": {"description": None},
    "description-4096": {"description": "é" * 4096},
    "category-64": {"category": "é" * 64},
    "unknown-key": {"homepage": "https://pack.example", "x": {"y": None}},
    "empty-lists": {"capabilities": [], "suggested_packs": []},
    "capabilities-of-anything": {"capabilities": ["a", 1, None, {"b": []}]},
    "version-with-everything": {"version": "10.20.30-alpha.1.x-y+build.5"},
    "version-of-zeros": {"version": "0.0.0"},
}
"""Just inside it."""
