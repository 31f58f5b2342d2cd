"""While others change their packs nobody is accused of it; what is wrong with their packs all the time is found."""

from __future__ import annotations

import json
import os
import time
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.circumstances.others import at_work, between
from tests.circumstances.variants import lagging
from tests.conformance.targets import Judged, judge
from tests.examples.second import profile, serving
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

OTHERS_PACK = "pack-birch-forecast"
"""A shared pack of another org than the first caller's, there before the run."""
SILENCE_S = 20
"""Seconds within which a stream has a comment, by the contract."""
LISTS = ("OWNERSHIP-LISTED", "OWNERSHIP-LIST-ITEM", "OWNERSHIP-SHARED-READABLE")


def judged(folder: Path, target: Path, *options: str) -> tuple[Judged, dict[str, Any]]:
    report = folder / "report.json"
    ended = judge("--target", target, "--budget", "quick", "--report", f"json={report}", *options)
    assert report.exists(), ended.said + ended.complained
    return ended, json.loads(report.read_text(encoding="utf-8"))


def rules(*ids: str) -> list[str]:
    return [f"--rule={rule}" for rule in ids]


def reasons(results: dict[str, Any]) -> list[str]:
    return [case["reason"] for case in results["cases"] if "changed meanwhile" in case["reason"]]


def test_a_stream_of_the_second_server_has_comments_while_others_work() -> None:
    """What wakes a stream without being shown on it does not put off its next comment."""
    headers = {"Authorization": f"Bearer {os.environ['ALDER_OWNER_TOKEN']}"}
    with serving("--no-states") as origin, at_work(origin):
        began = time.monotonic()
        with plain.stream("GET", f"{origin}/v1/activity/stream", headers=headers, timeout=SILENCE_S) as answer:
            comments = (line for line in answer.iter_lines() if line.startswith(":"))
            moments = [began, *(time.monotonic() for _ in islice(comments, 2))]
    assert len(moments) == 3
    assert max(after - before for before, after in pairwise(moments)) < SILENCE_S


@pytest.mark.timeout(240)
def test_a_busy_neighbour_is_not_the_targets_fault_and_a_lie_about_others_is(tmp_path: Path) -> None:
    """A neighbour works between each read and the next; then single reads lie of one pack of others besides."""

    def lies(request: Request, answer: Answer) -> Answer:
        if request.method == "GET" and request.path.endswith(f"/packs/{OTHERS_PACK}") and answer.status == 200:
            return answer.with_json({**answer.json, "description": "of another pack"})
        return answer

    with serving("--no-states") as origin, at_work(origin, busy=False) as others, proxying(origin) as proxy:
        proxy.add(between(others))
        target = profile(tmp_path, proxy.origin, states=False)
        ended, results = judged(tmp_path, target, "--strict", *rules(*LISTS))
        assert (ended.code, results["findings"], results["errors"]) == (0, [], []), ended.said
        assert reasons(results), "the neighbour changed nothing that mattered"
        proxy.add(Behaviour(replaces=lies))
        ended, results = judged(tmp_path, target, *rules("OWNERSHIP-LIST-ITEM"))
    assert ended.code == 1, ended.said
    assert {found["rule"] for found in results["findings"]} == {"OWNERSHIP-LIST-ITEM"}
    assert {found["got"] for found in results["findings"]} == {"another description"}


@pytest.mark.timeout(240)
def test_a_list_that_lags_is_waited_for_and_noted(tmp_path: Path) -> None:
    options = rules("OWNERSHIP-LISTED", "PACK-PATCH-APPLIES")
    with serving("--no-states") as origin, proxying(origin) as proxy:
        proxy.add(lagging(0.1))
        target = profile(tmp_path, proxy.origin, states=False)
        at_once, accusing = judged(tmp_path, target, *options)
        with target.open("a", encoding="utf-8") as file:
            file.write("settle_seconds = 5\n")
        ended, results = judged(tmp_path, target, *options)
    assert at_once.code == 1
    assert {found["verdict"] for found in accusing["findings"]} == {"FAILED"}
    assert ended.code == 0, ended.said
    assert {(found["rule"], found["verdict"]) for found in results["findings"]} == {("EFFECT-EVERY-CALLER", "ADVISORY")}
    passed = {rule["id"]: rule["verdict"] for rule in results["rules"]}
    assert passed["OWNERSHIP-LISTED"] == passed["PACK-PATCH-APPLIES"] == "PASSED"
