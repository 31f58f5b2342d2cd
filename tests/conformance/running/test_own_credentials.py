"""Servers that refuse the credentials of a profile: wrong ones are judged, and of a stale profile nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.source_mutants.servers import SERVERS
from tests.conformance.targets import judge

THIRD = SERVERS["third"]
WRONG = {
    "everybody": ('if scheme.lower() != "bearer" or not token:', 'if scheme.upper() != "bearer" or not token:'),
    "whoever has a session": ("if found is None:", "if found is not None:"),
}
"""What stands in the source, and a mistake in its place, by who is refused then."""
RUN = ("--rule", "SCOPE-ANY-CALLER", "--operation", "packs.list", "--budget", "quick")


@pytest.mark.parametrize("who", WRONG)
def test_a_server_that_refuses_what_it_has_just_made_is_judged(who: str) -> None:
    was, now = WRONG[who]
    source = (THIRD.folder / "auth.py").read_text(encoding="utf-8")
    assert source.count(was) == 1
    with THIRD.serve_copy("auth.py", source.replace(was, now)) as target:
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
