"""A wrong server does not hide behind what is forgiven: what it says itself, and what it never answers, is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.circumstances.connections import CONNECTIONS, unheard
from tests.circumstances.gateways import envelope, instead, page, refusing
from tests.examples.second import judged, profile, serving
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

ENVELOPE, NO_CRASH = "ENVELOPE-EVERY-ERROR", "CONTRACT-NO-SERVER-ERROR"


def pages(status: int) -> Behaviour:
    """Return what writes a page in the place of each envelope of this status."""

    def replaces(request: Request, answer: Answer) -> Answer:
        return page(status) if answer.status == status and request.method != "HEAD" else answer

    return Behaviour(replaces=replaces)


def of(method: str, end: str) -> Callable[[Request], bool]:
    """Return whether a request is one of this method to a path with this in it."""
    return lambda request: request.method == method and end in request.path


MISTAKES: dict[str, tuple[Behaviour, str, str, str]] = {
    "403-page": (pages(403), "scopes", ENVELOPE, "text/html"),
    "404-page": (pages(404), "files", ENVELOPE, "text/html"),
    "405-page": (pages(405), "protocol", ENVELOPE, "text/html"),
    "500-page": (instead(lambda: page(500), of("GET", "/files/")), "files", NO_CRASH, "500"),
    "503-envelope": (instead(lambda: envelope(503, "oops"), of("PATCH", "/packs/")), "visibility", NO_CRASH, "503"),
    "reads-closed": (unheard(of("GET", "/files/")), "files", NO_CRASH, "none to"),
    "writes-closed": (unheard(of("PATCH", "/packs/")), "visibility", NO_CRASH, "none to"),
}
"""By name: what is wrong, the clause that is judged, the rule that finds it, and what it says of the answer."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_servers_own_is_found(tmp_path: Path, name: str) -> None:
    """Also where a gateway refuses what is odd."""
    mistake, clause, rule, said = MISTAKES[name]
    with serving("--no-states") as origin, proxying(origin) as between:
        between.add(mistake, refusing(page))
        target = profile(tmp_path, between.origin, states=False)
        ended, results = judged(tmp_path, target, "--clause", clause, "--only", "directed")
    assert ended.code == 1, ended.said
    found = [each for each in results["findings"] if each["verdict"] == "FAILED" and each["rule"] == rule]
    assert any(said in each["got"] for each in found), results["findings"]


def test_a_mistake_in_a_creation_is_found_where_no_connection_can_be_kept(tmp_path: Path) -> None:
    """Each kept connection is closed as the next request is sent, so that a creation sent again may be done twice."""
    closed = CONNECTIONS["every-connection-closed-as-the-next-is-sent"]()
    with serving("--no-states") as origin, proxying(origin) as between:
        between.add(instead(lambda: envelope(503, "oops"), of("POST", "/packs")), closed)
        target = profile(tmp_path, between.origin, states=False)
        ended, results = judged(tmp_path, target, "--clause", "upload", "--only", "directed")
    assert ended.code == 1, ended.said
    found = {each["operation_id"] for each in results["findings"] if each["verdict"] == "FAILED"}
    assert "packs.upload" in found, results["findings"]
