"""The pictures and tables of the page on life cycles: `python -m tests.repo.life_cycles` writes them."""

import re
from collections.abc import Mapping

from mock_server.resources.workspaces import task, workspace
from mock_server.resources.workspaces.life.table import STEPS, By, Machine, Step
from tests.repo.sources import ROOT

PAGE = ROOT / "docs" / "life-cycles.md"

_STATUSES: Mapping[Machine, tuple[str, ...]] = {"workspace": workspace.STATUSES, "task": task.STATUSES}
_NONE = "-"
MOVERS: Mapping[By, str] = {
    "create": "it is made",
    "fork": "it is forked from another one",
    "submit": "it is submitted",
    "resume": "resume",
    "time": "time",
    "unreachable": "time, without its agent",
    "deliver": "a task is delivered",
    "finish": "its current task ends",
    "stop": "stop",
    "restart": "restart",
    "fail": "failure, which a provider state alone makes",
    "cancel": "cancel",
    "archive": "archive",
    "unarchive": "unarchive",
    "state": "a provider state alone",
}
OF_TASKS: Mapping[By, str] = {
    "stop": "stop of the workspace",
    "restart": "restart of the workspace",
    "fail": "failure of the workspace",
}

_MARKED = re.compile(r"(<!-- steps of a (workspace|task) -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)


def rendered(text: str) -> str:
    """Return the page with pictures and tables as the table of the mock has them; its words stand in the page."""
    return _MARKED.sub(lambda match: match[1] + _section("workspace" if match[2] == "workspace" else "task"), text)


def _section(machine: Machine) -> str:
    return f"{_picture(machine)}\n\n{_table(machine)}"


def _rows(machine: Machine) -> list[Step]:
    return [step for step in STEPS if step.of == machine]


def _table(machine: Machine) -> str:
    rows = [("from", "by", "after", "to", "beside", "event"), ("---",) * 6]
    rows += [_row(step) for step in _rows(machine)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(step: Step) -> tuple[str, ...]:
    every = step.sources == _STATUSES[step.of]
    sources = "any" if every else ", ".join(step.sources) or _NONE
    effects = [step.when, "A snapshot is taken." if step.snapshot else ""]
    if step.reason is not None:
        effects.append(f"reason: {step.reason}")
    beside = " ".join(each for each in effects if each)
    after = f"{step.after} s" if step.after else _NONE
    event = _NONE if step.event is None else f"`{step.event}`"
    return sources, _mover(step), after, step.to or "as it is", beside or _NONE, event


def _mover(step: Step) -> str:
    return OF_TASKS.get(step.by, MOVERS[step.by]) if step.of == "task" else MOVERS[step.by]


def _picture(machine: Machine) -> str:
    """The steps as a diagram that GitHub and editors draw; what comes from any status alone is left out."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for step in _rows(machine):
        if step.to is None or step.sources == _STATUSES[machine]:
            continue
        label = f"{step.by} {step.after} s" if step.after else step.by
        lines += [f"    {source} --> {step.to}: {label}" for source in step.sources or ("[*]",)]
    return "\n".join([*lines, "```"])


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
