"""The provider-states protocol, by which the target's own side makes what no public call can."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance import needs
from conformance.custody.interrupt import uninterrupted
from conformance.custody.ledger import Ledger
from conformance.http.client import Client, LimitReached
from conformance.http.exchange import Exchange
from conformance.oracle.fullness import OF_STATES, limit_in
from conformance.oracle.judging import NotProvoked, TargetFull

BILLING = "org has billing posture"
"""The state that changes what is right for every other request of an org."""


class SetupError(Exception):
    """Raised where the target's side cannot make a state that it knows, which says nothing about the target."""


@dataclass(slots=True)
class States:
    """One states URL, and the states that were set up through it and are still to be torn down."""

    url: str
    client: Client
    own_world: bool = False
    """Whether the world ends with the test, so that nothing has to be torn down."""
    ledger: Ledger | None = None
    _standing: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    """The message of each setup with its values, and its key in the ledger."""

    def setup(self, state: str, params: Mapping[str, Any], *, creates: bool = True) -> Mapping[str, Any]:
        """The values of a state that was made; NotProvoked where the target does not know it or is full."""
        content = {"state": state, "params": dict(params)}
        with uninterrupted():
            key = self.ledger.sets(state, params) if self.ledger and not self.own_world else ""
            self._reserve(1)
            try:
                answer = self._post({"action": "setup", **content}, creates=creates)
            except LimitReached:
                self._forget(key)
                raise
            status, values = answer.status, answer.json
            if status == 200 and isinstance(values, dict):
                self._standing.append(({**content, "values": values}, key))
                if self.ledger and key:
                    self.ledger.stands(key, values)
                return values
            self._forget(key)
        if status == 404:
            raise NotProvoked(f"the target's states do not offer '{state}'", needs.state(state))
        if status in OF_STATES and (limit := limit_in(values)):
            raise TargetFull(f"the state '{state}' was refused with {status}", limit)
        text = answer.body.decode("utf-8", "replace")[:200].replace("\n", " ")
        said = text if status != 200 else "an answer that is no JSON object"
        raise SetupError(f"state '{state}' {json.dumps(content['params'])}: {status} {said}")

    def teardown(self) -> list[str]:
        """Tear down what was set up, the last first; what could not be torn down, in words."""
        left: list[str] = []
        while self._standing and not self.own_world:
            content, key = self._standing.pop()
            try:
                status = self._post({"action": "teardown", **content}, cleaning=True).status
            except (SetupError, LimitReached) as error:
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}: {error}")
                continue
            if status in (200, 404):
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

    def _reserve(self, more: int) -> None:
        if not self.own_world:
            self.client.limiter.reserve(more)

    def _post(self, message: Mapping[str, Any], *, cleaning: bool = False, creates: bool = False) -> Exchange:
        answer = self.client.post(self.url, message, cleaning=cleaning, creates=creates)
        if answer.failure:
            raise SetupError(f"states_url {self.url}: {answer.failure}")
        return answer
