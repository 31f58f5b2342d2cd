"""On somebody's server: no more than is allowed, nothing of others touched, no credential given away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance.contract.contract import Contract
from conformance.custody.guard import Guard, Withheld
from conformance.http.exchange import Request
from conformance.profile import Caller, KnownObjects, Profile
from tests.conformance.targets import judge
from tests.conformance.worldless import profile, stored
from tests.proxy.messages import Answer
from tests.proxy.proxy import Proxy, proxying

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
def watched(origin: str) -> Iterator[Proxy]:
    with proxying(origin) as between:
        yield between


@WORKERS
def test_no_more_requests_than_allowed_are_sent(
    tmp_path: Path, origin: str, watched: Proxy, workers: tuple[str, ...]
) -> None:
    """By all processes together, what removing takes included."""
    before = stored(origin)
    target = profile(tmp_path / "t.toml", origin, states=False, limits="max_requests = 60", base_url=watched.origin)
    judge("--target", target, *FEW, *workers)
    assert 30 < len(watched.passed) <= 60
    assert stored(origin) == before


@WORKERS
def test_requests_are_sent_no_faster_than_allowed(
    tmp_path: Path, origin: str, watched: Proxy, workers: tuple[str, ...]
) -> None:
    """Any twenty-one of them take a second at least; a burst may be as large as one process's delay makes it."""
    target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
    judge("--target", target, *FEW, *workers, "--requests-per-second", "20", "--max-requests", "60")
    times = [passed.at for passed in watched.passed]
    assert len(times) > 30
    assert times[-1] - times[0] > 0.9 * (len(times) - 1) / 20


@pytest.mark.parametrize("how", ["option", "profile"])
def test_read_only_sends_no_unsafe_method(tmp_path: Path, origin: str, watched: Proxy, how: str) -> None:
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
def test_nothing_of_others_is_changed_or_deleted(tmp_path: Path, origin: str, watched: Proxy, states: bool) -> None:
    """Not even by a request that a right target would refuse."""
    there = {pack["id"] for listing in stored(origin) for pack in listing["packs"]}  # type: ignore[attr-defined]
    target = profile(tmp_path / "t.toml", origin, states=states, base_url=watched.origin)
    assert judge("--target", target, *ONLY, *RISKY).code == 0
    assert len(watched.unsafe) > 100
    assert [passed for passed in watched.unsafe if there.intersection(passed.target.split("/"))] == []


CALLER = Caller("acme-owner", "org_acme", "sk_fake")
OTHER = Caller("globex-owner", "org_globex", "sk_fake_other")
KNOWN = KnownObjects(
    {"platform_pack": "pack_platform", "foreign_community_pack": "pack_foreign"}, expendable=("pack_given",)
)


def guard(contract: Contract, **more: object) -> Guard:
    """One that knows a pack of the first caller's org that was there, and one that the run made."""
    given = Profile("t", "http://t/v1", callers=(CALLER, OTHER), known=KNOWN, **more)  # type: ignore[arg-type]
    made = Guard(contract, given, "salt")
    made.allow_made("pack_ours")
    made.note_elsewhere("pack_theirs", [])
    return made


def is_sent(guard: Guard, method: str, path: str, caller: str = CALLER.name, *, changes_nothing: bool = False) -> bool:
    try:
        guard.check(Request(None, method, path, {}, changes_nothing=changes_nothing), caller)
    except Withheld:
        return False
    return True


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("PATCH", "/packs/pack_theirs", True),
        ("DELETE", "/packs/pack_theirs", True),
        ("POST", "/packs/pack_theirs", True),
        ("PUT", "/packs/pack%5Ftheirs/files/pack.yaml", True),
        ("PATCH", "/packs/pack_platform", True),
        ("PATCH", "/packs/pack_given", False),
        ("GET", "/packs/pack_theirs", False),
        ("TRACE", "/packs/pack_theirs", False),
        ("DELETE", "/packs/pack_ours", False),
        ("DELETE", "/packs/pack%5Fours", False),
        ("PUT", "/packs/pack_ours/files/data/a.txt", False),
        ("POST", "/packs/pack_ours/anything", False),
        ("DELETE", "/packs/pack_01HZ", True),
        ("DELETE", "/packs/pack_nobodys", True),
        ("DELETE", "/packs/pack_conformance_absent", True),
        ("POST", "/packs", False),
        ("POST", "/packs/upload", False),
        ("POST", "/packs/", True),
        ("POST", "//packs", True),
        ("DELETE", "/packs", True),
        ("DELETE", "/packs/upload", True),
        ("DELETE", "/me", True),
        ("POST", "/me/session", True),
        ("PUT", "/conformance-unknown", True),
        ("QUERY", "/packs", True),
        ("DELETE", "/packs/pack_ours/..", True),
        ("DELETE", "/packs/pack_ours/../pack_theirs", True),
        ("DELETE", "/packs/pack_ours%2F..%2Fpack_theirs", True),
        ("PUT", "/packs/pack_ours/files/%2e%2e/%2e%2e/pack_theirs", True),
        ("PUT", "/packs/pack_ours/files/..%252F..%252Fpack_theirs", True),
        ("PUT", "/packs/pack_ours/files/..%5C..%5Cpack_theirs", True),
        ("PUT", "/packs/pack_ours/files/../data/a.txt", False),
    ],
)
def test_what_could_touch_others_is_not_sent(contract: Contract, method: str, path: str, refused: bool) -> None:
    assert is_sent(guard(contract), method, path) is not refused


