"""The provider states that the suite asks a target's own side for, and the protocol by which that makes them.

The page on seedable servers is made of this table, and each request and answer is held against it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from conformance import needs
from conformance.custody.interrupt import delay_interrupts
from conformance.custody.ledger import Ledger
from conformance.http.client import Client, LimitReached
from conformance.http.exchange import Exchange
from conformance.http.gateways import (
    RETRY_PAUSES_S,
    is_throttled,
    may_have_been_done,
    read_retry_after,
    send_until_answered,
)
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState, make_optional
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.judging import OF_STATES, NotProvoked, TargetFull, Unanswered, limit_in

BILLING = "org has billing posture"
"""The state that changes what is right for every other request of an org."""

_ROLES, _PERMISSION_SETS = ("owner", "operator", "member"), ("full_access", "submit_observe", "read_only")
_OF_CALLERS: Mapping[str, ProviderState] = {
    BILLING: ProviderState(
        "The billing of the org is so.",
        (ORG, Param("posture", choices=("active", "trial", "trial_expired", "past_due", "decommissioning"))),
    ),
    "credential is expired": ProviderState(
        "There is a new session of this role that has expired.", (ORG, Param("role", choices=_ROLES)), ("token",)
    ),
    "credential is revoked": ProviderState(
        "There is a new API key of this permission set that is revoked.",
        (ORG, Param("permission_set", choices=_PERMISSION_SETS)),
        ("token",),
    ),
    "credential has scopes": ProviderState(
        "There is a session of a new person with exactly these scopes, or a new API key of this permission set.",
        (ORG, make_optional("scopes", "a list"), make_optional("permission_set", "instead", _PERMISSION_SETS)),
        ("token",),
    ),
}
_OF_TIME: Mapping[str, ProviderState] = {
    "time has passed": ProviderState(
        "The clock is so much later; asked for in worlds alone.", (Param("seconds", "a number"),), is_undone=False
    )
}


def get_provider_states() -> Mapping[str, ProviderState]:
    """Return every state that is declared, by name."""
    of_resources = {name: state for each in list_resources() for name, state in each.states.items()}
    return {**_OF_CALLERS, **of_resources, **_OF_TIME}


def list_undeclared(state: str, params: Iterable[str]) -> list[str]:
    """Return the names of parameters that a state is not declared with; none of a state that is not declared."""
    declared = get_provider_states().get(state)
    return sorted(set(params) - {each.name for each in declared.params}) if declared else []


def list_missing_values(state: str, values: Mapping[str, Any]) -> list[str]:
    """Return the names of values that a setup has to answer with and did not."""
    declared = get_provider_states().get(state)
    return [name for name in (declared.values if declared else ()) if values.get(name) in (None, "")]


def _are_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether a teardown without values may mean either setup: they have one name, or else the same ids.

    Whoever looks for what a setup made need not look at its other parameters.
    """
    params = one["params"]
    told = ["name"] if "name" in params else [each for each in params if each.endswith(("_id", "_ref"))]
    return one["state"] == other["state"] and all(params[each] == other["params"].get(each) for each in told)


class SetupError(Exception):
    """Raised where the target's side cannot make a state that it knows, which says nothing about the target."""


