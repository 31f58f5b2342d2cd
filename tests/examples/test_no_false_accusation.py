"""A correct server is accused of nothing, whatever stands before it and whoever else is at work on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.circumstances.connections import lost, of_states
from tests.circumstances.gateways import NEXT, envelope, instead, page
from tests.circumstances.table import CIRCUMSTANCES, TOGETHER, take_turns, under
from tests.conformance.targets import Judged, judge
from tests.examples.second import profile, serving
from tests.openapi import OF_PACKS
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Request

STATES = pytest.mark.parametrize("states", [True, False], ids=["states", "no-states"])
PART = {
    "odd-connections": ("--clause=billing", "--clause=ownership", *OF_PACKS),
    "a-gateway": ("--clause=protocol", "--clause=files", *OF_PACKS),
    "a-cache": ("--clause=files", "--clause=session"),
    "another-server": (
        "--clause=session",
        "--clause=visibility",
        "--clause=authentication",
        "--operation=session.get",
        *OF_PACKS,
    ),
    "a-busy-day": ("--clause=ownership", "--clause=creation", *OF_PACKS),
}
"""What is judged in few seconds under circumstances that come together; `make long` judges everything."""


def judged(
    folder: Path,
    *names: str,
    states: bool,
    seed: int = 5,
    budget: str = "quick",
    only: tuple[str, ...] = (),
    more: tuple[Behaviour, ...] = (),
) -> tuple[Judged, dict[str, Any]]:
    """How the suite ended under these circumstances, and more that a proxy does, and its results."""
    report = folder / "report.json"
    options = [f"--budget={budget}", f"--seed={seed}", *only, f"--report=json={report}"]
    with serving(*(() if states else ("--no-states",))) as origin, under(origin, *names) as proxy:
        proxy.add(*more)
        ended = judge("--target", profile(folder, proxy.origin, states=states), *options, timeout=580)
    assert report.exists(), ended.said + ended.complained
    return ended, json.loads(report.read_text(encoding="utf-8"))


def accusations(results: dict[str, Any]) -> list[str]:
    """The violations and errors of a run, each with what was expected and what came."""
    found = [
        f"{each['rule']}: {each['expected']} / {each['got']}"
        for each in results["findings"]
        if each["verdict"] == "FAILED"
    ]
    return found + [str(error) for error in results["errors"]]


def check(folder: Path, *names: str, **how: Any) -> dict[str, Any]:
    """The results; nobody is accused, whatever was not judged is said, and most was judged."""
    ended, results = judged(folder, *names, **how)
    assert accusations(results) == []
    assert ended.code == 0, ended.said
    assert results["left_behind"] == []
    rules = [rule for rule in results["rules"] if rule["verdict"] != "UNTESTED"]
    assert all(rule["reasons"] for rule in rules if rule["verdict"] == "NOT_PROVOKED")
    assert sum(rule["verdict"] in ("PASSED", "ADVISORY") for rule in rules) > len(rules) * 0.7
    return results


def test_larger_limits_than_the_contracts(tmp_path: Path) -> None:
    """They are told as advisories, since the contract's are its own."""
    report = tmp_path / "report.json"
    with serving("--limits", "2") as origin:
        options = ("--budget=quick", "--seed=5", "--clause=upload", "--clause=protocol", f"--report=json={report}")
        ended = judge("--target", profile(tmp_path, origin), *options)
    results = json.loads(report.read_text(encoding="utf-8"))
    assert (ended.code, accusations(results)) == (0, [])
    assert {"UPLOAD-LIMITS", "PROTOCOL-BODY-LIMIT"} <= {each["rule"] for each in results["findings"]}


@pytest.mark.parametrize("name", TOGETHER)
def test_a_few_clauses_together(tmp_path: Path, name: str) -> None:
    check(tmp_path, *TOGETHER[name], states=True, only=PART[name])


def test_keys_of_a_session_whose_scopes_are_further_and_repeated(tmp_path: Path) -> None:
    """A scope that no operation asks for lets nobody in, and one told twice is held once: neither is accused."""
    check(tmp_path, "unknown-scopes", "scopes-twice", states=True, only=("--rule=KEY-VALUE",))


def test_a_purge_that_fails_is_asked_of_no_pack_but_an_upload(tmp_path: Path) -> None:
    """Where no upload gets through, a pack of an image would be deleted as it should: there is nothing to purge."""
    busy = instead(lambda: page(429, NEXT), lambda request: request.path.endswith("/packs/upload"))
    ended, results = judged(tmp_path, states=True, only=("--rule=DELETE-PURGE-FAILED",), more=(busy,))
    assert accusations(results) == [], ended.said