def test_an_id_that_was_made_up_is_known_by_where_it_comes_from(contract: Contract) -> None:
    """And no other run makes up the same."""
    one, other = guard(contract), Guard(contract, guard(contract).profile, "other salt")
    made_up, like = (
        one.make_absent_id("pack", "7"),
        one.make_absent_id_like("pack-64d87237-a8c7-4604-b867-8b2303c3c5fc"),
    )
    assert like is not None
    assert len(like) == len("pack-64d87237-a8c7-4604-b867-8b2303c3c5fc")
    for each in (made_up, like):
        assert is_sent(one, "DELETE", f"/packs/{each}")
        assert not is_sent(other, "DELETE", f"/packs/{each}")
    assert made_up == guard(contract).make_absent_id("pack", "7") != other.make_absent_id("pack", "7")


@pytest.mark.parametrize(
    ("made", "sent"), [("a=/+ %2F \u00e9?#", True), ("..", False), ("x/../pack_theirs", False), ("%2e%2e", False)]
)
def test_an_id_may_hold_any_character_but_lead_nowhere_else(contract: Contract, made: str, sent: bool) -> None:
    it = guard(contract)
    it.allow_made(made)
    path = f"/packs/{quote(made, safe='')}"
    assert is_sent(it, "DELETE", path) is sent
    assert is_sent(it, "PUT", f"{path}/files/data/a.txt") is sent


@pytest.mark.parametrize("short", ["pack_17", "17", "pack_zzzzzzzzzzzzzzzzzzzzzzz", ""])
def test_of_a_short_id_none_like_it_is_made_up(contract: Contract, short: str) -> None:
    """Somebody may have it."""
    assert guard(contract).make_absent_id_like(short) is None


def test_what_the_profile_names_may_be_asked_for_what_changes_nothing(contract: Contract) -> None:
    """By those whose it is not, and never to go away."""
    it = guard(contract)
    assert is_sent(it, "PATCH", "/packs/pack_foreign", changes_nothing=True)
    assert is_sent(it, "PATCH", "/packs/pack_platform", OTHER.name, changes_nothing=True)
    assert not is_sent(it, "PATCH", "/packs/pack_foreign", OTHER.name, changes_nothing=True)
    assert not is_sent(it, "PATCH", "/packs/pack_foreign", "anonymous", changes_nothing=True)
    assert not is_sent(it, "PATCH", "/packs/pack_theirs", changes_nothing=True)
    assert not is_sent(it, "DELETE", "/packs/pack_foreign", changes_nothing=True)


def test_unsafe_probes_are_sent_where_only_a_right_server_refuses_them(contract: Contract) -> None:
    """What a right server serves is not sent all the same: an own pack of the target, and an id that it may have."""
    it = guard(contract)
    it.may_probe_unsafe = True
    sent = {("DELETE", "/packs"), ("PUT", "/me/session"), ("POST", "/packs/"), ("DELETE", "/packs/pack_foreign")}
    kept = {("DELETE", "/packs/pack_theirs"), ("DELETE", "/packs/pack_01HZ"), ("PATCH", "/packs/pack_theirs")}
    assert {each for each in sent | kept if is_sent(it, *each)} == sent


def test_in_a_world_of_its_own_anything_may_be_touched(contract: Contract) -> None:
    it = guard(contract, world_url="http://t/_worlds/{world}/v1")
    assert is_sent(it, "DELETE", "/packs/pack_theirs")
    assert is_sent(it, "DELETE", "/packs")


def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path, origin: str, watched: Proxy) -> None:
    """In the middle of a run: the other host sees neither the request nor a credential."""
    with proxying() as elsewhere:
        elsewhere.answers = lambda _: Answer(200, {}, b"{}")
        watched.answers = lambda request: (
            Answer(307, {"Location": f"{elsewhere.origin}{request.target}"})
            if request.path.endswith("/packs")
            else None
        )
        target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
        few = ("--clause=session", "--clause=contract", "--operation=session.get", "--operation=packs.list")
        judged = judge("--target", target, *few)
        assert judged.code == 1
        assert elsewhere.passed == []


def test_a_429_is_waited_out(tmp_path: Path, origin: str, watched: Proxy) -> None:
    """As long as the target says, and never a finding; the next try succeeds."""
    refused: set[str] = set()

    def now_and_then(passed: object) -> Answer | None:
        if len(watched.passed) % 7 or len(refused) > 5:
            return None
        refused.add(str(passed))
        return Answer(429, {"Retry-After": "0"})

    watched.answers = now_and_then
    report = tmp_path / "report.json"
    target = profile(tmp_path / "t.toml", origin, states=False, base_url=watched.origin)
    assert judge("--target", target, "--clause", "visibility", "--report", f"json={report}").code == 0
    results = json.loads(report.read_text())
    assert results["summary"]["throttled"] == len(refused) > 0
    assert results["findings"] == []
