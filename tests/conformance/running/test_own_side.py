"""Servers that answer all alike, beside an own side that works: they are judged, and without such a side nothing is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.source_mutants.servers import SERVERS
from tests.conformance.targets import error, judge
from tests.conformance.worldless import profile as worldless
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying

THIRD = SERVERS["third"]
WRONG = {
    ("third", "everybody"): ("auth.py", 'scheme.lower() != "bearer" or', 'scheme.upper() != "bearer" or'),
    ("third", "whoever has a session"): ("auth.py", "if found is None:", "if found is not None:"),
    ("second", "everybody"): ("rules.py", 'scheme.lower() != "bearer" or', 'scheme.upper() != "bearer" or'),
    ("second", "whoever has a key"): ("rules.py", "not (key.revoked or key.expired)", "(key.revoked or key.expired)"),
}
"""What stands in a module of a server, and a mistake in its place, by the server and who is refused then."""
RUN = ("--rule", "SCOPE-ANY-CALLER", "--operation", "packs.list", "--budget", "quick")


@pytest.mark.parametrize("wrong", WRONG, ids=" ".join)
def test_a_server_that_refuses_what_it_has_just_made_is_judged(wrong: tuple[str, str]) -> None:
    server, (module, was, now) = SERVERS[wrong[0]], WRONG[wrong]
    source = (server.folder / module).read_text(encoding="utf-8")
    assert source.count(was) == 1
    with server.serve_copy(module, source.replace(was, now)) as target:
        judged = judge("--target", target, *RUN)
    assert judged.code == 1, judged.said + judged.complained
    assert "401 unauthenticated" in judged.said


def test_a_server_that_takes_what_it_has_just_made_is_not_judged_by_stale_tokens() -> None:
    with THIRD.serve_copy() as target:
        profile = Path(target)
        profile.write_text(profile.read_text(encoding="utf-8").replace("test-token-", "stale-"), encoding="utf-8")
        judged = judge("--target", target, *RUN)
    assert judged.code == 3
    assert "the target refuses it" in judged.last_line


DEFAULT, WORLD = "/_mock/worlds/default/states", "/_mock/worlds/{world}/states"
OF_WORLDS = 'world_url = "{origin}/_worlds/{{world}}/v1"'
ASKED = ("--rule", "AUTH-REQUIRED", "--operation", "packs.list", "--budget", "quick", "--timeout", "100")


@contextmanager
def answering_all(folder: Path, status: int, *, side: str, worlds: bool = False) -> Iterator[tuple[Path, Proxy]]:
    """The profile of a mock all of whose API answers so; its own side `works`, `fails`, is `elsewhere` or `absent`."""
    wrong = Answer(status, {"Content-Type": "application/json"}, json.dumps(error("not_found")).encode())

    def answers(request: Request) -> Answer | None:
        is_spared = request.path.startswith("/_mock/") and not (side == "fails" and request.path.endswith("/states"))
        return None if is_spared else wrong

    with served_mock() as origin, proxying(origin) as target:
        target.answers = answers
        at = origin if side == "elsewhere" else target.origin
        written = worldless(folder / "target.toml", at, states=side != "absent", base_url=target.origin)
        if worlds:
            of_worlds = OF_WORLDS.format(origin=target.origin)
            text = written.read_text(encoding="utf-8").replace(DEFAULT, WORLD)
            written.write_text(text.replace("[target]", f"[target]\n{of_worlds}"), encoding="utf-8")
        yield written, target


@pytest.mark.parametrize("worlds", [False, True], ids=["on a shared server", "with worlds"])
def test_a_server_that_crashes_at_every_request_is_judged_where_its_own_side_works(
    tmp_path: Path, *, worlds: bool
) -> None:
    with answering_all(tmp_path, 500, side="works", worlds=worlds) as (named, target):
        judged = judge("--target", named, *ASKED)
        states = Counter(each.json["action"] for each in target.passed if each.path.endswith("/states"))
    assert judged.code == 1, judged.said + judged.complained
    assert "CONTRACT-NO-SERVER-ERROR" in judged.said
    assert states["setup"] > 0
    assert worlds or states["teardown"] == states["setup"]


@pytest.mark.parametrize(
    ("status", "side", "reason"),
    [
        (500, "fails", "answers 500 not_found (application/json) to every one of"),
        (500, "elsewhere", "answers 500 not_found (application/json) to every one of"),
        (500, "absent", "answers 500 not_found (application/json) to every one of"),
        (404, "works", "give the base URL of the API"),
    ],
)
def test_a_server_that_answers_all_alike_is_not_judged_otherwise(
    tmp_path: Path, status: int, side: str, reason: str
) -> None:
    """A 404 to all may be the profile's mistake, whatever its own side does."""
    with answering_all(tmp_path, status, side=side) as (named, _):
        judged = judge("--target", named, *ASKED)
    assert judged.code == 3, judged.said + judged.complained
    assert reason in judged.last_line