def test_a_snapshot_after_a_stop_that_no_state_brought_about(tmp_path: Path) -> None:
    """The state stops a workspace once, and fails from then on: the next stop, with other files, is asked for."""
    stops: list[Request] = []

    def is_after_the_first(request: Request) -> bool:
        if not (request.path.startswith("/_states") and b'"stopped"' in request.body):
            return False
        stops.append(request)
        return len(stops) > 1

    failing = instead(lambda: page(504), is_after_the_first)
    ended, results = judged(tmp_path, states=True, only=("--rule=SNAPSHOT-FIXED",), more=(failing,))
    assert accusations(results) == [], ended.said
    assert [each["verdict"] for each in results["rules"] if each["id"] == "SNAPSHOT-FIXED"] == ["PASSED"]


def test_a_role_that_no_workspace_of_the_profile_keeps_in_use(tmp_path: Path) -> None:
    """It would be archived, as it should: that it is refused is asked only of one of which a workspace runs."""
    only, report = ("--rule=ARCHIVE-ACTIVE-REFUSED", "--operation=agent_roles.archive"), tmp_path / "report.json"
    with serving("--no-states") as origin:
        target = profile(tmp_path, origin, states=False)
        named = target.read_text(encoding="utf-8").replace('"role-alder-busy"', '"role-alder"')
        target.write_text(named, encoding="utf-8")
        ended = judge("--target", target, "--budget=quick", "--seed=5", *only, f"--report=json={report}")
    results = json.loads(report.read_text(encoding="utf-8"))
    assert accusations(results) == [], ended.said
    assert "no workspace of role-alder runs" in report.read_text(encoding="utf-8")


def test_a_refusal_after_which_nothing_can_be_looked_at_is_no_error_of_the_suite(tmp_path: Path) -> None:
    """The files of a pack are never answered: what that hides of a refusal is not judged, and said."""
    silent = lost(lambda it: it.method == "GET" and it.path.endswith("/files"))
    only = ("--rule=REFUSED-CHANGES-NOTHING", "--operation=packs.update_visibility", "--operation=packs.list_files")
    ended, results = judged(tmp_path, states=True, only=only, more=(silent,))
    found = {each["verdict"] for each in results["cases"]}
    assert "NOT_PROVOKED" in found, ended.said
    assert "ERRORED" not in found, ended.said


def test_a_scheme_spelt_otherwise_where_the_usual_one_is_refused_too(tmp_path: Path) -> None:
    """The role of the workspace is archived meanwhile: that says nothing about how the scheme is written."""
    forks: list[Request] = []

    def is_after_the_first(request: Request) -> bool:
        if not request.path.endswith("/fork"):
            return False
        forks.append(request)
        return len(forks) > 1

    archived = instead(lambda: envelope(409, "role_archived"), is_after_the_first)
    only = ("--rule=AUTH-SCHEME-CASE", "--operation=workspaces.fork")
    ended, results = judged(tmp_path, states=True, only=only, more=(archived,))
    assert len(forks) > 2
    assert accusations(results) == [], ended.said


def test_a_role_more_where_the_answer_to_the_state_is_lost(tmp_path: Path) -> None:
    """The state was done, so a role that refers to the pack by a request would be counted beside its own."""
    unanswered = lost(
        lambda it: of_states(it) and b"role references pack" in it.body and b'"archived": true' in it.body
    )
    ended, results = judged(tmp_path, states=True, only=("--rule=PACK-IN-USE-DETAILS",), more=(unanswered,))
    assert results["findings"] == [], ended.said


@pytest.mark.long
@pytest.mark.timeout(600)
@STATES
@pytest.mark.parametrize("name", TOGETHER)
def test_together(tmp_path: Path, name: str, states: bool) -> None:
    check(tmp_path, *TOGETHER[name], states=states)


@pytest.mark.long
@pytest.mark.timeout(600)
@STATES
@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_alone(tmp_path: Path, name: str, states: bool) -> None:
    check(tmp_path, name, states=states)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("proxied", [False, True], ids=["plain", "proxied"])
@pytest.mark.parametrize(
    ("states", "seed", "budget"),
    [
        *(pytest.param(False, seed, "quick", id=f"quick-{seed}") for seed in range(101, 151)),
        *(pytest.param(True, seed, "normal", id=f"normal-states-{seed}") for seed in range(101, 121)),
    ],
)
def test_seeds(tmp_path: Path, states: bool, seed: int, budget: str, proxied: bool) -> None:
    """Behind the proxy each seed meets other circumstances, by turns those that come together."""
    names = take_turns(seed) if proxied else ()
    found = check(tmp_path, *names, states=states, seed=seed, budget=budget)["findings"]
    assert proxied or found == []
