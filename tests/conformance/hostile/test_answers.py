"""Whatever a target answers, it costs bounded memory and time, and is named."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.peak import read_peak, wrap_command
from conformance.http.client import Client, LimitReached, Request
from conformance.http.connection import Connection
from conformance.profile import ANONYMOUS
from tests.conformance.hostile.answers import ENDLESS, JUDGED, MIB, NO_HTTP, Behaviour, lists_of_nothing, once
from tests.conformance.targets import behaving, profile, response
from tests.proxy.messages import Answer
from tests.proxy.proxy import proxying

MOST_MIB = 512
"""The most of a whole run, of which a quarter is what the suite takes with nothing to judge."""
ASK = Request("session.get", "GET", "/me/session", {})


@contextmanager
def client(behaviour: Behaviour) -> Iterator[tuple[Client, str]]:
    with behaving(behaviour) as url:
        asking = Client(connection=Connection(timeout_s=2.0, is_proxied=False))
        yield asking, url
        asking.close()


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_answer_without_end_is_given_up_by_its_name(kind: str) -> None:
    behaviour, name = ENDLESS[kind]
    with client(behaviour) as (asking, url):
        exchange = asking.send(ASK, ANONYMOUS, url)
    assert (exchange.status, exchange.body) == (0, b"")
    assert exchange.failure is not None
    assert name in exchange.failure


@pytest.mark.parametrize("kind", NO_HTTP)
def test_what_is_no_http_is_called_that(kind: str) -> None:
    with client(once(NO_HTTP[kind])) as (asking, url):
        exchange = asking.send(ASK, ANONYMOUS, url)
    assert "what came is no HTTP answer" in (exchange.failure or "")


@pytest.mark.parametrize("kind", JUDGED)
def test_a_wrong_answer_is_one_answer(kind: str) -> None:
    """Read as it came: nothing is decompressed, joined or taken for a second one."""
    with client(once(JUDGED[kind]())) as (asking, url):
        exchanges = [asking.send(ASK, ANONYMOUS, url) for _ in range(2)]
    assert [exchange.failure for exchange in exchanges] == [None, None]
    assert exchanges[0].body == exchanges[1].body
    assert len(exchanges[0].body) <= 4 * MIB


def ask_on(asking: Client, url: str) -> None:
    for _ in range(10):
        asking.send(ASK, ANONYMOUS, url)


def test_answers_that_are_too_large_to_be_held_end_a_run() -> None:
    with client(once(lists_of_nothing())) as (asking, url):
        with pytest.raises(LimitReached, match=r"answers (are larger than any|within one case are more)"):
            ask_on(asking, url)
        assert asking.sent < 10


def test_a_target_that_only_asks_for_patience_gets_some() -> None:
    """A few tries a request, and a few requests: then nobody answers there."""
    with client(once(response("429 Too Many Requests", {}, "Retry-After: 0"))) as (asking, url):
        with pytest.raises(LimitReached, match="answers 429"):
            ask_on(asking, url)
        assert asking.sent <= 25


def test_a_cookie_does_not_stick_and_a_redirect_leads_nowhere() -> None:
    """Neither within a connection nor to the same host."""
    with proxying() as target:
        headers = {"Set-Cookie": "session=stuck; Path=/", "Location": f"{target.origin}/v1/me/session"}
        target.answers = lambda _: Answer(302, headers)
        asking = Client(connection=Connection(timeout_s=2.0, is_proxied=False))
        exchanges = [asking.send(ASK, ANONYMOUS, f"{target.origin}/v1") for _ in range(3)]
        asking.close()
    assert [exchange.status for exchange in exchanges] == [302] * 3
    assert len(target.passed) == 3
    assert all("cookie" not in passed.headers for passed in target.passed)


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    said: str
    peak_mib: float
    report: dict[str, object]


def run(folder: Path, behaviour: Behaviour, *options: str) -> Ran:
    """A whole run in a process of its own, with every report; what takes longer than a test may is a failure."""
    kinds = ("json", "html", "junit", "markdown")
    reports = [option for kind in kinds for option in ("--report", f"{kind}={folder}/{kind}")]
    with behaving(behaviour) as url:
        target = profile(folder / "target.toml", url)
        script = Path(sys.executable).with_name("evershell-conformance")
        command = [script, "run", "--target", target, "--timeout", "2", "--seed", "1", *reports, *options]
        measured = wrap_command(command, folder / "peak")
        process = subprocess.run(measured, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    report = json.loads((folder / "json").read_bytes())
    return Ran(process.returncode, process.stdout, read_peak(folder / "peak"), report)


@pytest.mark.long
@pytest.mark.parametrize("kind", [*ENDLESS, "lists of nothing"])
def test_a_run_on_what_never_ends_ends_with_3_and_a_name(tmp_path: Path, kind: str) -> None:
    behaviour, name = ENDLESS.get(kind) or (once(lists_of_nothing()), "within one case are more than can be held")
    ran = run(tmp_path, behaviour)
    assert ran.code == 3
    assert name in ran.said.strip().splitlines()[-1]
    assert ran.peak_mib <= MOST_MIB


@pytest.mark.long
@pytest.mark.parametrize("kind", JUDGED)
def test_a_run_on_wrong_answers_ends_with_3_and_breaks_over_none(tmp_path: Path, kind: str) -> None:
    """Whoever answers nothing rightly is not judged."""
    ran = run(tmp_path, once(JUDGED[kind]()), "--only", "directed")
    assert ran.code == 3, ran.said
    assert "Traceback" not in ran.said
    assert ran.said.startswith("not judged: ")
    assert (ran.report["errors"], ran.report["findings"]) == ([], [])
    assert ran.peak_mib <= MOST_MIB
