"""The seedable examples: the suite reaches every declared answer of what they serve, with and without worlds."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests import plain
from tests.examples.second import judged
from tests.examples.seedable import COMMANDS, PROFILE, profile, serving

LANGUAGES = [pytest.param(name, marks=pytest.mark.needs_node_alone if name == "node" else ()) for name in COMMANDS]
OPERATIONS = {"session.get", "secrets.list", "secrets.set", "secrets.delete"}
CELLS = 22
"""Declared answers of these operations."""
RULES = {"judged": 63, "all": 69}
"""Rules that are about them; the others need packs, streams, or what is in the log."""
BY_STATES = {
    *("AUTH-EXPIRED", "AUTH-REVOKED", "AUTH-QUERY", "SCOPE-REQUIRED", "SCOPE-SUFFICIENT", "SUBSYSTEM-DISABLED"),
    *("BILLING-CREATE-REFUSED", "BILLING-TRIAL-COUNTS", "BILLING-WIND-DOWN-FREE", "BILLING-READ-FREE"),
    "SESSION-BILLING-STATUS",
}
"""Rules that are judged by the states alone, or in full by them."""


@pytest.mark.parametrize("worlds", [True, False], ids=["worlds", "one-state"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_reached_and_right(tmp_path: Path, language: str, worlds: bool) -> None:
    """In worlds each test has its own; without them what the tests made is removed in the end."""
    log = tmp_path / "requests.log"
    with serving(language) as origin:
        target = profile(tmp_path, origin, worlds=worlds)
        ended, report = judged(tmp_path, target, "--budget", "quick", "--request-log", str(log))
        left = stored(origin)
    assert ended.code == 0, ended.said + ended.complained
    assert [cell for cell in report["cells"] if cell["declared"] and not cell["count"]] == []
    assert {cell["operation_id"] for cell in report["cells"] if cell["declared"]} == OPERATIONS
    assert report["summary"]["cells"] == {"reached": CELLS, "declared": CELLS}
    assert report["summary"]["rules"] == RULES
    assert report["findings"] == report["errors"] == report["left_behind"] == left == []
    assert {rule["id"] for rule in report["rules"] if rule["verdict"] == "PASSED"} >= BY_STATES
    asked = [json.loads(line)["target"] for line in log.read_text(encoding="utf-8").splitlines()]
    in_worlds = {found[1] for target in asked if (found := re.match("/worlds/(conformance-[^/]+)/", target))}
    assert len(in_worlds) > 50 if worlds else in_worlds == set()


def stored(origin: str) -> object:
    """The secrets that the first org has outside of worlds."""
    token = tomllib.loads(PROFILE.read_text(encoding="utf-8"))["callers"]["acme-owner"]["token"]
    answer = plain.get(f"{origin}/v1/secrets", headers={"Authorization": f"Bearer {token}"})
    return answer.json()["secrets"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_state_is_a_404_and_a_wrong_one_a_400(language: str) -> None:
    with serving(language) as origin:

        def status(**content: object) -> int:
            return plain.post(f"{origin}/states", json=content).status_code

        assert status(action="setup", state="the moon is full", params={}) == 404
        wrong = {"action": "setup", "state": "org has billing posture"}
        assert status(**wrong, params={"org_id": "org_acme", "posture": "rich"}) == 400
        assert status(**wrong, params={"org_id": "org_nowhere", "posture": "active"}) == 400
        assert plain.post(f"{origin}/states", content=b"no JSON").status_code in (400, 404)
