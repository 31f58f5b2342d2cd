"""Load on a server without worlds: reads alone are sent, nothing is changed, and what is read is judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from conformance.contract.contract import Contract
from conformance.explorer.explorer import find_walked, walk
from conformance.http.connection import Connection
from conformance.load.run import READS_ALONE
from conformance.profile import Limits
from conformance.results.finding import Finding
from conformance.running.suite import Suite
from conformance.target.target import read_mock_profile
from tests import plain
from tests.conformance import worldless
from tests.conformance.load.test_load import loaded
from tests.examples import second
from tests.live import served_mock

SAFE = {"GET", "HEAD", "OPTIONS"}
WORLD = "/_mock/worlds/default"


def test_nothing_is_changed_and_what_is_read_is_judged(tmp_path: Path) -> None:
    """The mock is one world, which is the same afterwards; its journal has no unsafe request, and no state was set."""
    with served_mock() as origin:
        target = worldless.profile(tmp_path / "target.toml", origin, states=True)
        before = plain.get(f"{origin}{WORLD}/state").content
        said = loaded(tmp_path, str(target), "--users", "4", "--duration", "3", "--seed", "1")
        after = plain.get(f"{origin}{WORLD}/state").content
        asked = plain.get(f"{origin}{WORLD}/journal").json()["entries"]
    assert said.code == 0, said.output + said.complained
    assert before == after
    assert {entry["method"] for entry in asked} <= SAFE
    assert said.report["notes"] == [READS_ALONE]
    assert READS_ALONE in said.output
    assert said.report["load"]["requests"] > 100
    assert len([rule for rule in said.report["rules"] if rule["verdict"] == "PASSED"]) > 10
    assert said.report["findings"] == said.report["errors"] == []


def test_a_broken_read_is_found(tmp_path: Path) -> None:
    """By several processes, each of which is told to read alone."""
    with served_mock("--deviation", "session-key-is-a-person") as origin:
        target = worldless.profile(tmp_path / "target.toml", origin, states=True)
        said = loaded(tmp_path, str(target), "--clause", "session", "--workers", "2", "--users", "2", "--duration", "4")
        asked = plain.get(f"{origin}{WORLD}/journal").json()["entries"]
    assert said.code == 1, said.output + said.complained
    assert {found["rule"] for found in said.report["findings"]} == {"SESSION-API-KEY"}
    assert said.report["notes"] == [READS_ALONE]
    assert {entry["method"] for entry in asked} <= SAFE


def test_reads_alone_can_be_asked_for_where_there_are_worlds(tmp_path: Path) -> None:
    """Each task has a world, and takes it along in the end."""
    with served_mock() as origin:
        said = loaded(tmp_path, f"{origin}/v1", "--read-only", "--clause", "session", "--users", "2", "--duration", "2")
        worlds = plain.get(f"{origin}/_mock/worlds").json()["worlds"]
    assert (said.code, said.report["notes"]) == (0, [READS_ALONE]), said.output + said.complained
    assert said.report["load"]["taken"] > len(worlds)
    assert {each["name"] for each in worlds} == {"default", "conformance-baseline"}


def test_another_server_is_not_accused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in second.sessions().items():
        monkeypatch.setenv(name, token)
    with second.serving("--no-states") as origin:
        target = second.profile(tmp_path, origin, states=False)
        said = loaded(tmp_path, str(target), "--users", "4", "--duration", "3")
        assert said.code == 0, said.output + said.complained
        assert said.report["load"]["requests"] > 100
        bare = loaded(tmp_path, f"{origin}/v1")
        assert bare.code == 2
        assert (
            "has no worlds, in which cases of a load do not meet each other; --read-only sends reads" in bare.complained
        )


@contextmanager
def reading(contract: Contract, *deviations: str) -> Iterator[Suite]:
    """A suite that may only read, of a mock as a server that has neither worlds nor states."""
    with served_mock(*(word for each in deviations for word in ("--deviation", each))) as origin:
        described = read_mock_profile(origin, Connection())
        limits = Limits(read_only=True)
        suite = Suite(replace(described, states_url=None, world_url=None, limits=limits), contract, seed=1)
        suite.prepare()
        suite.client.take()
        yield suite
        suite.close()


def walks(suite: Suite, name: str, count: int) -> list[Finding]:
    """What so many walks about a resource find."""
    resource = next(each for each in find_walked(suite.contract, reads_alone=True) if each.name == name)
    sessions = [suite.open_session("CONTRACT-RIGHT-ANSWER", f"walk {number}") for number in range(count)]
    found = [walk(each, resource, Random(number)) for number, each in enumerate(sessions)]  # noqa: S311
    return [each for each in found if each is not None]


def test_walks_read_what_the_server_shows(contract: Contract) -> None:
    """A walk about each resource that is listed: it lists, and reads object by object, as several callers."""
    with reading(contract) as suite:
        for resource in find_walked(contract, reads_alone=True):
            assert walks(suite, resource.name, 2) == []
            taken = suite.client.take()
            assert {each.method for each in taken} <= SAFE
            assert {each.operation_id for each in taken} >= {resource.listed_by, resource.shown_by} - {None}
            assert len({each.caller for each in taken}) > 1


def test_walks_find_what_another_org_reads(contract: Contract) -> None:
    with reading(contract, "ownership-providers-of-all-read") as suite:
        assert {each.rule for each in walks(suite, "provider", 3)} == {"OWNERSHIP-PRIVATE-HIDDEN"}
