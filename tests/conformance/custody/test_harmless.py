"""A server that others use, and that writes down what comes in: every unsafe request of a run is one that does no harm.

A whole run of a small budget is looked at in tests/examples/test_conforms.py, with what it found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.custody.harm import OF_ORG, Log, check_harmless, inventory
from tests.conformance.targets import Judged, judge
from tests.examples.second import profile, serving, sessions
from tests.proxy.proxy import Proxy, proxying

SOME = ("session.get", "packs.create", "packs.update_visibility", "packs.replace_file", "packs.delete", "secrets.set")
SOME += ("providers.archive", "agent_roles.update", "memberships.remove", "workspaces.stop", "tasks.submit")


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in sessions().items():
        monkeypatch.setenv(name, token)


@pytest.fixture
def target() -> Iterator[Proxy]:
    with serving() as origin, proxying(origin) as between:
        yield between


def run(target: Path, *options: str) -> tuple[Judged, dict[str, Any]]:
    report = target.with_name("report.json")
    judged = judge("--target", target, *options, "--report", f"json={report}", timeout=600)
    assert judged.code == 0, judged.said + judged.complained
    results: dict[str, Any] = json.loads(report.read_text())
    assert results["findings"] == results["errors"] == results["left_behind"] == []
    return judged, results


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("states", [True, False], ids=["states", "no-states"])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_every_unsafe_request_is_harmless(tmp_path: Path, target: Proxy, states: bool, seed: int) -> None:
    there, path = inventory(target), profile(tmp_path, target.origin, states=states)
    run(path, "--seed", str(seed), "--budget", "normal")
    check_harmless(target, there, states=states)


@pytest.mark.parametrize("option", [(), ("--probe-unsafe",)], ids=["usual", "probing"])
def test_where_nothing_but_a_right_server_stands_between(
    tmp_path: Path, target: Proxy, option: tuple[str, ...]
) -> None:
    """Collections, /me and packs of others are left in peace, and the report says what would change that."""
    there = inventory(target)
    asked = [*(f"--clause={each}" for each in ("protocol", "envelope", "ownership")), "--only", "directed"]
    asked += [f"--operation={each}" for each in SOME]
    _, results = run(
        profile(tmp_path, target.origin, states=False), "--seed", "3", "--budget", "quick", *asked, *option
    )
    reasons = {case["reason"] for case in results["cases"] if case["verdict"] == "NOT_PROVOKED"}
    told = [reason for reason in reasons if "--probe-unsafe" in reason]
    assert bool(told) is not bool(option)
    assert all("known.expendable" in reason or "world_url" in reason for reason in told)
    harmful = {each.split(" ", 2)[0] for each in Log(there).read(target).harmful}
    assert harmful == ({"DELETE", "PUT", "PATCH", "POST"} if option else set())
    # Not even then what a right server would serve.
    assert not any("alder" in OF_ORG.sub("", each) for each in Log(there).read(target).harmful)
    assert inventory(target) == there


def test_no_two_runs_make_up_the_same_ids(tmp_path: Path, target: Proxy) -> None:
    """Of one seed: what one of them was told of an id is not true of the other's."""
    made_up = []
    for _ in range(2):
        target.answered.clear()
        asked = ["--seed", "3", "--rule", "ENVELOPE-EVERY-ERROR", *(f"--operation={each}" for each in SOME)]
        run(profile(tmp_path, target.origin, states=False), *asked)
        log = Log(inventory(target)).read(target)
        assert log.harmful == []
        made_up.append(log.impossible)
    assert all(made_up)
    assert not made_up[0] & made_up[1]


@pytest.mark.parametrize("limit", ["max_requests", "max_creations"])
def test_a_limit_counts_what_states_are_asked_for(tmp_path: Path, target: Proxy, limit: str) -> None:
    """Their setups and teardowns are requests, and what they make are objects; nothing is left all the same."""
    there = inventory(target)
    path = profile(tmp_path, target.origin)
    written = path.read_text(encoding="utf-8")
    assert written.count("[limits]\n") == 1
    path.write_text(written.replace("[limits]\n", f"[limits]\n{limit} = 80\n"), encoding="utf-8")
    judged = judge("--target", path, "--seed", "3", "--clause", "scopes", "--clause", "billing", "--clause", "deletion")
    # Of a run that was cut short too little is known.
    # Of a clause that was named no rule is judged where so few objects may be made.
    assert judged.code == (3 if limit == "max_requests" else 4), judged.said + judged.complained
    asked = [json.loads(passed.body) for passed in target.passed if passed.target == "/_states"]
    assert len(asked) > 10
    if limit == "max_requests":
        assert 60 < len(target.passed) <= 80
    else:
        changing = ("org has billing posture", "registry purge fails", "auth is disabled", "secrets are disabled")
        changing += ("stored credential is",)
        by_state = sum(each["action"] == "setup" and each["state"] not in changing for each in asked)
        set_by_name = [each for each in target.answered if each.request.target.startswith("/v1/secrets/")]
        by_call = sum(each.request.method == "POST" and each.answer.status == 201 for each in target.answered)
        by_call += sum(each.request.method == "PUT" and each.answer.status == 200 for each in set_by_name)
        assert by_state > 10
        assert 70 < by_state + by_call <= 80
    assert inventory(target) == there


@pytest.mark.parametrize("how", ["command", "pytest"])
def test_nothing_is_written_into_the_working_folder(tmp_path: Path, how: str) -> None:
    """What is made up once is kept among the user's caches."""
    folder, caches = tmp_path / "empty", tmp_path / "caches"
    folder.mkdir()
    options = ["--target=mock", "--seed=1", "--budget=quick", "--operation=packs.get", "--only=generated"]
    plain = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--pyargs", "conformance"]
    command = plain if how == "pytest" else [str(Path(sys.executable).with_name("evershell-conformance")), "run"]
    without = {name: value for name, value in os.environ.items() if name != "HYPOTHESIS_STORAGE_DIRECTORY"}
    environment = without | {"XDG_CACHE_HOME": str(caches)}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(folder.iterdir()) == []
    assert any(caches.rglob("*"))
