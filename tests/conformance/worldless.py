"""A mock as a server that stays: one world for everything, described by a profile, and what is stored in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import plain

CALLERS = ("acme-owner", "acme-member", "acme-full-access", "globex-owner", "globex-read-only")


def personas(origin: str) -> Mapping[str, Mapping[str, Any]]:
    """By name."""
    return {p["name"]: p for p in plain.get(f"{origin}/_mock/personas").json()["personas"]}


def profile(  # a table of what a profile may have
    path: Path,
    origin: str,
    *,
    states: bool,
    limits: str = "",
    more: str = "",
    base_url: str | None = None,
    callers: tuple[str, ...] = CALLERS,
    tokens: Mapping[str, str] | None = None,
) -> Path:
    """A profile of the mock at origin; base_url: another way to it; tokens: lines in place of a caller's token."""
    lines = ["[target]", 'name = "worldless"', f'url = "{base_url or origin}/v1"']
    lines += [f'states_url = "{origin}/_mock/worlds/default/states"'] if states else []
    known = personas(origin)
    for name in callers:
        who = "role" if known[name]["role"] else "permission_set"
        lines += [f"[callers.{name}]", f'org = "{known[name]["org_id"]}"', f'{who} = "{known[name][who]}"']
        lines += [(tokens or {}).get(name, f'token = "{known[name]["token"]}"')]
    path.write_text("\n".join([*lines, "[limits]", limits, more]))
    return path


def stored(origin: str) -> object:
    """Everything that the two orgs of the profile see."""
    tokens = personas(origin)
    return [
        plain.get(f"{origin}/v1/packs", headers={"Authorization": f"Bearer {tokens[name]['token']}"}).json()
        for name in ("acme-owner", "globex-owner")
    ]
