"""Redocly's Respect passes the workflows of `examples/arazzo` on the mock, and fails where one says what is not so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import plain
from tests.conformance.targets import judge
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying
from tests.repo.sources import ROOT

FOLDER = ROOT / "examples/arazzo"
[COMMAND] = re.findall(
    r"^```sh\n(.*?)^```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
DOCUMENTS = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
LIVES = re.compile(r"/v1/workspaces/[^/]+(/tasks/[^/]+)?")
"""Paths of what changes by itself."""
SECONDS = 6
"""By which the clock moves before each look at such a thing: a task needs two looks, so one step is tried again."""

pytestmark = pytest.mark.needs_node


@pytest.fixture
def mock() -> Iterator[str]:
    """A mock whose workspaces and tasks do not take the time that they say."""
    with served_mock() as behind, proxying(behind) as proxy:

        def move_clock(request: Request) -> Answer | None:
            if request.method == "GET" and LIVES.fullmatch(request.path):
                world = request.headers.get("X-Mock-World", "default")
                clock = f"{behind}/_mock/worlds/{world}/clock"
                plain.put(clock, json={"advance_seconds": SECONDS}).raise_for_status()
            return None

        proxy.answers = move_clock
        yield proxy.origin


def play(command: str, mock: str, folder: Path) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """Run the page's command on a mock; return its exit code, and the steps of each workflow as Respect tells them."""
    report = folder / "report.json"
    done = subprocess.run(
        ["bash", "-euc", f"{command.rstrip()} --json-output {report}"],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "EVERSHELL_MOCK_URL": mock,
            "REDOCLY_TELEMETRY": "off",
            "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
        check=False,
    )
    assert report.exists(), done.stdout[-10_000:]
    files = json.loads(report.read_text(encoding="utf-8"))["files"].values()
    workflows = [workflow for file in files for workflow in file["executedWorkflows"]]
    return done.returncode, {each["workflowId"]: each["executedSteps"] for each in workflows}


def find_failed(step: dict[str, Any]) -> list[str]:
    """Return the names of the checks that a step did not pass."""
    return [check["name"] for check in step["checks"] if not check["passed"]]


def test_each_workflow_passes(mock: str, tmp_path: Path) -> None:
    code, played = play(COMMAND.replace("http://127.0.0.1:4010", mock), mock, tmp_path)
    assert code == 0
    declared = {it["workflowId"]: it["steps"] for document in DOCUMENTS.values() for it in document["workflows"]}
    for workflow, steps in declared.items():
        # A step that is tried again is there once for each try.
        ended = {step["stepId"]: step for step in played[workflow]}
        assert list(ended) == [step["stepId"] for step in steps]
        for step in ended.values():
            refused = step["response"]["statusCode"] >= 400
            assert find_failed(step) == (["schema check"] if refused else []), step["stepId"]


def spoil(criterion: dict[str, str]) -> dict[str, str]:
    """Return a criterion that asks for another value, which no answer has."""
    return {**criterion, "condition": re.sub(r"(==|!=) [^\]]+", "== 'wrong'", criterion["condition"])}


def make_wrong_copies() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield a copy of each workflow with the last criterion of one step wrong, and the id of that step.

    Each is played in a world of its own, since a workflow that fails does not tidy up.
    """
    for document in DOCUMENTS.values():
        for workflow in document["workflows"]:
            for place, step in enumerate(workflow["steps"]):
                copied = deepcopy(workflow)
                world = f"{workflow['workflowId']}-{step['stepId']}".replace("_", "-")
                copied["workflowId"] = world
                copied["parameters"].append({"in": "header", "name": "X-Mock-World", "value": world})
                wrong = copied["steps"][place]
                wrong["successCriteria"][-1] = spoil(wrong["successCriteria"][-1])
                wrong.pop("onFailure", None)  # or it is tried again for minutes
                yield copied, step["stepId"]


def test_a_workflow_with_a_wrong_criterion_fails_at_its_step(mock: str, tmp_path: Path) -> None:
    copies = list(make_wrong_copies())
    head = next(iter(DOCUMENTS.values()))
    [source] = head["sourceDescriptions"]
    document = {
        **head,
        "sourceDescriptions": [{**source, "url": str(ROOT / "openapi.yaml")}],
        "workflows": [workflow for workflow, _ in copies],
    }
    written = tmp_path / "wrong.yaml"
    written.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    command = COMMAND.replace("http://127.0.0.1:4010", mock).replace("examples/arazzo/*.yaml", str(written))
    code, played = play(command, mock, tmp_path)
    assert code == 1
    for workflow, wrong in copies:
        *_, last = played[workflow["workflowId"]]
        assert (last["stepId"], find_failed(last)[0]) == (wrong, "success criteria check")


def test_a_finding_is_played_as_a_workflow(tmp_path: Path) -> None:
    """It fails at the step that shows the defect, and passes on a server without it."""
    written = tmp_path / "found.yaml"
    (tmp_path / "openapi.yaml").symlink_to(ROOT / "openapi.yaml")
    played: dict[bool, tuple[int, dict[str, list[dict[str, Any]]]]] = {}
    choice = ("--rule", "OWNERSHIP-PRIVATE-HIDDEN", "--operation", "api_keys.revoke", "--budget", "quick")
    for is_wrong in (True, False):
        with served_mock(*(("--deviation", "ownership-keys-of-others-revoked") if is_wrong else ())) as mock:
            if is_wrong:
                judge("--target", f"{mock}/v1", "--seed", "1", *choice, "--report", f"arazzo={written}")
            inputs = {name for it in json.loads(written.read_text())["workflows"] for name in it["inputs"]["required"]}
            command = f"tools/node_modules/.bin/redocly respect {written} --server contract={mock}/v1"
            for name in inputs:
                persona = name.removesuffix("_TOKEN").lower().replace("_", "-")
                command += f" --input {name}=$(evershell-mock token {persona})"
            played[is_wrong] = play(f"{command} --severity SCHEMA_CHECK=warn", mock, tmp_path)
    code, workflows = played[True]
    assert code == 1
    for made, shown in workflows.values():
        assert find_failed(made) == []
        assert "success criteria check" in find_failed(shown)
    code, fixed = played[False]
    assert (code, fixed.keys()) == (0, workflows.keys())