@dataclass(slots=True)
class ProviderStates:
    """One states URL, and the states that were set up through it and are still to be torn down."""

    url: str
    client: Client
    is_own_world: bool = False
    """Whether the world ends with the test, so that nothing has to be torn down."""
    ledger: Ledger | None = None
    creations: int = 0
    """The number of setups that made objects: those that a state names, and whatever else the target needs for that."""
    _standing: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    """The message of each setup with its values, and its key in the ledger."""

    def set_up(self, state: str, params: Mapping[str, Any], *, creates: bool = True) -> Mapping[str, Any]:
        """Return the values of a state that was made; NotProvoked where the target does not know it or is full."""
        content = {"state": state, "params": dict(params)}
        with delay_interrupts():
            key = self.ledger.enter_setup(state, params) if self.ledger and not self.is_own_world else ""
            answer, undone = self._set_up(content, key, creates=creates)
            status, values = answer.status, answer.json
            if status == 200 and isinstance(values, dict):
                self._standing.append(({**content, "values": values}, key))
                self.creations += creates
                if self.ledger and key:
                    self.ledger.enter_values(key, values)
                if missing := list_missing_values(state, values):
                    raise SetupError(f"state '{state}' {json.dumps(params)}: 200 without {' and '.join(missing)}")
                return values
            if may_have_been_done(answer) or undone:
                # Its entry stays in the ledger, for the end of the run to look into.
                self._reserve(-1)
                raise Unanswered(f"the state '{state}' was asked for again after no answer: {answer}")
            self._forget(key)
        if is_throttled(answer):
            raise NotProvoked(f"the target's states are throttled: {status} after several tries")
        if status == 404:
            raise NotProvoked(f"the target's states do not offer '{state}'", needs.make_unoffered(state))
        if status in OF_STATES and (limit := limit_in(values)):
            raise TargetFull(f"the state '{state}' was refused with {status}", limit)
        text = answer.body.decode("utf-8", "replace")[:200].replace("\n", " ")
        said = text if status != 200 else "an answer that is no JSON object"
        raise SetupError(f"state '{state}' {json.dumps(content['params'])}: {status} {said}")

    def undo(self, state: str, params: Mapping[str, Any]) -> bool:
        """Tear one state down that stands, before the end; whether it is."""
        content = {"state": state, "params": dict(params)}
        found = next((each for each in reversed(self._standing) if content.items() <= each[0].items()), None)
        if found is None or self._send_teardown(found[0]).status != 200:
            return False
        self._standing.remove(found)
        self._forget(found[1])
        return True

    def tear_down(self) -> list[str]:
        """Tear down what was set up, the last first; what could not be torn down, in words."""
        left: list[str] = []
        while self._standing and not self.is_own_world:
            content, key = self._standing.pop()
            try:
                answer = self._send_teardown(content)
            except LimitReached as error:
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}: {error}")
                continue
            if answer.status in (200, 404):
                self._forget(key)
            else:
                self._reserve(-1)
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}")
        return left

    def _forget(self, key: str) -> None:
        """Give back the request reserved for a teardown that nothing needs any more, and close the ledger's entry."""
        self._reserve(-1)
        if self.ledger and key:
            self.ledger.close_entry(key)

    def _set_up(self, content: Mapping[str, Any], key: str, *, creates: bool) -> tuple[Exchange, bool]:
        """Return the answer to the setup, and whether one before it got none and was undone; its teardown is reserved.

        LimitReached where a limit forbids it, nothing announced.
        """
        self._reserve(1)
        undone = False
        try:
            for tries, pause in enumerate((*RETRY_PAUSES_S, None), 1):
                answer = self.client.post(self.url, {"action": "setup", **content}, creates=creates)
                if may_have_been_done(answer):
                    undone = True
                    if any(_are_alike(content, standing) for standing, _ in self._standing):
                        break  # nobody could tell which of the two a teardown means; the end of the run undoes it
                    after = self._send_teardown({**content, "values": {}})
                    if after.failure and not answer.is_unheard and answer.repeats < 2:
                        raise SetupError(f"states_url {self.url}: {answer.failure}")
                if pause is None or not (tries <= answer.repeats or is_throttled(answer)):
                    break
                time.sleep(0.0 if answer.failure and tries == 1 else read_retry_after(answer, pause))
        except LimitReached:
            self._forget(key)
            raise
        return answer, undone

    def _send_teardown(self, content: Mapping[str, Any]) -> Exchange:
        """Return the answer to the teardown, which is sent until there is one, a few times at most."""
        message = {"action": "teardown", **content}
        return send_until_answered(partial(self.client.post, self.url, message, cleaning=True), harmless=True)[0]

    def _reserve(self, more: int) -> None:
        if not self.is_own_world:
            self.client.limiter.reserve(more)
