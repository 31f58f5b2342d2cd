"""The steps of a test that lead to a finding, without any credential, and secrets kept out of reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.contract.contract import Contract
from conformance.http.client import Client
from conformance.http.exchange import SAFE, Exchange, Request
from conformance.http.variables import name_token_variable
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made
from conformance.profile import Credential
from conformance.results.relevant import select_relevant


def mask_shown_once(client: Client, contract: Contract, exchange: Exchange) -> None:
    """Have a variable stand in reports for each text that the answer to a creation shows, and no other answer."""
    operation = contract.operations.get(exchange.operation_id or "")
    if resource := find_resource_made(operation) if operation else None:
        for name, secret in resource.list_once_shown(exchange.json).items():
            client.mask(secret, name_token_variable(f"{name} of {read_id(exchange.json)}") or name)


LONGEST = 24
"""The most steps before a finding."""
UNUSED = "$TOKEN"
"""The stand-in for a token that nobody has used."""


@dataclass(slots=True)
class Story:
    """The exchanges of one test in their order, and the states that were asked for in between."""

    orgs: frozenset[str] = frozenset()
    """The orgs of the callers, which no step has made."""
    _steps: list[Exchange] = field(default_factory=list)
    _issued: dict[str, str] = field(default_factory=dict)
    """Tokens that a state gave, and the variable of the credential that each became."""

    @property
    def steps(self) -> Sequence[Exchange]:
        """All that was sent so far, states among it."""
        return self._steps

    def add(self, exchange: Exchange, credential: Credential) -> None:
        """Add a step that was sent with this credential."""
        self._steps.append(exchange)
        token = (credential.authorization or "").partition(" ")[2]
        if token in self._issued:
            self._issued[token] = f"${name_token_variable(credential.label)}"

    def add_state(
        self,
        url: str,
        state: str,
        params: Mapping[str, Any],
        values: Mapping[str, Any],
        number: int,
        *,
        action: str = "setup",
    ) -> None:
        """Add a state that the target's side made, or took back; `number`: how many requests were sent before."""
        message = {"action": action, "state": state, "params": dict(params)}
        request = Request(None, "POST", urlsplit(url).path, {}, headers=(_JSON,), content=json.dumps(message).encode())
        if isinstance(values.get("token"), str):
            self._issued.setdefault(values["token"], UNUSED)
        answer = json.dumps(dict(values)).encode()
        self._steps.append(Exchange("anonymous", request, url, 200, (_JSON,), answer, 0.0, number=number))

    def list_steps_to(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """Return the steps that lead to an exchange; where they are too many, the last without reads and refusals."""
        steps = [self._shorten_step(step) for step in self._steps if step.number < exchange.number]
        steps = select_relevant(steps, exchange, set(self._issued.values()), self.orgs)
        if len(steps) > LONGEST:
            steps = [step for step in steps if step.method not in SAFE and step.status < 400] or steps
        return tuple(steps[-LONGEST:])

    def _shorten_step(self, step: Exchange) -> Exchange:
        for token, name in self._issued.items():
            if token.encode() in step.body:
                step = replace(step, body=step.body.replace(token.encode(), name.encode()))
        return step


_JSON = ("content-type", "application/json")
