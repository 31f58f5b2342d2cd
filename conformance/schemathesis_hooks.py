"""Hooks for Schemathesis: the rules of the contract as a check, the callers of a profile, and ids of real objects.

    SCHEMATHESIS_HOOKS=conformance.schemathesis_hooks st run openapi.yaml --url http://127.0.0.1:4010/v1

`EVERSHELL_PROFILE` names the profile of the target, with its callers, limits and custody. Without it the target is
asked who calls it, which the mock answers. A world of the mock (`--url http://127.0.0.1:4010/_worlds/NAME/v1`) is
nobody else's: what custody keeps from a server that others use is sent there. Requests go out one at a time, also with
`--workers`: each is judged by what was answered before it.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from operator import itemgetter
from threading import Lock, Thread, current_thread
from typing import Any

import click
import schemathesis
from hypothesis import strategies
from hypothesis.strategies import SearchStrategy
from schemathesis import AuthContext, Case, CheckContext, HookContext, Response

from conformance.contract.contract import Provenance
from conformance.errors import SuiteError
from conformance.fuzzing.schemathesis_adapter import BrokenRule, Severity, group_failures
from conformance.http.connection import Connection
from conformance.profile import Caller, Profile, ProfileError
from conformance.running.hooked_session import HookedSession
from conformance.target.target import find_mock, open_target

PROFILE = "EVERSHELL_PROFILE"
"""The variable that names the file of the profile."""
SEVERITY = {
    Provenance.SEED: Severity.CRITICAL,
    Provenance.REFERENCE: Severity.HIGH,
    Provenance.OWNED: Severity.MEDIUM,
}
"""The severity by provenance of the broken rule; a weaker one is an advisory, and fails no check."""
MOST_ALIKE = 64
"""The most times that a request is sent that differs in nothing but its caller and its objects."""
LOOK_S = 1.0
"""Seconds after which it is looked whether the thread that has the turn is still there."""


class SendingTurn:
    """The turn of one thread at a time, which one that ends without leaving it loses."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._changing = Lock()
        self._owner: Thread | None = None

    def take(self) -> None:
        """Wait for the turn; a thread that has it still, since no answer came and nobody said so, goes on with it."""
        while self._owner is not current_thread() and not self._lock.acquire(timeout=LOOK_S):
            if (owner := self._owner) is not None and not owner.is_alive():
                self._take_from(owner)
        self._owner = current_thread()

    def leave(self) -> None:
        """Let another thread take the turn."""
        self._take_from(current_thread())

    def _take_from(self, owner: Thread) -> None:
        with self._changing:
            if self._owner is owner:
                self._owner = None
                self._lock.release()


_turn = SendingTurn()


@cache
def _open_session(url: str) -> HookedSession:
    """Open the session with a target, once."""
    named = os.environ.get(PROFILE)
    profile = open_target(named).profile if named else find_mock(url, Connection())
    if profile is None or not profile.callers:
        raise ProfileError(f"{url}: nobody says who calls it; name its profile in {PROFILE}")
    placed = ((each.name, each.credential) for each in profile.callers)
    if odd := [name for name, it in placed if (it.header, it.query) != ("Authorization", None)]:
        why = "the hooks for Schemathesis sign in the header Authorization alone"
        raise ProfileError(f"{profile.name}: callers.{odd[0]}: {why}; `evershell-conformance run` takes the profile")
    session = HookedSession(_place_at(profile, url))
    atexit.register(_close, session)
    return session


def _place_at(profile: Profile, url: str) -> Profile:
    """Return the profile of the place that --url names: a world, which is judged as nobody else's, or the server."""
    given, states_url = profile.world_url or "", profile.states_url
    before, _, behind = given.partition("{world}")
    if given and url.startswith(before) and url.endswith(behind) and len(url) > len(before + behind):
        world = url[len(before) : len(url) - len(behind)]
        return replace(profile, url=url, world_url=url, states_url=states_url and states_url.replace("{world}", world))
    if profile.url != url:
        raise ProfileError(f"{profile.name}: is of {profile.url}, and --url is {url}; give both the same")
    return replace(profile, world_url=None, states_url=None if "{world}" in (states_url or "") else states_url)


def _close(session: HookedSession) -> None:
    if session.withheld:
        click.echo(f"evershell-conformance: {session.withheld_line}", err=True)
    for line in session.close():
        click.echo(f"evershell-conformance: left behind: {line}", err=True)


def _get_session(case: Case[Any]) -> HookedSession:
    """Return the session with the target of a case; ends the process where there can be none."""
    try:
        return _open_session(str(case.operation.base_url))
    except SuiteError as error:
        click.echo(f"evershell-conformance: {error}", err=True)
        os._exit(error.exit_code)  # an exception of a hook would be told once for each operation


@schemathesis.auth(refresh_interval=None)
class ProfileCallers:
    """The auth that signs each request for a caller of the profile, and puts ids of real objects into it."""

    def get(self, case: Case[Any], _context: AuthContext) -> Caller | None:
        """Return who sends the request; None where nobody signs it."""
        _turn.take()
        try:
            return _get_session(case).caller_for(case)
        finally:
            _turn.leave()

    def set(self, case: Case[Any], caller: Caller, _context: AuthContext) -> None:
        """Put the caller's token into the request."""
        case.headers["Authorization"] = str(caller.credential.authorization)


@schemathesis.hook("before_generate_case")
def vary_callers(_context: HookContext, strategy: SearchStrategy[Case[Any]]) -> SearchStrategy[Case[Any]]:
    """Return a strategy that gives the same request again: one without parameters would come once, from one caller."""
    return strategies.tuples(strategy, strategies.integers(0, MOST_ALIKE - 1)).map(itemgetter(0))


@schemathesis.hook("before_call")
def begin(_context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Have what must not be sent to the target answered in its place: a hook cannot drop a request."""
    _turn.take()
    if reason := _get_session(case).begin(case):
        kwargs["app"] = RefusingApplication(reason)


class RefusingApplication:
    """A WSGI application that refuses in the place of the target."""

    def __init__(self, reason: str) -> None:
        self._content = json.dumps(
            {"error": {"code": "unauthenticated", "message": f"withheld: {reason}", "request_id": "withheld"}}
        ).encode()

    def __call__(self, _environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("401 Unauthorized", [("Content-Type", "application/json"), ("WWW-Authenticate", "Bearer")])
        return [self._content]


@schemathesis.hook("after_call")
def end(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Judge the answer by all that was answered before it."""
    try:
        _get_session(case).end(case, response)
    finally:
        _turn.leave()


@schemathesis.hook("after_network_error")
def give_up(_context: HookContext, case: Case[Any], _request: Any) -> None:
    """Let the next request go out where no answer came."""
    _get_session(case).give_up()
    _turn.leave()


@schemathesis.check
def evershell_contract(_context: CheckContext, _response: Response, case: Case[Any]) -> None:
    """Fail where the answer breaks a rule of the contract."""
    session = _get_session(case)
    found = [(each, session.find_provenance(each)) for each in session.list_breaches(case)]
    failures = [
        BrokenRule(
            each.rule, operation=case.operation.label, message=session.describe(each), severity=SEVERITY[provenance]
        )
        for each, provenance in found
        if provenance.is_binding
    ]
    if failures:
        raise group_failures(failures)
