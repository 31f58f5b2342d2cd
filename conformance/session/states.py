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
from conformance.oracle.fullness import OF_STATES, limit_in
from conformance.oracle.judging import NotProvoked, TargetFull

BILLING = "org has billing posture"
"""The state that changes what is right for every other request of an org."""

Answered = tuple[int, Any, str]
"""Status, JSON and text of an answer of the target's side."""


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
            status, values, text = self._set_up(content, key, creates=creates)
            if status == 200 and isinstance(values, dict):
                self._standing.append(({**content, "values": values}, key))
                if self.ledger and key:
                    self.ledger.stands(key, values)
                return values
            self._reserve(-1)
            if self.ledger and key:
                self.ledger.close_entry(key)
        if status == 404:
            raise NotProvoked(f"the target's states do not offer '{state}'", needs.state(state))
        if status in OF_STATES and (limit := limit_in(values)):
            raise TargetFull(f"the state '{state}' was refused with {status}", limit)
        said = text[:200].replace("\n", " ") if status != 200 else "an answer that is no JSON object"
        raise SetupError(f"state '{state}' {json.dumps(content['params'])}: {status} {said}")

    def teardown(self) -> list[str]:
        """Tear down what was set up, the last first; what could not be torn down, in words."""
        left: list[str] = []
        while self._standing and not self.own_world:
            content, key = self._standing.pop()
            try:
                status, _, _ = self._post({"action": "teardown", **content}, cleaning=True)
            except (SetupError, LimitReached) as error:
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}: {error}")
                continue
            self._reserve(-1)
            if status not in (200, 404):
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}")
            elif self.ledger and key:
                self.ledger.close_entry(key)
        return left

    def _set_up(self, content: Mapping[str, Any], key: str, *, creates: bool) -> Answered:
        """The answer to the setup, its teardown reserved; LimitReached where a limit forbids it, nothing announced."""
        self._reserve(1)
        try:
            return self._post({"action": "setup", **content}, creates=creates)
        except LimitReached:
            self._reserve(-1)
            if self.ledger and key:
                self.ledger.close_entry(key)
            raise

    def _reserve(self, more: int) -> None:
        if not self.own_world:
            self.client.limiter.reserve(more)

    def _post(self, message: Mapping[str, Any], *, cleaning: bool = False, creates: bool = False) -> Answered:
        try:
            return self.client.post(self.url, message, cleaning=cleaning, creates=creates)
        except OSError as error:
            raise SetupError(f"states_url {self.url}: {error}") from None
