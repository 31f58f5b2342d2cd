"""The third server, by somebody who had the contract alone: nothing is found on it, and what is wrong in it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.circumstances.table import take_turns, under
from tests.conformance.targets import judge
from tests.repo.sources import ROOT, modules

SERVER = Path("examples/third_server")
PROFILES = {True: "control.toml", False: "profile.toml"}
"""By whether it serves worlds and states, the profile."""
IN_PROFILE = "http://127.0.0.1:4040"
OWNED = "owned = true"
OTHERS = ("test-token-acme-owner", "test-token-globex-owner")
"""The tokens of others at work."""
OWNER = {"Authorization": "Bearer test-token-acme-owner"}
ACCUSED = ("CONFIG-CONTENT", "CREDENTIAL-OVERRIDE", "CREDENTIAL-SECRET-NEEDED", "MEMBER-ROLE")
"""Rules by which it was accused once, rightly or not."""
ASKED_ANEW = ("ACTIVITY-FILTERS", "SNAPSHOT-ERROR", "STREAM-KEY-QUERY")
"""Rules that were not judged once, for its few events, what its stops did, and sessions that are no JWT."""
LAST_OWNER = "MEMBER-LAST-OWNER"
"""The org of its first owner has two of them, and another org has one."""
MISTAKES = {
    "OWNERSHIP-PRIVATE-HIDDEN": ("packs.get", "packs.py", 'Pack.visibility == "community"', 'Pack.visibility != ""'),
    "ARCHIVE-CASCADES": ("providers.archive", "providers.py", "cascaded += 1", "cascaded = 1"),
    "AUDIT-WINDOW": ("audit.list", "times.py", '(-60 if zone[0] == "-" else 60)', "60"),
    "STATS-BUCKET-BY": ("audit.stats", "event_stats.py", 'f"<{written[0]}"', 'f"{written[0]}"'),
}
"""By the rule that each breaks: an operation, a module, what stands in it, and what is written in its place."""


@contextmanager
def serving(*options: str, folder: Path = ROOT) -> Iterator[str]:
    """Serve what a folder has of it on a free port; yields the origin."""
    command = [sys.executable, "-m", "examples.third_server", "--port", "0", "--seed-file", str(SERVER / "seed.yaml")]
    with subprocess.Popen([*command, *options], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert said is not None
            yield said[1]
        finally:
            process.terminate()


def judged(
    folder: Path,
    origin: str,
    *options: str,
    control: bool,
    without: re.Pattern[str] | None = None,
    owned: bool = True,
) -> dict[str, Any]:
    """The results of a run; without: what is left out of the profile; owned: it is the contract that it serves."""
    profile, report = folder / "profile.toml", folder / "report.json"
    written = (ROOT / SERVER / PROFILES[control]).read_text(encoding="utf-8")
    written = without.sub("", written) if without else written
    assert written.count(OWNED) == 1
    written = written if owned else written.replace(OWNED, "owned = false")
    profile.write_text(written.replace(IN_PROFILE, origin), encoding="utf-8")
    options = ("--seed", "5", "--report", f"json={report}", "--budget", "quick", *options)
    ended = judge("--target", profile, *options, timeout=900)
    assert report.exists(), ended.said + ended.complained
    results: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return results


def found(results: dict[str, Any]) -> list[tuple[str, str, str]]:
    assert results["errors"] == []
    return [(each["rule"], each["expected"], each["got"]) for each in results["findings"]]


def test_it_imports_neither_program() -> None:
    imported = {name.split(".")[0] for module in modules(str(SERVER)) for _, name in module.imports()}
    assert imported & {"conformance", "mock_server", "tests"} == set()
    assert {"fastapi", "sqlalchemy"} <= imported


def test_nothing_is_found_by_what_it_was_accused_of(tmp_path: Path) -> None:
    rules = (*ACCUSED, *ASKED_ANEW, LAST_OWNER)
    with serving("--control") as origin:
        results = judged(tmp_path, origin, *(text for rule in rules for text in ("--rule", rule)), control=True)
    assert found(results) == []
    assert {each["id"] for each in results["rules"] if each["verdict"] == "PASSED"} == {*rules}


def test_what_an_org_has_not_from_the_start_is_no_mistake(tmp_path: Path) -> None:
    """An org of its seed has neither credentials nor secrets, in each world."""
    others = re.compile(r"^\[callers\.(?!switched-off|globex-owner).*\n(?:.+\n)+", re.MULTILINE)
    reads = [text for name in ("credentials.list", "secrets.list") for text in ("--operation", name)]
    with serving("--control") as origin:
        results = judged(tmp_path, origin, "--rule", "CONTRACT-VALID-ACCEPTED", *reads, control=True, without=others)
    assert found(results) == []


@pytest.mark.parametrize("mistaken", [False, True], ids=["right", "mistaken"])
def test_mistakes_in_it_are_found(tmp_path: Path, mistaken: bool) -> None:
    """A copy shows every pack to everybody, counts one archived role where there are two, and so on."""
    copy = tmp_path / SERVER
    shutil.copytree(ROOT / SERVER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy.parent / "__init__.py").touch()
    for _, module, right, wrong in MISTAKES.values() if mistaken else ():
        source = (copy / module).read_text(encoding="utf-8")
        assert source.count(right) == 1
        (copy / module).write_text(source.replace(right, wrong), encoding="utf-8")
    asked = [text for rule, (operation, *_) in MISTAKES.items() for text in ("--rule", rule, "--operation", operation)]
    with serving("--control", folder=tmp_path) as origin:
        results = judged(tmp_path, origin, *asked, control=True)
    assert {rule for rule, _, _ in found(results)} == ({*MISTAKES} if mistaken else set())


def test_worlds_are_apart_and_their_states_are_undone() -> None:
    """An org that is past due in one world pays in another, and again once the state is taken back."""
    billing = {"state": "org has billing posture", "params": {"org_id": "org_acme", "posture": "past_due"}}
    with serving("--control") as origin:

        def set_secret(world: str) -> int:
            secret = f"{origin}/worlds/{world}/v1/secrets/TOKEN"
            return plain.put(secret, headers=OWNER, json={"value": "of a test"}).status_code

        assert [set_secret("one"), set_secret("other")] == [200, 200]
        made = plain.post(f"{origin}/worlds/one/states", json={"action": "setup", **billing})
        assert made.status_code == 200
        assert [set_secret("one"), set_secret("other")] == [423, 200]
        undone = {"action": "teardown", **billing, "values": made.json()}
        assert plain.post(f"{origin}/worlds/one/states", json=undone).status_code == 200
        assert set_secret("one") == 200
        unknown = plain.post(f"{origin}/worlds/one/states", json={"action": "setup", "state": "no such", "params": {}})
        assert unknown.status_code == 404


def test_nobody_controls_it_who_was_not_asked_for() -> None:
    with serving() as origin:
        for path in ("/states", "/worlds/one/states", "/worlds/one/v1/packs"):
            answer = plain.post(f"{origin}{path}", json={"action": "setup", "state": "secrets are disabled"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("control", [True, False], ids=["worlds", "no-states"])
def test_nothing_is_found_on_it(tmp_path: Path, control: bool) -> None:
    with serving(*(["--control"] if control else [])) as origin:
        assert found(judged(tmp_path, origin, control=control)) == []


@pytest.mark.long
@pytest.mark.timeout(960)
@pytest.mark.parametrize("proxied", [False, True], ids=["plain", "proxied"])
@pytest.mark.parametrize("seed", range(251, 271))
def test_seeds(tmp_path: Path, seed: int, proxied: bool) -> None:
    """By turns with worlds and without; behind the proxy each seed meets other circumstances, by turns as well."""
    control = seed % 2 == 0
    names = take_turns(seed) if proxied else ()
    with serving(*(["--control"] if control else [])) as origin, under(origin, *names, tokens=OTHERS) as proxy:
        results = judged(tmp_path, proxy.origin, "--seed", str(seed), control=control, owned=not proxied)
    assert [each for each in results["findings"] if each["verdict"] == "FAILED" or not proxied] == []
    assert (results["errors"], results["left_behind"]) == ([], [])
