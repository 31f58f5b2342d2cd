"""The provider-states protocol: asks the target's own side for what no public call can make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from conformance.client import TIMEOUT
from conformance.judging import NotProvoked


class SetupError(Exception):
    """The target's side could not make a state that it knows: says nothing about the target."""


@dataclass(slots=True)
class States:
    """One states URL, and what was set up through it and is still to be torn down."""

    url: str
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))
    _standing: list[dict[str, Any]] = field(default_factory=list)

    def setup(self, state: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values of a state that was made; NotProvoked where the target does not know it."""
        content = {"state": state, "params": dict(params)}
        answer = self._post({"action": "setup", **content})
        if answer.status_code == 404:
            raise NotProvoked(f"the target's states do not offer '{state}'")
        if answer.status_code != 200:
            said = answer.text[:200].replace("\n", " ")
            raise SetupError(f"state '{state}' {json.dumps(content['params'])}: {answer.status_code} {said}")
        try:
            values = answer.json()
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise SetupError(f"state '{state}': the answer is no JSON object")
        self._standing.append({**content, "values": values})
        return values

    def teardown(self) -> list[str]:
        """Undo what stands, last first; what could not be undone, in words."""
        left = []
        while self._standing:
            content = self._standing.pop()
            try:
                answer = self._post({"action": "teardown", **content})
            except SetupError as error:
                left.append(str(error))
                continue
            if answer.status_code not in (200, 404):
                left.append(f"state '{content['state']}' {json.dumps(content['params'])}")
        return left

    def _post(self, message: Mapping[str, Any]) -> httpx.Response:
        try:
            return self._http.post(self.url, json=message)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SetupError(f"states_url {self.url}: {type(error).__name__}") from None
