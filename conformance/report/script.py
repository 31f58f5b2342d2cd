"""Several requests as one script that runs on another day: what the server makes anew is held in variables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.exchange import Exchange
from conformance.report.curl import curl
from conformance.variables import WORLD
from conformance.verdict import Finding

LEAST = 4
"""Letters of an id; a shorter one may stand anywhere by chance."""
MADE = {"id", "pack_id", "role_id"}
"""Where an answer names what was made; the org, say, was there before and is called the same on every day."""


@dataclass(frozen=True, slots=True)
class _Captured:
    key: str
    value: str
    variable: str


def script(exchanges: Sequence[Exchange]) -> str:
    """The commands for a POSIX shell, one after the other."""
    worlds = {found[0] for exchange in exchanges if (found := WORLD.search(exchange.url))}
    names = dict.fromkeys(worlds, "WORLD")
    # In the world of the run everything is there already.
    commands = ["WORLD=again-$$"] if worlds else []
    for number, exchange in enumerate(exchanges):
        command = curl(exchange, names)
        captured = [it for it in _captured(exchange, number + 1) if _is_used(it, exchanges[number + 1 :])]
        names |= {it.value: it.variable for it in captured if not it.value.startswith("$")}
        commands.append(_capturing(command, captured) if captured else command)
    return "\n\n".join(commands)


def _captured(exchange: Exchange, number: int) -> Iterator[_Captured]:
    """The values of the answer of that number that a later request may need: ids of what it made, and credentials."""
    shown = exchange.json
    if not exchange.succeeded or exchange.method != "POST" or not isinstance(shown, dict):
        return
    for key, value in shown.items():
        if not isinstance(value, str):
            continue
        if key == "token" and value.startswith("$"):
            yield _Captured(key, value, value[1:])
        elif key in MADE and len(value) >= LEAST:
            yield _Captured(key, value, f"ID_{number}")


def _is_used(it: _Captured, later: Sequence[Exchange]) -> bool:
    return any(
        it.value in exchange.url
        or it.value in (exchange.authorization or "")
        or it.value.encode() in (exchange.request.content or b"")
        for exchange in later
    )


def _capturing(command: str, captured: Sequence[_Captured]) -> str:
    lines = [f"ANSWER=$({command})", 'printf "%s\\n" "$ANSWER"']
    for it in captured:
        key = json.dumps(it.key)
        take = f"grep -o '{key}: *\"[^\"]*\"' | head -n 1 | cut -d '\"' -f 4"
        lines.append(f'{it.variable}=$(printf "%s" "$ANSWER" | {take})')
    return "\n".join(lines)


def steps_of(finding: Finding) -> str:
    """The script that shows a finding again: the steps before it, then the request itself."""
    last = (finding.exchange,) if finding.exchange else ()
    return script((*finding.steps, *last))
