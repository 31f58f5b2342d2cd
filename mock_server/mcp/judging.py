"""The tool that has the suite judge a server, as a command of its own: the mock imports nothing of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import anyio
from anyio.abc import Process

from mock_server.access.origins import is_of_this_machine
from mock_server.mcp.tool import Arguments, ToolResult

_SUITE = "evershell-conformance"
_MOST_GROUPS = 20
_END_S = 30.0
"""The seconds that a run that is not wanted any more may take to remove what it made."""
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "target": {
            "type": "string",
            "minLength": 1,
            "description": "The base URL of a server on this machine, such as http://127.0.0.1:4010/v1; `mock` for a "
            "fresh mock; or the path of a profile (TOML), which a server elsewhere needs.",
        },
        "operations": {**_NAMES, "description": "Judge these operations only, such as packs.list."},
        "rules": {**_NAMES, "description": "Judge these rules only, such as ENVELOPE-EVERY-ERROR."},
        "clauses": {**_NAMES, "description": "Judge these clauses only, such as session."},
        "budget": {"type": "string", "enum": ["quick", "normal", "deep"], "default": "quick"},
        "generated": {
            "type": "boolean",
            "default": False,
            "description": "Judge generated requests too, which takes longer.",
        },
        "read_only": {
            "type": "boolean",
            "default": False,
            "description": "Send nothing that could change the server.",
        },
        "seed": {
            "type": "integer",
            "minimum": 0,
            "description": "Makes the run repeatable; random where it is absent.",
        },
        "time_limit": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 45,
            "description": "Start no test after so many seconds.",
        },
    },
    "required": ["target"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class JudgeTool:
    """A tool that judges a server by the contract, with few requests unless more are asked for."""

    name: str = "judge"
    description: str = (
        "Judge a server by the Evershell contract, and return what was found, the worst first.\n\n"
        "Name the operations, rules or clauses that a change is about: a run of one takes seconds. A server that is "
        "not on this machine is judged by its profile, which says who calls and what may be changed. A mock is judged "
        f"in worlds of the run's own. The same as the command `{_SUITE} run`, which `{_SUITE} replay` belongs to."
    )

    @property
    def input_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the arguments."""
        return _SCHEMA

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing; a run makes objects, and removes them."""
        return False

    async def call(self, arguments: Arguments) -> ToolResult:
        """Run the suite; the result is an error where it could not judge, with its reason."""
        target = arguments["target"]
        if "://" in target and not _is_here(target):
            return ToolResult(_explain_absence(target), is_error=True)
        with TemporaryDirectory() as folder:
            report = Path(folder, "report.json")
            said = await _run([*_find_suite(), "run", *_list_options(arguments), f"--report=json={report}"])
            found = _read(report)
        if found is None:
            return ToolResult(said.strip() or f"{_SUITE} ended without a report.", is_error=True)
        return ToolResult(json.dumps(_summarise(found), ensure_ascii=False), is_error=found["unusable"] is not None)


def _is_here(target: str) -> bool:
    parts = urlsplit(target.lower())
    return is_of_this_machine(f"{parts.scheme}://{parts.netloc}")


def _explain_absence(target: str) -> str:
    return (
        f"{target}: is not on this machine, so it is judged by a profile, which names its callers and its limits. "
        f"`{_SUITE} init --target {target} --output FILE` writes one; then FILE is the target."
    )


def _find_suite() -> list[str]:
    """Return the command of the suite: the script beside this Python, else that of the path."""
    beside = Path(sys.executable).with_name(_SUITE)
    return [str(beside) if beside.exists() else shutil.which(_SUITE) or _SUITE]


def _list_options(arguments: Arguments) -> Iterator[str]:
    """Yield the options of the run, each a word of its own, so that no value is taken for an option."""
    given = {name: part.get("default") for name, part in _SCHEMA["properties"].items()} | dict(arguments)
    yield from ("--quiet", f"--target={given['target']}", f"--budget={given['budget']}")
    yield f"--time-limit={given['time_limit']}"
    for option in ("operation", "rule", "clause"):
        yield from (f"--{option}={name}" for name in given[f"{option}s"] or ())
    if not given["generated"]:
        yield "--only=directed"
    if given["read_only"]:
        yield "--read-only"
    if given["seed"] is not None:
        yield f"--seed={given['seed']}"


async def _run(command: list[str]) -> str:
    """Run a command to its end and return what it complained about; ended early, it may clean up first."""
    nothing, kept = subprocess.DEVNULL, subprocess.PIPE
    async with await anyio.open_process(command, stdin=nothing, stdout=nothing, stderr=kept) as process:
        try:
            return await _read_complaints(process)
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(_END_S, shield=True):
                with suppress(ProcessLookupError):
                    process.terminate()
                await _read_complaints(process)
            raise


async def _read_complaints(process: Process) -> str:
    assert process.stderr is not None  # noqa: S101  # PIPE was asked for
    said = b"".join([part async for part in process.stderr])
    await process.wait()
    return said.decode(errors="replace")


def _read(report: Path) -> dict[str, Any] | None:
    """Return the report of a run; None where it did not begin."""
    return json.loads(report.read_bytes()) if report.exists() else None


def _summarise(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an agent needs of a report: the verdict, and of each group of findings the one that leads it."""
    groups = [*report["groups"], *report["other_groups"]]
    plain = ("headline", "verdict", "exit_code", "target", "seed", "budget", "unusable", "cut_short", "summary")
    return {
        **{name: report[name] for name in plain},
        "groups": [_show_group(group, report) for group in report["groups"][:_MOST_GROUPS]],
        "groups_in_all": len(groups),
        "notes": report["notes"],
        "errors": report["errors"],
        "left_behind": report["left_behind"],
    }


def _show_group(group: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    lead = next(each for each in report["findings"] if each["fingerprint"] == group["lead"])
    sentences = {rule["id"]: rule["text"] for rule in report["rules"]}
    exchange = lead["exchange"]
    return {
        **{name: group[name] for name in ("title", "verdict", "rules", "operations")},
        "findings": len(group["findings"]),
        "lead": {
            **{name: lead[name] for name in ("fingerprint", "rule", "provenance", "caller", "expected", "got", "case")},
            "sentence": sentences.get(lead["rule"]),
            "request": exchange and f"{exchange['method']} {exchange['url']}",
        },
    }
