"""On somebody's server: no more than is allowed, nothing of others touched, no credential given away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.belongings import of_others
from conformance.contract import Contract
from conformance.exchange import Request
from conformance.facts import PackFact, State
from conformance.profile import Known, Profile
from tests.conformance.gateway import Gateway, gateway
from tests.conformance.targets import judge
from tests.conformance.worldless import profile, stored
from tests.live import served_mock

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
WRITING = ("visibility", "ownership", "deletion")
ONLY = [option for clause in WRITING for option in ("--clause", clause)]
FEW = ["--clause", "visibility"]
"""Enough for a limit of some dozens of requests."""
RISKY = [
    "--clause",
    "contract",
    "--operation",
    "packs.delete",
    "--operation",
    "packs.update_visibility",
    "--budget",
    "quick",
]
"""Requests that could do harm, generated ones among them."""


@pytest.fixture
def origin() -> Iterator[str]:
    with served_mock() as url:
        yield url


@pytest.fixture
def watched(origin: str) -> Iterator[Gateway]:
    with gateway(origin) as between:
        yield between


@WORKERS
def test_no_more_requests_than_allowed_are_sent(
    tmp_path: Path, origin: str, watched: Gateway, workers: tuple[str, ...]
) -> None:
    """By all processes together, what removing takes included."""
    before = stored(origin)
    target = profile(tmp_path / "t.toml", origin, states=False, limits="max_requests = 60", base_url=watched.origin)
    judge("--target", target, *FEW, *workers)
    assert 30 < len(watched.passed) <= 60
    assert stored(origin) == before


@WORKERS
def test_requests_are_sent_no_faster_than_allowed(
    tmp_path: Path, origin: str, watched: Gateway, workers: tuple[str, ...]
) -> None:
    """Any twenty-one of them take a second at least; a burst may be as large as one process's delay makes it."""
    target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
    judge("--target", target, *FEW, *workers, "--requests-per-second", "20", "--max-requests", "60")
    times = [passed.at for passed in watched.passed]
    assert len(times) > 30
    assert times[-1] - times[0] > 0.9 * (len(times) - 1) / 20


@pytest.mark.parametrize("how", ["option", "profile"])
def test_read_only_sends_no_unsafe_method(tmp_path: Path, origin: str, watched: Gateway, how: str) -> None:
    """Nor are the target's states asked for."""
    in_profile = how == "profile"
    limits = "read_only = true" if in_profile else ""
    target = profile(tmp_path / "t.toml", origin, states=True, limits=limits, base_url=watched.origin)
    text = target.read_text().replace(f"{origin}/_mock", f"{watched.origin}/_mock")
    target.write_text(text)
    report = tmp_path / "report.json"
    judge("--target", target, *ONLY, *RISKY, "--report", f"json={report}", *([] if in_profile else ["--read-only"]))
    assert watched.passed
    assert watched.unsafe == []
    reasons = {case["reason"] for case in json.loads(report.read_text())["cases"]}
    assert any("read_only" in reason for reason in reasons)


@pytest.mark.parametrize("states", [True, False])
def test_nothing_of_others_is_changed_or_deleted(tmp_path: Path, origin: str, watched: Gateway, states: bool) -> None:
    """Not even by a request that a right target would refuse."""
    there = {pack["id"] for listing in stored(origin) for pack in listing["packs"]}  # type: ignore[attr-defined]
    target = profile(tmp_path / "t.toml", origin, states=states, base_url=watched.origin)
    assert judge("--target", target, *ONLY, *RISKY).code == 0
    assert len(watched.unsafe) > 100
    assert [passed for passed in watched.unsafe if there.intersection(passed.target.split("/"))] == []


OURS = PackFact("pack_ours", "", "", "org", "community", owner="org_acme", made=True)
THEIRS = PackFact("pack_theirs", "", "", "org", "community", owner="org_acme")


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("PATCH", "/packs/pack_theirs", True),
        ("DELETE", "/packs/pack_theirs", True),
        ("POST", "/packs/pack_theirs", True),
        ("PUT", "/packs/pack%5Ftheirs/files/pack.yaml", True),
        ("PATCH", "/packs/pack_named", True),
        ("PATCH", "/packs/pack_given", False),
        ("GET", "/packs/pack_theirs", False),
        ("DELETE", "/packs/pack_ours", False),
        ("DELETE", "/packs/pack_nobodys", False),
    ],
)
def test_what_could_touch_others_is_not_sent(contract: Contract, method: str, path: str, refused: bool) -> None:
    state = State(contract).with_pack(OURS).with_pack(THEIRS)
    known = Known(platform_pack="pack_named", expendable=("pack_given",))
    given = Profile("t", "http://t/v1", known=known)
    assert (of_others(state, given, Request(None, method, path, {})) is not None) is refused


def test_in_a_world_of_its_own_anything_may_be_touched(contract: Contract) -> None:
    state = State(contract).with_pack(THEIRS)
    given = Profile("t", "http://t/v1", world_url="http://t/_worlds/{world}/v1")
    assert of_others(state, given, Request(None, "DELETE", "/packs/pack_theirs", {})) is None


def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path, origin: str, watched: Gateway) -> None:
    """In the middle of a run: the other host sees neither the request nor a credential."""
    with gateway() as elsewhere:
        elsewhere.answers = lambda _: (200, {}, b"{}")
        watched.answers = lambda passed: (
            (307, {"Location": f"{elsewhere.origin}{passed.target}"}, b"") if passed.target.endswith("/packs") else None
        )
        target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
        judged = judge("--target", target, "--clause", "session", "--clause", "ownership")
        assert judged.code == 1
        assert elsewhere.passed == []


def test_a_429_is_waited_out(tmp_path: Path, origin: str, watched: Gateway) -> None:
    """As long as the target says, and never a finding; the next try succeeds."""
    refused: set[str] = set()

    def now_and_then(passed: object) -> tuple[int, dict[str, str], bytes] | None:
        if len(watched.passed) % 7 or len(refused) > 5:
            return None
        refused.add(str(passed))
        return 429, {"Retry-After": "0"}, b""

    watched.answers = now_and_then
    report = tmp_path / "report.json"
    target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
    assert judge("--target", target, "--clause", "visibility", "--report", f"json={report}").code == 0
    results = json.loads(report.read_text())
    assert results["summary"]["throttled"] == len(refused) > 0
    assert results["findings"] == []
