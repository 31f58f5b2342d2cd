"""Sessions that end as often as they like are renewed as often, and whatever else answers 401 is judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.custody.ledger import Ledger, MadeObject
from conformance.custody.run_files import RunFiles
from conformance.hostile.credentials import CREDENTIALS
from conformance.http.client import Client, CredentialExpired, Outgoing
from conformance.http.exchange import Exchange, Request
from conformance.http.renewal import Renewals
from conformance.profile import Caller, Credential
from tests.conformance.custody.test_ledger import upload
from tests.conformance.short_sessions import short_sessions
from tests.conformance.targets import judge
from tests.conformance.worldless import stored
from tests.live import served_mock
from tests.proxy import messages
from tests.proxy.proxy import proxying

Alive = Callable[[int, int], bool]
LIST = Request("packs.list", "GET", "/packs", {})
SESSION = Request("session.get", "GET", "/me/session", {})


def lives(requests: int) -> Alive:
    return lambda taken, _age: taken < requests


def lasts(ticks: int) -> Alive:
    return lambda _taken, age: age < ticks


@pytest.mark.parametrize(
    ("alive", "options"),
    [
        (lives(3), ("--budget", "quick", "--clause", "contract", "--operation=packs.get", "--operation=tasks.submit")),
        (
            lives(1),
            (
                "--clause",
                "parallel",
                "--clause",
                "session",
                "--operation=packs.update_visibility",
                "--operation=session.get",
            ),
        ),
        (
            lasts(5),
            ("--clause", "authentication", *(f"--operation=packs.{name}" for name in ("get", "upload", "delete"))),
        ),
    ],
    ids=["three-requests", "one-request", "five-ticks"],
)
def test_a_run_outlives_any_number_of_sessions(tmp_path: Path, alive: Alive, options: tuple[str, ...]) -> None:
    """Directed cases, generated ones and expeditions, requests at once, and the removal at the end."""
    report = tmp_path / "report.json"
    with served_mock() as origin, short_sessions(tmp_path, origin, alive) as sessions:
        judged = judge("--target", tmp_path / "target.toml", "--seed", "7", "--report", f"json={report}", *options)
    results = json.loads(report.read_text())
    assert [f"{f['rule']}: {f['got']}" for f in results["findings"]] == []
    assert judged.code == 0, judged.said
    assert results["left_behind"] == []
    assert sessions.refused > 20
    assert "opaque-" not in report.read_text()


@pytest.mark.parametrize("kind", ["ends", "cannot be renewed"])
def test_what_a_killed_run_left_is_removed(tmp_path: Path, kind: str) -> None:
    """Each request needs another session; a caller who gets none leaves it to the others of the org."""
    with served_mock() as origin, short_sessions(tmp_path, origin, lives(1)) as sessions:
        before = stored(origin)
        ledger = Ledger(RunFiles.create().ledger)
        ledger.begin(str(tmp_path / "target.toml"), sessions.url, "conformance-abc123-")
        for n in range(5):
            ledger.enter_made(upload(origin, f"conformance-abc123-{n}"), MadeObject("pack", "org_acme"))
        ledger.close()
        if kind == "cannot be renewed":
            command = tmp_path / "sign-in"
            command.write_text(f'{command.read_text()}[ "$1 $n" != "acme-owner 2" ] || exit 7\n')
        cleaned = judge(command="cleanup")
        assert (cleaned.code, cleaned.last_line) == (0, "nothing is left to remove"), cleaned.said
        assert stored(origin) == before
    assert sessions.refused > 2


@dataclass
class Server:
    """A server of which `takes` says which tokens it takes, and what came in."""

    origin: str = ""
    takes: Callable[[messages.Request], bool] = lambda _: True
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, passed: messages.Request) -> messages.Answer:
        self.seen.append((passed.target, passed.headers.get("authorization")))
        return messages.Answer(200 if self.takes(passed) else 401, {"Content-Type": "application/json"}, b"{}")


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with proxying() as target:
        target.answers = server.answer
        server.origin = target.origin
        yield server


@dataclass
class SignedIn:
    """A client for one caller, whose command prints a token with one number more each time."""

    client: Client
    caller: Caller
    count: Path

    @property
    def signed_in(self) -> int:
        """How often a fresh token was got."""
        return int(self.count.read_text()) if self.count.exists() else 0


@contextmanager
def client(folder: Path, token: str = "opaque-token-0") -> Iterator[SignedIn]:  # noqa: S107  # stands for one
    count = folder / "count"
    command = f"n=$(($(cat {count} 2>/dev/null || echo 0) + 1)); echo $n > {count}; echo opaque-token-$n"
    caller = Caller("acme-owner", "org_acme", token, role="owner", token_command=command)
    opened = Client(renewals=Renewals([caller]))
    opened.whoami = SESSION
    try:
        yield SignedIn(opened, caller, count)
    finally:
        opened.close()


def sent(it: SignedIn, origin: str, *, together: bool) -> tuple[Exchange, ...]:
    """One request, or two at once."""
    if together:
        return it.client.send_together([Outgoing(LIST, it.caller.credential, origin)] * 2)
    return (it.client.send(LIST, it.caller.credential, origin),)


def test_a_session_is_renewed_as_often_as_it_ends(tmp_path: Path, server: Server) -> None:
    """Right after a renewal, too."""
    taken: set[str] = set()

    def once(passed: messages.Request) -> bool:
        token = passed.headers["authorization"]
        fresh = token not in taken
        taken.add(token)
        return fresh

    server.takes = once
    with client(tmp_path) as it:
        answers = [it.client.send(LIST, it.caller.credential, server.origin) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 6
    assert it.signed_in == 5


def test_requests_at_once_are_sent_again_where_the_session_had_ended(tmp_path: Path, server: Server) -> None:
    """Those that were refused, and no other; a token that lives for two requests is renewed in between."""
    left: dict[str, int] = {}

    def twice(passed: messages.Request) -> bool:
        token = passed.headers["authorization"]
        left[token] = left.get(token, 2) - 1
        return left[token] >= 0

    server.takes = twice
    requests = [Request("packs.get", "GET", f"/packs/{n}", {}) for n in range(7)]
    with client(tmp_path) as it:
        answers = it.client.send_together([Outgoing(each, it.caller.credential, server.origin) for each in requests])
    assert [answer.status for answer in answers] == [200] * 7
    assert [answer.path for answer in answers] == [request.path for request in requests]
    assert it.signed_in == 3
    assert len(it.client.take()) == 7


def test_requests_of_two_at_once_are_each_sent_for_their_own_caller(tmp_path: Path, server: Server) -> None:
    """Where the session of one has ended, that one is renewed, and its request alone is sent again."""
    other = Credential("globex-owner", "Bearer opaque-of-another")
    server.takes = lambda passed: passed.headers["authorization"] != "Bearer opaque-token-0"
    with client(tmp_path) as it:
        asked = [Outgoing(LIST, each, server.origin) for each in (it.caller.credential, other)]
        answers = it.client.send_together(asked)
    assert [(answer.caller, answer.status) for answer in answers] == [("acme-owner", 200), ("globex-owner", 200)]
    assert [token for _, token in server.seen].count(other.authorization) == 1
    assert it.signed_in == 1


@pytest.mark.parametrize("together", [False, True])
def test_a_fresh_session_that_is_refused_ends_its_caller(tmp_path: Path, server: Server, *, together: bool) -> None:
    """Said so, after a few requests."""
    server.takes = lambda _: False
    with (
        client(tmp_path) as it,
        pytest.raises(CredentialExpired, match=r"callers\.acme-owner\.token_command: .* refuses"),
    ):
        sent(it, server.origin, together=together)
    assert it.signed_in <= 3
    assert len(server.seen) <= 8
    assert it.client.expired


@pytest.mark.parametrize("together", [False, True])
def test_a_401_to_a_session_that_is_served_elsewhere_is_the_targets(
    tmp_path: Path, server: Server, *, together: bool
) -> None:
    """It is handed on, to be judged."""
    server.takes = lambda passed: passed.target == SESSION.path
    with client(tmp_path) as it:
        answers = sent(it, server.origin, together=together)
    assert {answer.status for answer in answers} == {401}
    assert it.client.expired is None


def test_a_scheme_that_is_not_taken_is_the_targets(tmp_path: Path, server: Server) -> None:
    """The session itself is served in the usual spelling."""
    server.takes = lambda passed: passed.headers["authorization"].startswith("Bearer ")
    with client(tmp_path) as it:
        spelt = Credential(it.caller.name, f"bearer {it.caller.token}")
        assert it.client.send(LIST, spelt, server.origin).status == 401
    assert it.client.expired is None


def test_a_credential_that_is_spoilt_on_purpose_renews_nothing(tmp_path: Path, server: Server) -> None:
    """Neither one without a token nor one that is made of the caller's."""
    server.takes = lambda _: False
    session = "e30.e30.c2lnbmF0dXJl"
    with client(tmp_path, session) as it:
        spoilt = [credential for kind in CREDENTIALS if (credential := kind.make_credential(it.caller, it.caller))]
        for credential in (*spoilt, Credential("anonymous", None)):
            assert it.client.send(LIST, credential, server.origin).status == 401
    assert it.signed_in == 0


def test_the_session_in_use_is_the_last_one(tmp_path: Path, server: Server) -> None:
    """Whoever has a former one is that caller all the same."""
    server.takes = lambda passed: passed.headers["authorization"] == f"Bearer opaque-token-{it.signed_in}"
    with client(tmp_path) as it:
        former = it.client.renewals.update_caller(it.caller)
        for _ in range(3):
            (tmp_path / "count").write_text(str(it.signed_in + 1))  # somebody else signs in, which ends ours
            assert it.client.send(LIST, former.credential, server.origin).status == 200
        assert it.client.renewals.update_caller(former).token == f"opaque-token-{it.signed_in}"
        assert it.client.send(LIST, former.credential, server.origin).authorization == "Bearer $ACME_OWNER_TOKEN"
